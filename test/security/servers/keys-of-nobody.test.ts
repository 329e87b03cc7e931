import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { createKeyRecords } from '../../../src/graph/key-records.ts';
import { createKeys, type Keys } from '../../../src/keys/keys.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { createKeyApp } from '../../support/key-app.ts';
import { emptied } from '../../support/story.ts';

const cli = fileURLToPath(new URL('../../../dist/cli.js', import.meta.url));
const byNobody = 'nobody in particular';
const admin = {
  name: 'mine',
  scopes: ['admin'] as const,
  environments: null,
  teams: null,
  expiresAtMillis: null,
};

function topolog(...args: string[]): Promise<string> {
  const env = {
    ...process.env,
    NEO4J_URI: inject('neo4jUri'),
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [cli, ...args], { env }, (error, stdout) =>
      error === null ? resolve(stdout) : reject(error),
    );
  });
}

let graph: TestGraph;
let keys: Keys;
beforeAll(async () => {
  graph = await openTestGraph();
  keys = createKeys({ records: createKeyRecords(graph.database), randomBytes, now: Date.now });
});
afterAll(async () => {
  await graph.close();
});
beforeEach(async () => {
  await emptied(graph);
});

describe('a key that was made where no key was asked for', () => {
  it('opens nothing where keys are, cannot be rotated, and keeps no first key from being made', async () => {
    const { key, text } = await keys.create(admin, byNobody);
    const { ask, close } = createKeyApp(graph, Date.now);
    expect((await ask(text.reveal(), '/api/v1/keys')).status).toBe(401);
    await expect(keys.rotate(key.id, 0, 'command line')).rejects.toMatchObject({
      code: 'KeyEnded',
    });
    let kept = '';
    const first = await keys.bootstrap(async (made) => {
      kept = made.reveal();
      return made;
    }, 'bootstrap');
    expect(first).not.toBeNull();
    expect((await ask(kept, '/api/v1/keys')).status).toBe(200);
    await close();
  });

  it('is revoked by migrate, with all that came of it and nothing else', async () => {
    const root = await keys.create(admin, byNobody);
    const child = await keys.create(admin, root.key.id);
    const grandchild = await keys.create(admin, child.key.id);
    const turned = await keys.create(admin, 'command line');
    await keys.rotate(turned.key.id, 0, byNobody);
    const good = await keys.create(admin, 'command line');
    const ended = [root, child, grandchild, turned].map(({ key }) => key.id);
    const said = await topolog('migrate');
    for (const id of ended) expect(said).toContain(`${id} revoked`);
    const revoked = await graph.cypher(
      'MATCH (k:Key) WHERE k.revokedAt IS NOT NULL RETURN k.id AS id',
    );
    expect(new Set(revoked.map(({ id }) => id))).toEqual(new Set(ended));
    expect((await keys.find(good.key.id)).revokedAtMillis).toBeNull();
    expect(await topolog('migrate')).not.toContain('revoked');
  });
});

describe('the name of a key that was made before names were checked', () => {
  it('forges no line and moves no cursor', async () => {
    const { key } = await keys.create(admin, 'command line');
    const name = 'x\u001b[2K\u001b[1Gok\nok        neo4j\u009b31m\u202e';
    await graph.cypher('MATCH (k:Key {id: $id}) SET k.name = $name', { id: key.id, name });
    const listed = await topolog('keys', 'list');
    expect(listed.trimEnd().split('\n')).toHaveLength(2);
    expect(listed).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    const json = await topolog('keys', 'list', '--json');
    expect(json).not.toMatch(/[^\P{Cc}\n]|\p{Cf}/u);
    expect(JSON.parse(json)).toMatchObject({ items: [{ id: key.id, name }] });
  });
});
