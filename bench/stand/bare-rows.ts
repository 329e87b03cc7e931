import { Agent } from 'undici';
import { evidenceId } from '../../src/domain/dependency.ts';
import type { Observation } from '../../src/domain/observation.ts';
import { isVirtual, kindStrength, type ObservedService } from '../../src/domain/service.ts';
import { createPrometheusClient } from '../../src/sources/prometheus-client.ts';
import { readWindow } from '../../test/support/read-window.ts';
import { sourceId } from './product.ts';
import type { BenchWindow } from './servers.ts';

/** What the product would write for a window, ready to be sent by somebody who only writes. */
export interface BareRows {
  readonly endMillis: number;
  readonly services: readonly object[];
  readonly observed: readonly object[];
  readonly beliefs: readonly object[];
  /** What follows from beliefs that are new; of the first window only. */
  readonly impacts: readonly object[];
  readonly changes: readonly object[];
}

/** Reads the windows once more, so that both sides write the very same rows. */
export async function readBareRows(
  prometheusUrl: string,
  windows: readonly BenchWindow[],
): Promise<BareRows[]> {
  const agent = new Agent();
  const minute = 60_000;
  const source = {
    id: sourceId,
    url: prometheusUrl,
    dialect: 'tempo',
    intervalMillis: 15 * minute,
    settleMillis: 0,
    reachMillis: 5 * minute,
    scrapeIntervalMillis: minute,
    fixed: { environment: '', cluster: '' },
  } as const;
  const client = createPrometheusClient({ url: prometheusUrl, dispatcher: agent });
  try {
    const all: BareRows[] = [];
    for (const window of windows) {
      all.push(rowsOf(await readWindow(client, source, window), window, all.length === 0));
    }
    return all;
  } finally {
    await agent.close();
  }
}

function rowsOf(
  reading: { services: readonly ObservedService[]; observations: readonly Observation[] },
  window: BenchWindow,
  isFirst: boolean,
): BareRows {
  const news = isFirst ? reading.observations : [];
  return {
    endMillis: window.endMillis,
    services: reading.services.map((service) => ({
      ...service,
      kindStrength: kindStrength[service.kind],
      virtual: isVirtual(service.kind),
    })),
    observed: reading.observations.map((one) => ({
      ...endsOf(one),
      id: evidenceId(sourceId, readAs, one.mode, one.dependencyId),
      dialect: readAs.dialect,
      // As long as the product's; what it says does not matter to the time it takes.
      digest: String(one.requests).padEnd(16, '0').slice(0, 16),
      mode: one.mode,
      connectionTypes: one.connectionTypes,
      requestsPerSecond: ((one.requests ?? 0) * 1000) / (window.endMillis - window.startMillis),
      errorRatio: one.requests ? (one.failedRequests ?? 0) / one.requests : null,
    })),
    beliefs: reading.observations.map((one) => ({
      ...endsOf(one),
      id: one.dependencyId,
      modes: [one.mode],
    })),
    impacts: news.map((one) => ({
      ...endsOf(one),
      id: `${one.dependencyId}|${one.mode}`,
      mode: one.mode,
    })),
    changes: [
      ...(isFirst ? reading.services : []).map(({ id, ...service }) => ({
        ...service,
        type: 'service.discovered',
        subject: id,
      })),
      ...news.map((one) => ({
        type: 'dependency.discovered',
        subject: one.dependencyId,
        client: one.client.id,
        server: one.server.id,
        clientEnvironment: '',
        serverEnvironment: '',
        modes: [one.mode],
        ...fresh,
      })),
    ].map((row, index) => ({ ...row, sequence: index + 1 })),
  };
}

/** As the windows are read. */
const readAs = { dialect: 'tempo', variant: null };
const fresh = { state: 'active', criticality: 'hard', confidence: 'medium', conflicts: [] };
const endsOf = ({ client, server }: Observation) => ({ clientId: client.id, serverId: server.id });
