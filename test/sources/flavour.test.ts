import { describe, expect, it } from 'vitest';
import { createFlavour, type Flavour } from '../../src/sources/flavour.ts';
import { buildInfo, good, prometheusThat, reset, silence, status, vector } from './doubles.ts';

const revision = { revision: 'r', branch: 'HEAD', goVersion: 'go1.26' };
const victoria = buildInfo({ version: '2.24.0' });

describe('a server', () => {
  it.each<[Flavour, object]>([
    ['prometheus', { version: '3.16.0', ...revision }],
    ['prometheus', { version: '2.42.0', ...revision }],
    ['prometheus', { version: '', ...revision }],
    ['prometheus', { application: 'Grafana Mimir', version: '0.9.1', ...revision }],
    ['thanos', { version: '0.42.0', ...revision }],
    ['victoriametrics', { version: '2.24.0' }],
  ])('is %s by what it says of itself: %j', async (flavour, data) => {
    const { client } = await prometheusThat([], {}, buildInfo(data));
    expect(await client.flavour()).toBe(flavour);
  });

  it.each([
    ['refuses', status(404, 'no')],
    ['speaks of something else', status(200, vector())],
    ['sends a page', status(200, '<html>')],
    ['hangs up', reset],
    ['never answers', silence],
  ])('that %s is taken for Prometheus, and asked its questions all the same', async (_, says) => {
    const { client, asked } = await prometheusThat([good], { timeoutMillis: 200 }, says);
    expect((await client.query('x', 0)).samples).toHaveLength(1);
    expect(await client.flavour()).toBe('prometheus');
    expect(asked[0]?.form.has('nocache')).toBe(false);
  });
});

describe('VictoriaMetrics', () => {
  it('is told to answer an instant at its own time', async () => {
    const { client, asked } = await prometheusThat([good], {}, victoria);
    await client.query('x', 0);
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      nocache: '1',
      latency_offset: '1ms',
    });
    expect(asked[0]?.form.has('max_lookback')).toBe(false);
  });

  it('is told to look no further back than a range says', async () => {
    const body = JSON.stringify({ status: 'success', data: { resultType: 'matrix', result: [] } });
    const { client, asked } = await prometheusThat([status(200, body)], {}, victoria);
    await client.queryRange('x', { firstMillis: 0, count: 2, stepMillis: 1000 });
    expect(Object.fromEntries(asked[0]?.form ?? [])).toMatchObject({
      nocache: '1',
      latency_offset: '1ms',
      max_lookback: '1ms',
    });
  });
});

describe('the question what a server is', () => {
  /** Counts how often it is asked; fails as long as it is told to. */
  function counted() {
    const state = { asked: 0, fails: false, now: 0 };
    const flavour = createFlavour(
      async () => {
        state.asked += 1;
        if (state.fails) throw new Error('away');
        return 'thanos';
      },
      () => state.now,
    );
    return { state, flavour };
  }

  it('is asked once, for all who want to know', async () => {
    const { state, flavour } = counted();
    expect(await Promise.all([flavour(), flavour(), flavour()])).toEqual(Array(3).fill('thanos'));
    state.now += 3_600_000;
    await flavour();
    expect(state.asked).toBe(1);
  });

  it('is asked again ten minutes after it was not answered, and not sooner', async () => {
    const { state, flavour } = counted();
    state.fails = true;
    expect(await flavour()).toBe('prometheus');
    state.fails = false;
    state.now = 599_999;
    expect(await flavour()).toBe('prometheus');
    expect(state.asked).toBe(1);
    state.now = 600_000;
    expect(await flavour()).toBe('thanos');
    expect(state.asked).toBe(2);
  });

  it('ends for one who calls it off, and not for another', async () => {
    let answer: (flavour: Flavour) => void = () => {};
    const asking = new Promise<Flavour>((resolve) => {
      answer = resolve;
    });
    const flavour = createFlavour(() => asking, Date.now);
    const abort = new AbortController();
    const one = flavour(abort.signal);
    const other = flavour(new AbortController().signal);
    abort.abort(new Error('enough'));
    await expect(one).rejects.toThrow('enough');
    await expect(flavour(abort.signal)).rejects.toThrow('enough');
    answer('thanos');
    expect(await other).toBe('thanos');
  });
});
