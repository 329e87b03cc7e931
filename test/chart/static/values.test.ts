import { describe, expect, it } from 'vitest';
import { badSettings, badSources, goodSettings, goodSources } from '../../support/settings.ts';
import { template } from '../support/helm.ts';

const ingress = 'ingress={"enabled":true,"host":"topolog.example.com"}';

describe('values of the wrong shape', () => {
  it.each([
    ['a value that is unknown', 'replicas=3', 'replicas'],
    ['one that is misspelt deep inside', 'api.autoscaling.minReplica=3', 'minReplica'],
    ['a setting that is unknown', 'config.LOG_LEVLE="info"', 'LOG_LEVLE'],
    ['a level that there is not', 'config.LOG_LEVEL="loud"', 'LOG_LEVEL'],
    ['a setting of the chart itself', 'config.PORT=9000', 'PORT'],
    ['a secret in plain sight', 'config.NEO4J_PASSWORD="secret"', 'NEO4J_PASSWORD'],
    ['a number that is none', 'config.SHUTDOWN_GRACE_SECONDS="soon"', 'SHUTDOWN_GRACE_SECONDS'],
    ['a share above one', 'config.SUSPICIOUS_SERIES_RATIO=2', 'SUSPICIOUS_SERIES_RATIO'],
    ['a source without a URL', 'sources.items=[{"id":"one"}]', 'url'],
    [
      'a setting of a source that is unknown',
      'sources.items=[{"id":"one","url":"http://a","step":"1m"}]',
      'step',
    ],
    [
      'a secret of a source in plain sight',
      'sources.items=[{"id":"one","url":"https://a","bearerToken":"abc"}]',
      'bearerToken',
    ],
    [
      'a rule of relabelling that is unknown',
      'sources.items=[{"id":"one","url":"http://a","relabel":[{"action":"hashmod"}]}]',
      'action',
    ],
    ['memory that Node cannot be told', 'api.resources.limits.memory="1G"', 'memory'],
    ['no limit of memory', 'worker.resources={"limits":null}', 'limits'],
    ['a replica as text', 'api.replicas="3"', 'replicas'],
    ['workers scaled to none', 'worker.keda.minReplicas=0', 'minReplicas'],
    [
      'a budget that stops every drain',
      'api.podDisruptionBudget.maxUnavailable=0',
      'maxUnavailable',
    ],
    ['a digest that is none', 'api.image.digest="latest"', 'digest'],
    ['an address without a port', 'temporal.address="temporal"', 'address'],
    ['a password in an address', 'neo4j.uri="bolt://neo4j:secret@host"', 'uri'],
    ['a peer that is unknown', 'networkPolicy.ingress.api=[{"service":"x"}]', 'service'],
    ['a part that is taken away', 'ingress=null', 'ingress'],
  ])('%s is refused', async (_, set, named) => {
    const { code, err } = await template([], { set: [set] });
    expect(code).not.toBe(0);
    expect(err).toContain("values don't meet the specifications of the schema");
    expect(err).toContain(named);
  });
});

