import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished } from 'vitest';
import { AppError } from '../../src/runtime/errors.ts';
import { revealedHeaders, revealedParams } from '../../src/sources/access.ts';
import { loadSourcesFile } from '../../src/sources/sources-file.ts';

type Env = Readonly<Record<string, string>>;

/** A folder with a sources file of this text, and with these files beside it. */
function folderWith(yaml: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'topolog-sources-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  const file = join(folder, 'sources.yaml');
  writeFileSync(file, yaml);
  return file;
}

function sourcesIn(yaml: string, env: Env | null = {}, files: Record<string, string> = {}) {
  return loadSourcesFile(folderWith(yaml, files), env);
}

/** All problems of a file, and all that its error says anywhere. */
function problemsIn(yaml: string, env: Env = {}, files: Record<string, string> = {}) {
  try {
    sourcesIn(yaml, env, files);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== 'InvalidConfiguration') throw error;
    const problems = error.details.problems as string[];
    return { problems, all: inspect(error, { depth: 10, showHidden: true }) };
  }
  return { problems: [], all: '' };
}

/** The sources of one source with these lines. */
const one = (...lines: string[]) =>
  [
    'sources:',
    '  - id: a',
    '    url: https://mimir/prometheus',
    ...lines.map((line) => `    ${line}`),
  ].join('\n');
const problemsOfOne = (...lines: string[]) => problemsIn(one(...lines)).problems;

