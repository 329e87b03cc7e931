import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { everything } from '../../../src/domain/view.ts';
import { createQueries } from '../../../src/graph/queries.ts';
import { openTestGraph, type TestGraph } from '../../support/graph.ts';
import { emptied, endOf, hour, storyOf } from '../../support/story.ts';

const minute = 60_000;

describe('a question that nothing answers', () => {
  let graph: TestGraph;
  let story: ReturnType<typeof storyOf>;

  beforeAll(async () => {
    graph = await openTestGraph();
    story = storyOf(graph);
  });
  afterAll(() => graph.close());
  beforeEach(() => emptied(graph));

  const queries = (nowMillis: number) => createQueries(graph.database, { now: () => nowMillis });

  it('is told why: no source, not read, not by then, not seen', async () => {
    const { whyEmpty } = queries(endOf(2) + minute);
    const why = async (atMillis: number | null = null) =>
      (await whyEmpty({ atMillis, isFiltered: false })).reason;
    expect(await why()).toBe('noSource');
    await story.windows.register({
      id: 'shop',
      dialect: 'tempo',
      intervalMillis: hour,
      settleMillis: 5 * minute,
      callGroup: 'shop',
    });
    expect(await whyEmpty({ atMillis: null, isFiltered: false })).toMatchObject({
      reason: 'notReadYet',
      expectedAtMillis: endOf(2) + 5 * minute,
    });
    // One of which nothing could be read shows nothing.
    await story.failed(0);
    expect(await why()).toBe('notReadYet');
    await story.hour(1, {});
    expect(await why()).toBe('nothingSeen');
    expect(await why(endOf(1))).toBe('nothingSeen');
    expect(await why(endOf(1) - 1)).toBe('beforeFirstWindow');
  });

  it('about a mistyped name is told what was meant, however many names there are', async () => {
    await graph.cypher(
      "UNWIND range(0, 4999) AS number WITH 'svc-' + number AS name CREATE (:Service {id: name, environment: '', cluster: '', namespace: '', name: name, kind: 'service', virtual: false, firstSeenAt: datetime()})",
    );
    await story.hour(0, { 'svc-payment>Checkout': 'sync' });
    const asked = async (word: string) => {
      const error = await queries(endOf(1))
        .service(everything, word)
        .catch((thrown: unknown) => thrown);
      return (error as { details: { suggestions?: string[] }; message: string }).details
        .suggestions;
    };
    expect((await asked('svc-payments'))?.[0]).toBe('svc-payment');
    expect(await asked('checkout')).toEqual(['Checkout']);
    expect(await asked('prod:checkot')).toEqual(['Checkout']);
    expect(await asked('nothing at all')).toBeUndefined();
    await expect(queries(endOf(1)).service(everything, 'checkout')).rejects.toThrow(
      'There is no service with the id or name "checkout". Did you mean Checkout?',
    );
  });
});
