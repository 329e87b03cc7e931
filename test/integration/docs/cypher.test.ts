import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, endOf, storyOf } from '../../support/story.ts';

const page = readFileSync(new URL('../../../docs/cypher.md', import.meta.url), 'utf8');
const recipes = [...page.matchAll(/([^\n]+):\n\n```cypher\n([\s\S]*?)```/g)].map(
  ([, what = '', text = '']) => ({ what, text }),
);

describe('the Cypher cookbook', () => {
  let graph: TestGraph;
  const instant = (index: number) => `datetime({epochMillis: ${endOf(index)}})`;

  beforeAll(async () => {
    graph = await openTestGraph();
    await emptied(graph);
    const story = storyOf(graph);
    const always = {
      'app>checkout': 'sync',
      'checkout>payment': 'sync',
      'payment>bank': 'external',
    } as const;
    await story.hour(0, { ...always, 'checkout>tax': 'sync', 'web>checkout': 'sync' });
    for (let index = 1; index <= 6; index += 1) {
      await story.hour(index, { ...always, 'web>checkout': 'sync' });
    }
    await story.pass(6);
    await story.hour(7, { ...always, 'checkout>loyalty': 'sync' });
    for (let index = 8; index <= 10; index += 1) await story.hour(index, always);
    await story.pass(10);
    await story.hour(11, always, { partial: true });
    await graph.cypher(
      "CREATE (:Service {id: 'shop:bank', environment: '', cluster: '', namespace: 'shop', name: 'bank', kind: 'service', virtual: false, firstSeenAt: datetime()})",
    );
  });
  afterAll(() => graph.close());

  it('has recipes', () => {
    expect(recipes.length).toBeGreaterThan(12);
  });

  it.each(recipes)('$what', async ({ text }) => {
    const rows = await graph.cypher(bound(text));
    expect(rows.length).toBeGreaterThan(0);
  });

  /** A recipe with its parameters written out. */
  function bound(text: string): string {
    return text
      .replaceAll('$service', "'checkout'")
      .replaceAll('$at', instant(3))
      .replaceAll('$from', instant(5))
      .replaceAll('$to', `${instant(10)} + duration('PT1S')`);
  }

  it('shows the present and an instant as they were', async () => {
    const idsOf = async (what: RegExp) => {
      const recipe = recipes.find((one) => what.test(one.what));
      const rows = await graph.cypher(bound(recipe?.text ?? ''));
      return rows.map((row) => `${row['client.id']}>${row['server.id']} ${row['d.state']}`);
    };
    expect(await idsOf(/as it is/)).toEqual([
      'app>checkout active',
      'checkout>loyalty active',
      'checkout>payment active',
      'payment>bank active',
      'web>checkout stale',
    ]);
    expect(await idsOf(/as it was at an instant/)).toEqual([
      'app>checkout active',
      'checkout>payment active',
      'checkout>tax active',
      'payment>bank active',
      'web>checkout active',
    ]);
  });
});
