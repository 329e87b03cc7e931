import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
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

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

describe('the backup of the runbook', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'topolog-backup-'));
    folders.push(folder);
  });
  const home = () => join(folder, '.topolog', 'neo4j');

  /** Starts Neo4j on the data, as `npm start` does, asks it, and stops it. */
  async function asked(...statements: string[]): Promise<unknown[]> {
    const neo4j = await startNeo4j({ dataDir: home() });
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
  const written = [
    'CREATE CONSTRAINT service_id IF NOT EXISTS FOR (s:Service) REQUIRE s.id IS UNIQUE',
    "UNWIND range(1, 100) AS id CREATE (:Service {id: 'service-' + id})",
  ];
  const lost = ['MATCH (n) DETACH DELETE n', 'DROP CONSTRAINT service_id'];
  const counted = ['MATCH (s:Service) RETURN count(s) AS services', 'SHOW CONSTRAINTS YIELD name'];
  const whole = [[{ services: 100 }], [{ name: 'service_id' }]];

  it('works as it is written for npm start', async () => {
    const [backup = '', restore = ''] = shownIn('Of `npm start`');
    const typed = (lines: string) => execFileSync('sh', ['-euc', lines], { cwd: folder });
    await asked(...written);
    typed(backup);
    expect(statSync(join(folder, 'topolog-backup.tgz')).mode & 0o077).toBe(0);
    await asked(...lost);
    typed(restore);
    expect(await asked(...counted)).toEqual(whole);
  });

  it.each(['With compose', 'In Kubernetes', 'Elsewhere'])(
    'tells neo4j-admin what it takes: %s',
    async (heading) => {
      const backups = join(folder, 'backups');
      mkdirSync(backups);
      const run = async (verb: 'dump' | 'load') => {
        const { args, redirection, file } = adminIn(heading, verb);
        const here = args.map((one) => one.replace(/=\/backups$/, `=${backups}`));
        const at = join(backups, file);
        return neo4jAdmin(home(), here, {
          ...(redirection === '<' && { from: at }),
          ...(redirection === '>' && { to: at }),
        });
      };
      await asked(...written);
      const dumped = await run('dump');
      expect(dumped.code, dumped.err).toBe(0);
      expect(existsSync(join(backups, 'neo4j.dump'))).toBe(true);
      await asked(...lost);
      const loaded = await run('load');
      expect(loaded.code, loaded.err).toBe(0);
      expect(await asked(...counted)).toEqual(whole);
    },
  );
});
