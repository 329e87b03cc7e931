import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { ensureBuilt } from '../../dev/stack/build.mjs';
import { ensureJava } from '../../dev/stack/java.mjs';
import { linesOnly } from '../../dev/stack/progress.mjs';

/** The SDK waits five seconds for the server to listen, which a busy machine may take. */
const mostStarts = 10;

/** A Temporal whose clock jumps to the next timer whenever nobody works. */
export interface SkippedTime {
  readonly env: TestWorkflowEnvironment;
  /** Lets so much time go by. */
  skip(millis: number): Promise<void>;
  /** Lets time go by until something has happened; `progress` tells what was done meanwhile. */
  until<T>(happened: Promise<T>, progress: () => number): Promise<T>;
}

export async function startSkippedTime(): Promise<SkippedTime> {
  const env = await startServer();
  const { testService } = env.connection;
  const until: SkippedTime['until'] = async (happened, progress) => {
    const ended = happened.then(
      () => true,
      () => true,
    );
    for (let before = progress(); ; before = progress()) {
      if (await Promise.race([ended, delay(stallMillis, false)])) return happened;
      // The server may keep its clock for work that has ended, such as an attempt that was given up.
      if (progress() === before) await testService?.unlockTimeSkipping({}).catch(() => {});
    }
  };
  return { env, until, skip: (millis) => until(env.sleep(millis), () => 0) };
}

/** Where nothing happens for so long, nobody works, and time stands still for no reason. */
const stallMillis = 3000;

async function startServer(): Promise<TestWorkflowEnvironment> {
  const terminal = linesOnly((line: string) => process.stderr.write(`${line}\n`));
  const jars = join(await ensureBuilt('time-skipping', terminal), 'lib', '*');
  const { command } = await ensureJava(terminal);
  const path = join(mkdtempSync(join(tmpdir(), 'topolog-skipped-time-')), 'server');
  const server = `"${command}" -Xmx256m -cp "${jars}" io.temporal.testserver.TestServer`;
  writeFileSync(path, `#!/bin/sh\nexec ${server} "$@"\n`);
  chmodSync(path, 0o700);
  for (let start = 1; ; start += 1) {
    try {
      return await TestWorkflowEnvironment.createTimeSkipping({
        server: { executable: { type: 'existing-path', path } },
      });
    } catch (error) {
      if (start === mostStarts) throw error;
    }
  }
}
