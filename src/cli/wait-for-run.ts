import { isUnderWay, type RunRow } from '../graph/runs.ts';
import { AppError } from '../runtime/errors.ts';
import { plainText } from '../runtime/plain-text.ts';

/** What is looked at while a run is waited for. */
export interface Waiting {
  find(): Promise<RunRow>;
  /** How far it is, in a sentence. */
  progress(run: RunRow): Promise<string>;
  /** How many workers ask for something to do. */
  workers(): Promise<number>;
  readonly taskQueue: string;
  say(text: string): void;
  /** A moment between two looks. */
  pause(): Promise<void>;
  nowMillis(): number;
  /** Most time to wait; `null` for as long as it takes. */
  readonly timeoutMillis: number | null;
}

/** A run that says nothing new for so long makes one look whether there is a worker at all. */
const quietMillis = 5000;

/**
 * Waits for the end of a run and says what is new: its progress, that it is failing and of what, that
 * no worker is there, that a server does not answer.
 *
 * None of that ends the waiting, because each may pass; only the end of the run or of the time does.
 */
export async function waitForRun(
  begun: RunRow,
  waiting: Waiting,
): Promise<{ readonly run: RunRow; readonly ended: boolean }> {
  const { timeoutMillis, nowMillis } = waiting;
  const until = timeoutMillis === null ? Number.POSITIVE_INFINITY : nowMillis() + timeoutMillis;
  const tell = onlyNews(waiting.say);
  let run = begun;
  let lookedAtMillis = nowMillis();
  while (isUnderWay(run.state)) {
    if (nowMillis() >= until) return { run, ended: false };
    await waiting.pause();
    const next = await looked(waiting, tell);
    if (next === null) continue;
    run = next;
    const news = [tell('state', stateOf(run)), tell('progress', await progressIn(waiting, run))];
    if (news.includes(true)) lookedAtMillis = nowMillis();
    else if (run.state === 'running' && nowMillis() - lookedAtMillis >= quietMillis) {
      tell('workers', await workersOf(waiting));
      lookedAtMillis = nowMillis();
    }
  }
  return { run, ended: true };
}

/** The run as it is now; `null` while the graph does not answer, which may pass. */
async function looked(waiting: Waiting, tell: Tell): Promise<RunRow | null> {
  try {
    const run = await waiting.find();
    tell('graph', '', 'the graph answers again');
    return run;
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'GraphUnavailable') throw error;
    tell('graph', `waiting for the graph: ${error.message}`);
    return null;
  }
}

/** A number that cannot be had for a moment is no reason to end. */
async function progressIn(waiting: Waiting, run: RunRow): Promise<string> {
  try {
    return await waiting.progress(run);
  } catch (error) {
    if (error instanceof AppError && error.code === 'GraphUnavailable') return '';
    throw error;
  }
}

function stateOf({ state, error }: RunRow): string {
  if (state === 'failing') return `failing: ${error ?? 'no reason is known'}; it is tried again`;
  return isUnderWay(state) ? 'running' : '';
}

async function workersOf({ workers, taskQueue }: Waiting): Promise<string> {
  try {
    const there = await workers();
    if (there > 0) return '';
    return `no worker asks the task queue "${taskQueue}" for work: start one, or set TEMPORAL_TASK_QUEUE as it is set there`;
  } catch (error) {
    if (error instanceof AppError) return `waiting for Temporal: ${error.message}`;
    throw error;
  }
}

/** Says of a topic what is new, or `otherwise` where there is nothing to say any more; says whether it said anything. */
type Tell = (topic: string, text: string, otherwise?: string) => boolean;

function onlyNews(say: (text: string) => void): Tell {
  // A run is running until somebody says otherwise.
  const said = new Map([['state', 'running']]);
  return (topic, text, otherwise = '') => {
    const before = said.get(topic) ?? '';
    said.set(topic, text);
    const now = text === '' && before !== '' ? otherwise : text;
    if (text === before || now === '') return false;
    // The error of a run is what a server said.
    say(plainText(now));
    return true;
  };
}
