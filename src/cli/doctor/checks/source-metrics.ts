import type { Flavour } from '../../../sources/flavour.ts';
import { metricsOf, surveyedCounters } from '../../../sources/survey.ts';
import type { ExaminedSource, SourceCheck } from '../examined-source.ts';
import type { Found } from '../finding.ts';
import { liveOrNull, sampledOf } from '../live-source.ts';
import { type SourceSetting, settingOf } from '../settings.ts';

/** Which server it is, and what it does not let be asked. */
export const sourceServer: SourceCheck = {
  name: 'server',
  async check(examined) {
    const live = await liveOrNull(examined);
    if (live === null) return [];
    const { metrics, isSurveyedByIndex } = live.opened;
    const found: Found[] = [
      { outcome: 'ok', message: `it answers as ${flavourNames[await examined.client.flavour()]}` },
    ];
    if (examined.isAskedByGet()) found.push(postRefused);
    if (metrics === null) found.push(namesNotTold(examined));
    if (isSurveyedByIndex) found.push(surveyRefused);
    return found;
  },
};

const flavourNames: Readonly<Record<Flavour, string>> = {
  prometheus: 'Prometheus',
  thanos: 'Thanos',
  victoriametrics: 'VictoriaMetrics',
};

const postRefused: Found = {
  outcome: 'doubtful',
  message:
    'it refuses POST and is asked by GET, which has no room for long questions: let POST to /api/v1/query through',
  setting: 'the proxy before the source',
};

const surveyRefused: Found = {
  outcome: 'doubtful',
  message:
    'it has too much to count its series at once, so its index is asked, which knows less: raise its limits, such as --query.max-samples',
  setting: 'the limits of the source',
};

function namesNotTold({ config, source }: ExaminedSource): Found {
  const told = 'it does not tell the names of its metrics (label values are refused), so';
  if (source.dialect !== 'auto' || source.metricPrefix !== undefined) {
    const message = `${told} of histograms the usual names alone are asked for`;
    return { outcome: 'ok', message };
  }
  const setting = settingOf(config, 'metricPrefix');
  const message = `${told} what stands before the names of a collector is not found: write it as ${setting}, or allow GET of /api/v1/label/__name__/values`;
  return { outcome: 'doubtful', message, setting };
}

/** What is there of service graphs and is left out by what is configured. */
export const sourceReadings: SourceCheck = {
  name: 'readings',
  async check(examined) {
    const live = await liveOrNull(examined);
    if (live === null) return [];
    const { notRead, metrics } = live.opened;
    const counted = notRead.map(({ metric, labels, series }): Found => {
      const marks = Object.entries(labels).filter(([, value]) => value !== '');
      const marked = marks.map(([name, value]) => `${name}="${value}"`).join(', ');
      return leftOut(`${series} series of ${metric}${marks.length ? ` with ${marked}` : ''}`, {
        examined,
        metric,
      });
    });
    const said = new Set(notRead.map(({ metric }) => metric));
    const others = (metrics ?? []).filter((metric) => !said.has(metric));
    return [...counted, ...(await notAsked(examined, others))].slice(0, mostLeftOut);
  },
};

/** More than so much that is left out says nothing more. */
const mostLeftOut = 12;

/** Counters of service graphs by names that no question has. */
async function notAsked(examined: ExaminedSource, metrics: readonly string[]): Promise<Found[]> {
  const asked = new Set(metricsOf(examined.source, metrics));
  const others = surveyedCounters(metrics).filter((metric) => !asked.has(metric));
  return (await sampledOf(examined, others)).map((metric) => leftOut(metric, { examined, metric }));
}

function leftOut(
  what: string,
  { examined, metric }: { readonly examined: ExaminedSource; readonly metric: string },
): Found {
  const { config, source } = examined;
  const name = leavingOut(source, metric);
  const setting = settingOf(config, name);
  const message = `${what} is there and not read, because of ${setting}`;
  // Both proxies of a mesh count the same requests: who names one of them means to leave the other out.
  return { outcome: name === 'istioReporter' ? 'ok' : 'doubtful', message, setting };
}

function leavingOut(
  { dialect, istioReporter }: ExaminedSource['source'],
  metric: string,
): SourceSetting {
  const isMesh = metric.startsWith('istio_');
  if (isMesh && istioReporter !== undefined) return 'istioReporter';
  const isPrefixed = metric.endsWith('traces_service_graph_request_total');
  return isPrefixed && (dialect === 'auto' || dialect === 'otel-collector')
    ? 'metricPrefix'
    : 'dialect';
}