describe('a sources file', () => {
  it('needs an id and a URL for a source, and has defaults for the rest', () => {
    expect(sourcesIn('sources: [{id: a, url: "http://localhost:9090"}]')).toEqual([
      {
        id: 'a',
        url: 'http://localhost:9090',
        dialect: 'auto',
        intervalMillis: 900_000,
        settleMillis: 90_000,
        reachMillis: 300_000,
        scrapeIntervalMillis: 60_000,
        fixed: { environment: '', cluster: '' },
      },
    ]);
  });

  it('names any number of sources, each with settings of its own', () => {
    const [first, second] = sourcesIn(`
sources:
  - id: eu
    url: https://mimir/prometheus
    dialect: otel-collector
    interval: 1h30m
    settle: 0s
    reach: 10m
    scrapeInterval: 15s
    metricPrefix: traces_
    environment: prod
    cluster: eu-1
    matchers: ['tenant="a", cluster=~"eu|us"', 'x!="y"']
    replicaLabels: [replica]
    kindLabels: [method, http.route]
    latencyUnit: milliseconds
    labels:
      client: {name: client_app, namespace: [client_team, client_owner]}
  - id: us
    url: http://localhost:9090
    dialect: istio
    istioReporter: destination
`);
    expect(first).toMatchObject({
      intervalMillis: 5_400_000,
      settleMillis: 0,
      reachMillis: 600_000,
      scrapeIntervalMillis: 15_000,
      metricPrefix: 'traces_',
      fixed: { environment: 'prod', cluster: 'eu-1' },
      matchers: ['tenant="a"', 'cluster=~"eu|us"', 'x!="y"'],
      replicaLabels: ['replica'],
      kindLabels: ['method', 'http.route'],
      latencyUnit: 'milliseconds',
      labels: { client: { name: ['client_app'], namespace: ['client_team', 'client_owner'] } },
    });
    expect(second).toMatchObject({ id: 'us', dialect: 'istio', istioReporter: 'destination' });
  });

  it('may name labels and metrics that are not plain', () => {
    const [source] = sourcesIn(
      one(
        'metricPrefix: otel.',
        'replicaLabels: [prometheus.replica]',
        `matchers: ['"k8s.cluster.name"="eu", tenant="a"']`,
        'labels: {client: {namespace: [client_service.namespace, "Größe (m)"]}}',
      ),
    );
    expect(source).toMatchObject({
      metricPrefix: 'otel.',
      replicaLabels: ['prometheus.replica'],
      matchers: ['"k8s.cluster.name"="eu"', 'tenant="a"'],
      labels: { client: { namespace: ['client_service.namespace', 'Größe (m)'] } },
    });
  });

  it('is refused with every problem at once, each with its place', () => {
    const { problems } = problemsIn(`
sources:
  - id: a
    url: http://u:hunter2@mimir
    interval: 15
    colour: red
    relabel:
      - {sourceLabels: [name], regex: "(", targetLabel: name}
      - {action: keep, targetLabel: name}
  - id: a
    url: http://mimir
    matchers: ['up} or vector(1']
    bearerToken: $NOT_SET
    basicAuth: {username: me, password: {file: nowhere}}
    tls: {}
    headers: {Authorization: x, X-Scope-OrgID: ""}
more: 1
`);
    expect(problems.map((problem) => problem.split(': ')[0])).toEqual([
      'sources[0].url',
      'sources[0].interval',
      'sources[0].relabel[0].regex',
      'sources[0].relabel[1].targetLabel',
      'sources[0].relabel[1].sourceLabels',
      'sources[0]',
      'sources[1].matchers[0]',
      'sources[1].headers.Authorization',
      'sources[1].headers.X-Scope-OrgID',
      'sources[1].bearerToken',
      'sources[1].basicAuth.password',
      'sources[1].basicAuth',
      'sources[1].tls',
      'the file',
      'sources[1].id',
    ]);
    expect(problems).toContain('sources[1].id: is the id of sources[0] too');
    expect(problems).toContain(
      'sources[1].bearerToken: the environment variable NOT_SET is not set',
    );
    expect(problems.join()).toContain('"colour"');
  });

  it.each([
    ['no YAML', 'sources: [', /line 1, column \d+: no good YAML/],
    [
      'the same key twice',
      one('dialect: tempo', 'dialect: istio'),
      /line 5, column 5: .*duplicate key/,
    ],
    ['a tag', one('dialect: !mine tempo'), /line 4.*tag/],
    ['nothing', '', /the file: /],
    ['no source', 'sources: []', /sources: /],
    [
      'more aliases than anybody writes',
      `x: &a [1,1,1,1,1,1,1,1,1,1]\ny: &b [${'*a,'.repeat(50)}]\nz: [${'*b,'.repeat(50)}]`,
      /cannot be read/,
    ],
  ])('is refused: %s', (_, yaml, problem) => {
    expect(problemsIn(yaml).problems.join()).toMatch(problem);
  });

  it('is refused with a URL that ends in a query', () => {
    const { problems } = problemsIn('sources: [{id: a, url: "https://mimir/?key=hunter2"}]');
    expect(problems[0]).toMatch(/^sources\[0\]\.url: must not have a query.*as params/);
    expect(problems.join()).not.toContain('hunter2');
  });

  it('that is not there is refused', () => {
    expect(() => loadSourcesFile('/nowhere/sources.yaml', {})).toThrow(/cannot be read \(ENOENT\)/);
  });

  it.each([
    ['interval: 30s', 'interval'],
    ['interval: 25h', 'interval'],
    ['interval: 15 m', 'interval'],
    ['interval: ""', 'interval'],
    ['settle: -1s', 'settle'],
    ['dialect: zipkin', 'dialect'],
    ['metricPrefix: ""', 'metricPrefix'],
    ['metricPrefix: "a\\nb"', 'metricPrefix'],
    [`metricPrefix: ${'a'.repeat(513)}`, 'metricPrefix'],
    ['matchers: [""]', 'matchers[0]'],
    ['matchers: [\'"__name__"="up"\']', 'matchers[0]'],
    ['matchers: [\'"\\x5f_name__"="up"\']', 'matchers[0]'],
    ['matchers: [\'"up"\']', 'matchers[0]'],
    ['matchers: [\'""="up"\']', 'matchers[0]'],
    [`matchers: ['"${'a'.repeat(513)}"="b"']`, 'matchers[0]'],
    ['replicaLabels: [""]', 'replicaLabels[0]'],
    ['replicaLabels: [__name__]', 'replicaLabels[0]'],
    ['kindLabels: []', 'kindLabels'],
    ['kindLabels: method', 'kindLabels'],
    ['kindLabels: [le]', 'kindLabels[0]'],
    ['latencyUnit: minutes', 'latencyUnit'],
    ['labels: {client: {name: "a\\tb"}}', 'labels.client.name[0]'],
    [`labels: {client: {name: ${'a'.repeat(513)}}}`, 'labels.client.name[0]'],
    ['matchers: [\'__name__="up"\']', 'matchers[0]'],
    ['matchers: [\'a="b"} or up{a="b"\']', 'matchers[0]'],
    ['matchers: [\'a="b" # c\']', 'matchers[0]'],
    ['labels: {server: {name: le}}', 'labels.server.name[0]'],
    ['labels: {server: {team: a}}', 'labels.server'],
    ['relabel: [{action: labelmap}]', 'relabel[0].action'],
    ['relabel: [{sourceLabels: [pod], targetLabel: name}]', 'relabel[0].sourceLabels[0]'],
    ['relabel: [{sourceLabels: [name], targetLabel: side}]', 'relabel[0].targetLabel'],
    ['relabel: [{sourceLabels: [name]}]', 'relabel[0].targetLabel'],
    ['relabel: [{sourceLabels: [name], targetLabel: name, regex: "(?=a)"}]', 'relabel[0].regex'],
    ['relabel: [{sourceLabels: [name], targetLabel: name, regex: "a)|(b"}]', 'relabel[0].regex'],
    ['headers: {"a b": c}', 'headers.a b'],
    ['headers: {Host: c}', 'headers.Host'],
    ['headers: {X-A: "c\\nd"}', 'headers.X-A'],
    ['params: {query: up}', 'params.query'],
    ['params: {"match[]": up}', 'params.match[]'],
    ['params: {max_lookback: 1h}', 'params.max_lookback'],
    ['params: {timeout: [1s]}', 'params.timeout[0]'],
    ['params: {a: ""}', 'params.a'],
    ['params: {a: []}', 'params.a'],
    ['params: {a: [b, 7]}', 'params.a[1]'],
    ['params: {a: $NOT_SET}', 'params.a'],
    ['params: {"": a}', 'params.'],
    ['params: [a]', 'params'],
    ['bearerToken: hunter2', 'bearerToken'],
    ['tls: {cert: {file: a.pem}}', 'tls'],
    ['dialect: tempo\n    metricPrefix: a_', 'metricPrefix'],
    ['dialect: tempo\n    istioReporter: source', 'istioReporter'],
    ['replicaLabels: [r]\n    labels: {client: {name: r}}', 'replicaLabels'],
    ['kindLabels: [k]\n    labels: {server: {namespace: [n, k]}}', 'kindLabels'],
  ])('is refused with %s', (line, path) => {
    const problems = problemsOfOne(line);
    expect(problems.map((one) => one.split(': ')[0])).toContain(`sources[0].${path}`);
  });
});

