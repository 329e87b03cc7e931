import type { Aliases } from '../domain/alias.ts';
import type { Window } from '../domain/window.ts';
import type { Census } from '../domain/window-outcome.ts';
import { type Asking, askerOf, isRefusal } from './asking.ts';
import { chooseDialect, type DialectChoice, surveyQuery } from './choose-dialect.ts';
import { countSide } from './count-side.ts';
import type { PrometheusClient } from './prometheus-client.ts';
import { matchersOf, type Shard, shardsOfClients, shardsOfServers } from './shard.ts';
import type { Source } from './source.ts';

/** How a window is to be read. */
export interface WindowPlan {
  /** `null` where no dialect was found; then there are no shards. */
  readonly dialect: Omit<DialectChoice, 'dialect'> | null;
  readonly census: Census;
  readonly shards: readonly Shard[];
  /** Whether every producer of the window had samples before it. */
  readonly everyProducerBefore: boolean;
  /** How requests are asked for in the whole window; `null` where they are not. */
  readonly question: string | null;
  /** Warnings on the questions that decide what is asked at all. */
  readonly presenceWarnings: readonly string[];
  readonly otherWarnings: readonly string[];
}

export interface PlanOptions {
  /** Most series of one shard. */
  readonly maxSeries: number;
  readonly aliases: Aliases;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Looks what a window holds, and cuts it into shards of at most `maxSeries` series.
 *
 * A window of one shard is asked without matchers, so its clients need not be counted.
 *
 * @throws AppError `InvalidMetrics` or `QueryTooHeavy` where the source refuses the questions,
 * `PrometheusUnavailable` where it does not answer.
 */
export async function planWindow(
  client: Pick<PrometheusClient, 'query'>,
  source: Source,
  window: Window,
  { maxSeries, aliases, signal }: PlanOptions,
): Promise<WindowPlan> {
  const ask = askerOf(client, window, signal);
  const survey = surveyQuery(source, window);
  const surveyed = survey === null ? { samples: [], warnings: [] } : await ask(survey);
  const choice = chooseDialect(source, surveyed.samples);
  if (choice === null) {
    const census = { series: 0, nearStart: 0, nearEnd: 0 };
    const { warnings } = surveyed;
    return {
      dialect: null,
      census,
      shards: [],
      everyProducerBefore: false,
      question: null,
      presenceWarnings: warnings,
      otherWarnings: [],
    };
  }
  const { dialect, name, variant } = choice;
  const asking = { source, window, dialect, ask, aliases, everyProducerBefore: false };
  const { census, warnings } = await countSeries(asking);
  const cut =
    census.series > maxSeries
      ? await shardsOf(asking, maxSeries)
      : { shards: [{ clients: null, servers: null, series: census.series }], warnings: [] };
  const everyProducerBefore = await hadEveryProducer(asking);
  const whole = { source, window, matchers: [], everyProducerBefore };
  return {
    dialect: { name, variant },
    census,
    shards: cut.shards,
    everyProducerBefore,
    question: dialect.questions(whole)[0]?.expression ?? null,
    presenceWarnings: [...surveyed.warnings, ...cut.warnings],
    otherWarnings: warnings,
  };
}

async function countSeries({ source, window, dialect, ask }: Asking) {
  const questions = dialect.census({ source, window, matchers: [] });
  const warnings: string[] = [];
  const count = async (question: string) => {
    const answer = await ask(question);
    warnings.push(...answer.warnings);
    const value = answer.samples[0]?.value ?? 0;
    return Number.isFinite(value) ? value : 0;
  };
  const census: Census = {
    series: await count(questions.series),
    nearStart: await count(questions.nearStart),
    nearEnd: await count(questions.nearEnd),
  };
  return { census, warnings };
}

/** Asked once for all shards; what is not answered plainly is not known. */
async function hadEveryProducer({ source, window, dialect, ask }: Asking): Promise<boolean> {
  const question = dialect.newProducers({ source, window, matchers: [] });
  if (question === null) return false;
  try {
    const { samples, warnings } = await ask(question);
    return warnings.length === 0 && samples.length === 0;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return false;
  }
}

async function shardsOf(asking: Asking, maxSeries: number) {
  const { groups, warnings: told } = await countSide(asking, 'client', []);
  const warnings = [...told];
  const shards: Shard[] = [];
  for (const shard of shardsOfClients(groups, maxSeries)) {
    const { clients, series } = shard;
    if (series <= maxSeries || clients === null) {
      shards.push(shard);
      continue;
    }
    const servers = await countSide(asking, 'server', matchersOf(asking.dialect, shard));
    warnings.push(...servers.warnings);
    shards.push(...shardsOfServers(clients, servers.groups, maxSeries));
  }
  return { shards, warnings };
}
