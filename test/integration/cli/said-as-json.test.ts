import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { openTemporal } from '../../../src/runs/temporal.ts';
import { loadConfig } from '../../../src/runtime/config.ts';
import { faultsAt, operations, schemaOf } from '../../support/contract.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, storyOf } from '../../support/story.ts';
import { topolog } from '../../support/topolog.ts';

/** The schema of what a route answers. */
function answerOf(operationId: string, status: string): string[] {
  const operation = operations.find((one) => one.operationId === operationId);
  if (operation === undefined) throw new Error(`There is no operation ${operationId}.`);
  return schemaOf(operation, status, 'application/json');
}

/** What each command with `--json` is called with, and the route that says the same. */
const commands: Readonly<Record<string, { args: string[]; place: string[] } | null>> = {
  ingest: { args: [], place: answerOf('startRun', '202') },
  backfill: { args: ['--from', '2h'], place: answerOf('startRun', '202') },
  'mark-stale': { args: ['--now', '1h'], place: answerOf('startRun', '202') },
  prune: { args: [], place: answerOf('startRun', '202') },
  'keys list': { args: [], place: answerOf('listKeys', '200') },
  // No route says the same. Lists have the form of lists all the same, as is tried below.
  'sources list': null,
  'services aliases': null,
  doctor: null,
  rebuild: null,
  relabel: null,
};

/** Every command with an option, by the words that call it. */
function commandsWith(option: string, command: Command, before: string[] = []): string[] {
  return command.commands.flatMap((one) => {
    const words = [...before, one.name()];
    const own = one.options.some(({ long }) => long === option) ? [words.join(' ')] : [];
    return [...own, ...commandsWith(option, one, words)];
  });
}

describe('what the command line says as JSON', () => {
  let graph: TestGraph;
  /** Each command has a source of its own, which was never read; nobody works on what they start. */
  const envOf = (source: string) => ({
    NEO4J_URI: inject('neo4jUri'),
    TEMPORAL_ADDRESS: inject('temporalAddress'),
    TEMPORAL_TASK_QUEUE: `said-${process.pid}`,
    PROMETHEUS_URL: 'http://127.0.0.1:9',
    OTEL_GRAPH_SOURCE_ID: source,
  });

  beforeAll(async () => {
    graph = await openTestGraph();
    await emptied(graph);
    await storyOf(graph).hour(0, { 'web>cart': 'sync' });
  });
  afterAll(async () => {
    const temporal = openTemporal(loadConfig(envOf('said')));
    for (const id of [
      'ingest/ingest',
      'ingest/backfill',
      'mark-stale/asked',
      'prune-history/asked',
    ]) {
      await temporal.client.workflow.getHandle(id).terminate();
    }
    await temporal.close();
    await graph.close();
  });

  it('is known of every command that has --json', () => {
    expect(commandsWith('--json', createProgram()).sort()).toEqual(Object.keys(commands).sort());
  });

  const said = Object.entries(commands).flatMap(([words, one]) =>
    one === null ? [] : [{ words, ...one }],
  );

  it.each(said)('is what the API says, key for key: $words', async ({ words, args, place }) => {
    const all = [...words.split(' '), ...args, '--json'];
    const { code, stdout, stderr } = await topolog(all, envOf(all[0] ?? ''));
    expect([code, stdout.split('\n').length], stderr).toEqual([0, 2]);
    expect(faultsAt(place, JSON.parse(stdout))).toEqual([]);
  });

  it.each([
    ['sources list', ['said', 'shop']],
    ['services aliases', []],
  ])('is a list in the form of lists: %s', async (words, ids) => {
    const { code, stdout } = await topolog([...words.split(' '), '--json'], envOf('said'));
    expect(code).toBe(0);
    const list = JSON.parse(stdout);
    expect(Object.keys(list)).toEqual(['items', 'nextCursor', 'limit', 'empty']);
    expect(list.items.map(({ id }: { id: string }) => id)).toEqual(ids);
    expect(list.empty === null).toBe(ids.length > 0);
  });
});

describe('a preview', () => {
  let graph: TestGraph;
  const env = () => ({
    NEO4J_URI: inject('neo4jUri'),
    TEMPORAL_ADDRESS: inject('temporalAddress'),
  });

  beforeAll(async () => {
    graph = await openTestGraph();
    await emptied(graph);
    // Of a name that no other test reads, because what is being read is not retired.
    await storyOf(graph).hour(0, { 'web>cart': 'sync' }, { source: 'previewed' });
  });
  afterAll(() => graph.close());

  it.each([
    ['services alias web cart', /^This would move all of web to cart .* say --yes to do it\.\n$/],
    ['services delete cart', /^This would delete cart .* say --yes to do it\.\n$/],
    ['sources retire previewed', /^This would remove 1 evidence .* say --yes to do it\.\n$/],
  ])('says what would be done, does nothing, and is no error: %s', async (words, sentence) => {
    const before = await graph.dump();
    const { code, stdout, stderr } = await topolog(words.split(' '), env());
    expect([code, stdout], stderr).toEqual([0, expect.stringMatching(sentence)]);
    expect(await graph.dump()).toEqual(before);
  });

  it('of a service that is not there is an error, which says what was meant', async () => {
    const { code, stdout, stderr } = await topolog(['services', 'delete', 'Cart'], env());
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe('There is no service with the id or name "Cart". Did you mean cart?\n');
  });
});