describe('values that do not go together', () => {
  it.each([
    [['worker.keda.enabled=true'], 'worker.autoscaling and worker.keda both scale the workers'],
    [['api.autoscaling.minReplicas=11'], 'api.autoscaling.minReplicas is more than maxReplicas'],
    [
      [
        'worker.autoscaling.targetCPUUtilizationPercentage=0',
        'worker.autoscaling.targetMemoryUtilizationPercentage=0',
      ],
      'worker.autoscaling looks at neither CPU nor memory',
    ],
    [['api.resources.requests={"cpu":null,"memory":"1Gi"}'], 'set api.resources.requests.cpu'],
    [['api.terminationGracePeriodSeconds=35'], 'make it more than 35'],
    [
      ['worker.terminationGracePeriodSeconds=60', 'config.SHUTDOWN_GRACE_SECONDS=60'],
      'lower config.SHUTDOWN_GRACE_SECONDS',
    ],
    [
      ['worker.autoscaling.enabled=false', 'worker.keda={"enabled":true,"minReplicas":11}'],
      'worker.keda.minReplicas is more than maxReplicas',
    ],
    [
      ['worker.autoscaling.enabled=false', 'worker.keda.enabled=true', 'temporal.tls.enabled=true'],
      'name a TriggerAuthentication',
    ],
    [
      [
        'secrets.existingSecret="a"',
        'secrets.externalSecret={"enabled":true,"storeRef":{"name":"b"},"data":[{"variable":"A","key":"a"}]}',
      ],
      'choose one',
    ],
    [['secrets.externalSecret.enabled=true'], 'secrets.externalSecret needs a store'],
    [['secrets.externalSecret.enabled=true'], 'secrets.externalSecret gives no variable'],
    [
      ['sources.existingSecret="a"', 'sources.existingConfigMap="b"'],
      'sources.existingConfigMap and sources.existingSecret each give the file of sources',
    ],
    [
      ['sources.existingSecret="a"', 'config.PROMETHEUS_URL="http://a"'],
      'config.PROMETHEUS_URL cannot be used together with a file of sources',
    ],
    [
      ['config.PROMETHEUS_URL="http://user:secret@a"'],
      'config.PROMETHEUS_URL holds a user or password',
    ],
    [['temporal.tls.existingSecret="a"'], 'set temporal.tls.enabled to true'],
    [
      ['temporal.tls={"enabled":true,"existingSecret":"a","keyKey":""}'],
      'temporal.tls.certKey and temporal.tls.keyKey belong together',
    ],
    [['ingress.enabled=true'], 'set ingress.host'],
    [
      ['networkPolicy.enabled=true', 'sources.existingSecret="a"'],
      'list their ports in networkPolicy.egress.sources.ports',
    ],
    [
      ['metrics.serviceMonitor.enabled=true', 'config.METRICS_NEED_KEY=true'],
      'name a Secret with a key in metrics.serviceMonitor.apiKey.secretName',
    ],
    [['config.TEMPORAL_METRICS_PORT=8001'], 'choose another than 8001'],
    [['serviceAccount.name="r-topolog-setup"'], 'the account of the setup Job'],
  ])('%s: %s', async (set, sentence) => {
    const { code, err } = await template([], { set });
    expect(code).not.toBe(0);
    expect(err).toContain(sentence);
    expect(err).not.toContain('secret@');
  });

  it('are all said at once', async () => {
    const { err } = await template([], {
      set: ['worker.keda.enabled=true', 'ingress.enabled=true'],
    });
    expect(err.match(/^ {2}- /gm)).toHaveLength(2);
  });

  it('are said of what is wrong only', async () => {
    const { code, err } = await template([], { set: [ingress] });
    expect([code, err]).toEqual([0, '']);
  });
});

// The tests of the docs feed the same to the program.
describe('values that the program refuses', () => {
  it.each(badSettings)('are refused: config.%s=%s', async (name, value) => {
    const { code, err } = await template([], {
      set: [`config=${JSON.stringify({ [name]: value })}`],
    });
    expect(code).not.toBe(0);
    expect(err).toContain(name);
    expect(err).not.toContain('me:password');
  });

  it.each(badSources)('are refused: %s', async (_, sources) => {
    const { code, err } = await template([], { set: [`sources.items=${JSON.stringify(sources)}`] });
    expect(code).not.toBe(0);
    expect(err).toMatch(
      /don't meet the specifications of the schema|\n {2}- (The source a|sources)/,
    );
    expect(err).not.toContain('me:password');
  });
});

describe('values that the program takes', () => {
  it.each(goodSettings)('are taken: config.%s=%s', async (name, value) => {
    const set = [`config=${JSON.stringify({ [name]: value })}`];
    expect(await template([], { set })).toMatchObject({ code: 0, err: '' });
  });

  it('are taken: sources', async () => {
    const set = [`sources.items=${JSON.stringify(goodSources)}`];
    expect(await template([], { set })).toMatchObject({ code: 0, err: '' });
  });
});
