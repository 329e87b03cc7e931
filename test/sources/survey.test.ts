import { describe, expect, it } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import type { Sample } from '../../src/sources/answer.ts';
import type { Source } from '../../src/sources/source.ts';
import { metricsThere, surveyWindow } from '../../src/sources/survey.ts';
import { aSource, aWindow, tooHeavy, untold } from './doubles.ts';
import { nodesOf } from './every-question.ts';

interface Index {
  readonly values: (label: string, matcher: string) => readonly string[];
  readonly samples?: readonly Sample[] | AppError;
}

/** A server of which only the survey is asked. */
function server(given: Partial<Source>, { values, samples = [] }: Index) {
  const asked: string[] = [];
  const listed: string[][] = [];
  const asking = {
    source: aSource({ dialect: 'auto', ...given }),
    window: aWindow,
    async ask(expression: string) {
      asked.push(expression);
      if (samples instanceof AppError) throw samples;
      return { samples, warnings: [] };
    },
    async labelValues(label: string, { matchers }: { readonly matchers: readonly string[] }) {
      listed.push([label, ...matchers]);
      return { values: values(label, matchers.join()), warnings: ['a store was away'] };
    },
  };
  return { asking, asked, listed };
}

const nothing = () => [];
const graph = 'traces_service_graph_request_total';

describe('the metrics of service graphs that are there', () => {
  it('are asked of the index by labels, whatever their names', async () => {
    const { asking, listed } = server(
      { matchers: ['tenant="a"'] },
      { values: () => [graph, 'otel_x'] },
    );
    expect(await metricsThere(asking)).toEqual([graph, 'otel_x']);
    expect(listed).toEqual([
      [
        '__name__',
        '{client!="",server!="",tenant="a"}',
        '{reporter!="",tenant="a"}',
        '{direction="outbound",tenant="a"}',
      ],
    ]);
  });

  it('are not known where the server does not tell', async () => {
    const { asking } = server({}, { values: nothing });
    expect(await metricsThere({ ...asking, labelValues: untold })).toBeNull();
  });

  it('are not given up for not known where the work was called off', async () => {
    const { asking } = server({}, { values: nothing });
    const labelValues = () => Promise.reject(new Error('called off'));
    await expect(metricsThere({ ...asking, labelValues })).rejects.toThrow('called off');
  });
});

describe('the survey of a window', () => {
  const metricsIn = (expression = '') =>
    [...expression.matchAll(/last_over_time\((\w+)/g)].map(([, name]) => name);
  const known = [
    graph,
    'istio_requests_total',
    'istio_tcp_connections_opened_total',
    'response_total',
  ];

  it.each<[string, Partial<Source>, string[] | null, string[]]>([
    ['all that is known', {}, null, known],
    [
      'and any prefix',
      {},
      ['up', `b_${graph}`, `a_${graph}`, graph],
      [`a_${graph}`, `b_${graph}`, ...known],
    ],
    [
      'and the one that is configured',
      { metricPrefix: 'c_' },
      [`a_${graph}`],
      [`c_${graph}`, ...known],
    ],
    ['Tempo alone', { dialect: 'tempo' }, [`a_${graph}`], [graph]],
    ['a collector alone', { dialect: 'otel-collector', metricPrefix: 'c_' }, null, [`c_${graph}`]],
    ['Istio alone', { dialect: 'istio' }, null, known.slice(1, 3)],
    ['Linkerd alone', { dialect: 'linkerd' }, null, ['response_total']],
  ])('asks by exact names: %s', async (_, given, there, names) => {
    const { asking, asked } = server(given, { values: nothing });
    await surveyWindow(asking, there);
    expect(asked).toHaveLength(1);
    expect(metricsIn(asked[0]).sort()).toEqual([...names].sort());
    expect(asked[0]).not.toContain('__name__');
    expect(nodesOf(asked[0] ?? '')).not.toContain('error');
  });

  it('asks for no more than 20 prefixes, and says which it left out', async () => {
    const prefixed = Array.from({ length: 30 }, (_, index) => `p${index + 10}_${graph}`);
    const tooLong = `${'x'.repeat(513)}${graph}`;
    const { asking, asked } = server({}, { values: nothing });
    const { notAsked } = await surveyWindow(asking, [...prefixed, tooLong]);
    expect(metricsIn(asked[0])).toHaveLength(20 + known.length);
    expect(notAsked).toEqual([...prefixed.slice(20), tooLong]);
  });

  it('leaves nothing out where the configuration says which prefix is meant', async () => {
    const { asking } = server({ metricPrefix: 'a_' }, { values: nothing });
    expect((await surveyWindow(asking, [`b_${graph}`])).notAsked).toEqual([]);
  });

  it('tells which series share a name and the labels of their producer', async () => {
    const samples = [{ labels: { topolog: graph, failed: 'true' }, value: 7 }];
    const { asking } = server({}, { values: nothing, samples });
    expect(await surveyWindow(asking, null)).toEqual({
      rows: [{ metric: graph, labels: { failed: 'true' }, series: 7 }],
      warnings: [],
      isByIndex: false,
      notAsked: [],
    });
  });

  it('asks the index where counting is too much', async () => {
    const values = (label: string, matcher: string) => {
      if (label === 'reporter') return matcher.includes('istio_requests') ? ['source'] : [];
      if (label === 'direction') return ['inbound', 'outbound'];
      return matcher.includes('failed!=""') && matcher.includes('source!~') ? ['web'] : [];
    };
    const { asking, listed } = server({ matchers: ['t="a"'] }, { values, samples: tooHeavy() });
    const { rows, warnings } = await surveyWindow(asking, null);
    expect(rows).toEqual([
      { metric: graph, labels: { failed: 'false', source: '' }, series: 1 },
      { metric: 'istio_requests_total', labels: { reporter: 'source' }, series: 1 },
      { metric: 'response_total', labels: { direction: 'inbound' }, series: 1 },
      { metric: 'response_total', labels: { direction: 'outbound' }, series: 1 },
    ]);
    expect(new Set(warnings)).toEqual(new Set(['a store was away']));
    for (const [, ...matchers] of listed) {
      for (const matcher of matchers) {
        expect(matcher).toContain('t="a"');
        expect(nodesOf(matcher)).not.toContain('error');
      }
    }
  });

  it('does not guess where it is refused for what it is', async () => {
    const samples = new AppError('InvalidMetrics', 'What?');
    const { asking } = server({}, { values: nothing, samples });
    await expect(surveyWindow(asking, null)).rejects.toMatchObject({ code: 'InvalidMetrics' });
  });
});
