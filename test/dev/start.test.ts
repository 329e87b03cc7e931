import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { processIdentity } from '../../dev/stack/lock.mjs';
import { checkout, freeOffset, npmStart } from './checkout.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const health = async (port: number): Promise<{ pid: number; source: string }> =>
  (await fetch(`http://127.0.0.1:${port}/health`)).json() as never;

/** The processes whose command line names the directory. */
const running = (directory: string) =>
  execFileSync('ps', ['-eo', 'pid=,args='], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(directory) && !line.includes('guard.mjs'));

describe('npm start', () => {
  it('starts everything, survives a killed worker, and stops everything', async () => {
    const root = checkout();
    const offset = await freeOffset();
    const stack = await npmStart(root, ['--port-offset', String(offset)]);
    expect(await stack.says('Ctrl-C stops it')).toBe(true);
    for (const port of [8000, 8233, 7687, 9090]) {
      expect(stack.said()).toContain(`127.0.0.1:${port + offset}`);
    }

    const worker = await health(8001 + offset);
    expect(worker.source).toBe('demo');
    process.kill(worker.pid, 'SIGKILL');
    expect(await stack.says('The worker is back')).toBe(true);
    expect(stack.said()).toContain(
      `The worker (process ${worker.pid}) was ended by SIGKILL; starting it again (1 of 5).`,
    );
    expect((await health(8001 + offset)).pid).not.toBe(worker.pid);

    const second = await npmStart(root, []);
    expect(await second.exited).toEqual({ code: 1, signal: null });
    expect(second.said()).toMatch(
      /^A stack with its data in \.topolog is already running \(process \d+\): stop it, or [^\n]+\n$/,
    );

    await stack.stop();
    expect(await stack.exited).toEqual({ code: 0, signal: null });
    const stops = stack.said().match(/(?<=Stopping )[\w ]+(?= …)/g);
    expect(stops?.slice(0, 2)).toEqual(['the API', 'the worker']);
    expect(stops).toHaveLength(6);
    expect(running(root)).toEqual([]);
    expect(existsSync(join(root, '.topolog', 'stack.lock'))).toBe(false);
  });

  it('stops when a server dies, says which and where its log is', async () => {
    const root = checkout();
    const stack = await npmStart(root, ['--port-offset', String(await freeOffset())]);
    await stack.says('Ctrl-C stops it');
    const neo4j = running(root).find((line) => line.includes(' Start '));
    process.kill(Number(neo4j?.trim().split(' ')[0]), 'SIGKILL');
    expect(await stack.exited).toEqual({ code: 1, signal: null });
    const log = join(root, '.topolog', 'logs', 'neo4j.log');
    expect(stack.said()).toContain(`Neo4j was ended by SIGKILL; its log is ${log}`);
    expect(running(root)).toEqual([]);
  });

  it('says in one sentence that Topolog does not compile', async () => {
    const root = checkout("echo 'src/api.ts(3,1): error TS1005: ; expected.'; exit 2");
    const stack = await npmStart(root, ['--port-offset', String(await freeOffset())]);
    expect(await stack.exited).toEqual({ code: 1, signal: null });
    expect(stack.said().trim().split('\n').at(-1)).toBe(
      'Topolog does not compile (src/api.ts(3,1): error TS1005: ; expected.): run `npm run build` for the whole story.',
    );
    expect(running(root)).toEqual([]);
  });

  it('says in one sentence which tool is missing', async () => {
    const root = checkout();
    const cache = temporaryDirectory();
    const env = { PATH: cache, XDG_CACHE_HOME: cache };
    const stack = await npmStart(root, ['--port-offset', String(await freeOffset())], env);
    expect(await stack.exited).toEqual({ code: 1, signal: null });
    expect(stack.said()).toMatch(
      /^Building Prometheus 3\.\S+ needs Go \S+ or newer and there is none on the PATH: install Go, or [^\n]+\n$/,
    );
    expect(readdirSync(join(cache, 'topolog'))).toEqual([]);
  });

  it('says in one sentence that its migration failed', async () => {
    const root = checkout();
    writeFileSync(join(root, 'app', 'cli.js'), 'console.error("no index"); process.exit(1);\n');
    const stack = await npmStart(root, ['--port-offset', String(await freeOffset())]);
    expect(await stack.exited).toEqual({ code: 1, signal: null });
    expect(stack.said()).toMatch(/`topolog migrate` failed and last said “no index”: see /);
    expect(running(root)).toEqual([]);
  });

  it('says what is wrong with the settings before it starts a server', async () => {
    const root = checkout();
    const wrong = { WRONG: 'The configuration is wrong.\n  A: no number\n  B: no time' };
    const stack = await npmStart(root, ['--port-offset', String(await freeOffset())], wrong);
    expect(await stack.exited).toEqual({ code: 1, signal: null });
    expect(stack.said().endsWith(`${wrong.WRONG}\n`)).toBe(true);
    expect(existsSync(join(root, '.topolog', 'neo4j'))).toBe(false);
  });

  it('says in one sentence that its folder cannot be made', async () => {
    const stack = await npmStart(checkout(), ['--data', '/proc/nowhere']);
    expect(await stack.exited).toEqual({ code: 1, signal: null });
    expect(stack.said()).toMatch(/cannot be made \(E[^)]+\): name another folder with --data\.\n$/);
  });

  it('explains itself, and exits 2 on what it does not know', async () => {
    const root = checkout();
    const help = await npmStart(root, ['--help']);
    expect(await help.exited).toEqual({ code: 0, signal: null });
    expect(help.said()).toContain('--port-offset N');
    const wrong = await npmStart(root, ['--bogus']);
    expect(await wrong.exited).toEqual({ code: 2, signal: null });
    expect(wrong.said()).toBe("Unknown option '--bogus' (npm start -- --help).\n");
    expect(processIdentity(wrong.pid)).toBeUndefined();
  });
});
