import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startNeo4j } from '../../../dev/stack/index.mjs';
import { openDriver } from '../../../src/graph/database.ts';
import { neo4jAdmin } from '../../support/neo4j-admin.ts';

const runbook = readFileSync(new URL('../../../docs/runbook.md', import.meta.url), 'utf8');
/** The lines of a shell that a part of the runbook shows, block by block. */
const shownIn = (heading: string): string[] => {
  const [, part = ''] = runbook.split(`### ${heading}\n`);
  const [own = ''] = part.split(/^##/m);
  return [...own.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, lines = '']) => lines);
};
/** What `neo4j-admin` is told in a block, and where its input and output are. */
const adminIn = (heading: string, verb: 'dump' | 'load') => {
  const lines = shownIn(heading).join('').replaceAll('\\\n', ' ');
  const [, args = '', redirection = '', file = ''] =
    new RegExp(`(database ${verb} [^\\n<>]+?)\\s*(?:([<>]) (\\S+))?\\n`).exec(lines) ?? [];
  return { args: args.split(' '), redirection, file };
};

// Nine Java processes start here one after the other, which takes its time on a busy machine.
describe('the backup of the runbook', { timeout: 600_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-backup-'));
  const home = join(folder, '.topolog', 'neo4j');
  const backups = join(folder, 'backups');
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts Neo4j on the data, as `npm start` does, asks it, and stops it. */
  async function asked(...statements: string[]): Promise<unknown[]> {
    const neo4j = await startNeo4j({ dataDir: home });
    const driver = openDriver({ uri: neo4j.uri, user: 'neo4j', password: undefined });
    try {
      const answers: unknown[] = [];
      for (const statement of statements) {
        const { records } = await driver.executeQuery(statement, {}, { database: 'neo4j' });
        answers.push(records.map((record) => record.toObject()));
      }
      return answers;
    } finally {
      await driver.close();
      await neo4j.stop();
    }
  }
  /** The graph as it was written, and nothing of a start without data. */
  const isWhole = async () =>
    expect(
      await asked('MATCH (s:Service) RETURN count(s) AS services', 'SHOW CONSTRAINTS YIELD name'),
    ).toEqual([[{ services: 100 }], [{ name: 'service_id' }]]);

  beforeAll(async () => {
    mkdirSync(backups);
    await asked(
      'CREATE CONSTRAINT service_id IF NOT EXISTS FOR (s:Service) REQUIRE s.id IS UNIQUE',
      "UNWIND range(1, 100) AS id CREATE (:Service {id: 'service-' + id})",
    );
  }, 600_000);

  it('works as it is written for npm start', async () => {
    const [backup = '', restore = ''] = shownIn('Of `npm start`');
    const typed = (lines: string) => execFileSync('sh', ['-euc', lines], { cwd: folder });
    typed(backup);
    expect(statSync(join(folder, 'topolog-backup.tgz')).mode & 0o077).toBe(0);
    // Whatever is there is put aside, not written over.
    typed(restore);
    expect(readdirSync(folder).filter((name) => /before/.test(name))).toHaveLength(1);
    await isWhole();
  });

  it('tells neo4j-admin in Kubernetes what it tells it with compose', () => {
    for (const verb of ['dump', 'load'] as const) {
      expect(adminIn('In Kubernetes', verb)).toEqual(adminIn('With compose', verb));
    }
  });

  it.each(['With compose', 'Elsewhere'])('tells neo4j-admin what it takes: %s', async (heading) => {
    const run = async (verb: 'dump' | 'load') => {
      const { args, redirection, file } = adminIn(heading, verb);
      const here = args.map((one) => one.replace(/=\/backups$/, `=${backups}`));
      const at = join(backups, file);
      const { code, err } = await neo4jAdmin(home, here, {
        ...(redirection === '<' && { from: at }),
        ...(redirection === '>' && { to: at }),
      });
      expect(code, err).toBe(0);
    };
    await run('dump');
    expect(existsSync(join(backups, 'neo4j.dump'))).toBe(true);
    for (const part of ['databases', 'transactions']) {
      rmSync(join(home, 'data', part, 'neo4j'), { recursive: true });
    }
    await run('load');
    await isWhole();
  });
});