describe('secrets of a sources file', () => {
  const yaml = one(
    'bearerToken: $TOKEN',
    'headers: {X-Scope-OrgID: team-a, X-Key: {file: key.txt}}',
  );
  const read = () => sourcesIn(yaml, { TOKEN: 'hunter2' }, { 'key.txt': 'hunter3\n' })[0];

  it('come from the environment and from files beside it', () => {
    expect(revealedHeaders(read()?.access)).toEqual({
      'X-Scope-OrgID': 'team-a',
      'X-Key': 'hunter3',
      authorization: 'Bearer hunter2',
    });
  });

  it('are the values of parameters, plain or by reference, one or several of a name', () => {
    const [source] = sourcesIn(
      one('params: {namespace: shop, extra_label: [a=b, $L], key: {file: key.txt}}'),
      { L: 'c=d' },
      { 'key.txt': 'hunter3\n' },
    );
    expect(revealedParams(source?.access)).toEqual([
      ['namespace', 'shop'],
      ['extra_label', 'a=b'],
      ['extra_label', 'c=d'],
      ['key', 'hunter3'],
    ]);
    expect(`${JSON.stringify(source)}${inspect(source, { depth: 10 })}`).not.toMatch(
      /shop|c=d|hunter/,
    );
  });

  it('are a user and password as HTTP has them', () => {
    const [source] = sourcesIn(one('basicAuth: {username: me, password: $P}'), { P: 'a:b' });
    expect(revealedHeaders(source?.access)).toEqual({ authorization: 'Basic bWU6YTpi' });
  });

  it('never show themselves', () => {
    const source = read();
    for (const shown of [
      JSON.stringify(source),
      inspect(source, { depth: 10 }),
      `${source?.access?.headers}`,
    ]) {
      expect(shown).not.toMatch(/hunter|team-a/);
    }
  });

  it('are not looked up for a process that needs none', () => {
    const [source] = sourcesIn(yaml, null);
    expect(JSON.stringify(source)).not.toContain('hunter');
    expect(source?.id).toBe('a');
  });

  it('are not in the words about what is wrong, neither theirs nor that of what is beside', () => {
    const wrong = one(
      'bearerToken: hunter2',
      'basicAuth: {username: "a:hunter2", password: hunter2}',
      'headers: {X-Key: {file: key.txt}, X-Other: $OTHER}',
      'params: {query: hunter2, key: [{hunter2: 1}]}',
      'tls: {ca: {file: key.txt}}',
      'dialect: hunter2',
      'interval: hunter2',
    );
    const { problems, all } = problemsIn(
      wrong,
      { OTHER: 'hunter2\n\u0001' },
      { 'key.txt': 'hunter2\u0001' },
    );
    expect(problems.length).toBeGreaterThan(6);
    expect(all).not.toContain('hunter2');
  });

  it('are refused as certificates that fit neither each other nor PEM', () => {
    for (const tls of ['{ca: {file: c}}', '{cert: {file: c}, key: {file: c}}']) {
      const { problems } = problemsIn(one(`tls: ${tls}`), {}, { c: 'no PEM' });
      expect(problems[0]).toMatch(/sources\[0\]\.tls: cert, key and ca are no PEM texts/);
    }
  });

  it('says which other sources see the same calls, and only such as there are', () => {
    const file = (a: string) => `
sources:
  - {id: a, url: "http://a:9090", sameCallsAs: ${a}}
  - {id: b, url: "http://b:9090"}
`;
    expect(sourcesIn(file('[b]'))[0]?.sameCallsAs).toEqual(['b']);
    expect(problemsIn(file('[b, a, nobody]')).problems).toEqual([
      'sources[0].sameCallsAs[1]: is the source itself',
      'sources[0].sameCallsAs[2]: is the id of no source in this file',
    ]);
    expect(problemsIn(file('b')).problems).toEqual([
      expect.stringMatching(/^sources\[0\]\.sameCallsAs: /),
    ]);
  });
});
