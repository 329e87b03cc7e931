import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { ensureBuilt } from '../../dev/stack/build.mjs';
import { ensureJava } from '../../dev/stack/java.mjs';
import { linesOnly } from '../../dev/stack/progress.mjs';

/** The SDK waits five seconds for the server to listen, which a busy machine may take. */
const mostStarts = 10;

/** A Temporal whose clock jumps to the next timer whenever nobody works. */
export async function startSkippedTime(): Promise<TestWorkflowEnvironment> {
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
