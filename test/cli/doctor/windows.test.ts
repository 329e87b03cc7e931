import { describe, expect, it } from 'vitest';
import { samplesComeInTime } from '../../../src/cli/doctor/checks/late-samples.ts';
import {
  runIsFailing,
  sourceIsRead,
  windowsAreComplete,
  windowsTell,
} from '../../../src/cli/doctor/checks/windows.ts';
import type { SourceCheck, SourceRecord } from '../../../src/cli/doctor/examined-source.ts';
import type { WindowRow } from '../../../src/graph/window-queries.ts';
import type { Source } from '../../../src/sources/source.ts';
import { runRow } from '../../api/doubles.ts';
import { aSource } from '../../sources/doubles.ts';
import { examinedSource } from '../../support/examined-source.ts';

const now = Date.UTC(2026, 2, 1);

function aWindow(given: Partial<WindowRow> = {}): WindowRow {
  const counts = { planSeconds: 0, readSeconds: 0, writeSeconds: 0, recordedAtMillis: now };
  const again = { rereads: 0, lateSamples: false };
  const created = { servicesCreated: 0, dependenciesCreated: 0, dependenciesRevived: 0 };
  return {
    ...{ id: 'w', source: 'prometheus', startMillis: now - 900_000, endMillis: now },
    ...{ outcome: 'complete', reasons: [], error: null, warnings: [] },
    ...{ dialect: 'tempo', dialectVariant: null, series: 10, nearStart: 10, nearEnd: 10 },
    ...{ producers: 1, missingProducers: [] },
    ...{ cannotTell: 0, brokenSeries: 0, shards: 1, shardsLost: 0, splits: 0 },
    ...{ valuesRead: 100, valuesDropped: 0, droppedReasons: [], droppedCounts: [] },
    ...{ observations: 10, selfCalls: 0, notes: [], noteCounts: [] },
    ...{ presenceWarnings: 0, otherWarnings: 0, unanswered: 0 },
    ...created,
    ...{ dependenciesRemoved: 0, dependenciesChanged: 0 },
    ...counts,
    ...again,
    ...given,
  };
}

function told(
  { check }: SourceCheck,
  record: Partial<SourceRecord> | null,
  env: Readonly<Record<string, string>> = {},
  given: Partial<Source> = {},
) {
  const nothing = {
    frontierMillis: now,
    lastCompleteWindowEndMillis: now,
    settleMillis: null,
    failing: null,
  };
  const records = record === null ? null : { ...nothing, windows: [], ...record };
  return check(examinedSource({ env, records, source: aSource(given), nowMillis: now }));
}

describe('the last windows of a source', () => {
  it('are ok where they are complete', async () => {
    expect(await told(windowsAreComplete, { windows: [aWindow(), aWindow()] })).toEqual([
      { outcome: 'ok', message: 'its last 2 windows are complete' },
    ]);
  });

  it('are doubtful for each reason, with what the source said and the setting that helps', async () => {
    const lost = { outcome: 'partial', reasons: ['shardLost'], error: 'too many samples' } as const;
    const gap = { outcome: 'suspicious', reasons: ['noSamplesNearStart'] } as const;
    const windows = [
      aWindow({ ...lost, reasons: [...lost.reasons] }),
      aWindow({ ...gap, reasons: [...gap.reasons] }),
      aWindow(),
    ];
    expect(await told(windowsAreComplete, { windows })).toEqual([
      {
        outcome: 'doubtful',
        message:
          '2 of its last 3 windows are not complete, 1 because the source refuses a part of the answers: raise its limits, or ask for less (too many samples)',
        setting: 'INGEST_SHARD_SERIES',
      },
      expect.objectContaining({
        message: expect.stringContaining('no samples near the start'),
        setting: 'OTEL_GRAPH_SCRAPE_INTERVAL_SECONDS',
      }),
    ]);
  });

  it('name the setting of the sources file where there is one', async () => {
    const windows = [aWindow({ outcome: 'suspicious', reasons: ['noSamplesNearStart'] })];
    const env = { TOPOLOG_SOURCES_FILE: 'sources.yaml' };
    expect(await told(windowsAreComplete, { windows }, env)).toMatchObject([
      { setting: 'its scrapeInterval' },
    ]);
  });

  it('that dropped values of overflow are doubtful, those of a rule of the operator are not', async () => {
    const windows = [
      aWindow({ droppedReasons: ['overflow', 'relabelled'], droppedCounts: [3, 90] }),
    ];
    expect(await told(windowsTell, { windows })).toEqual([
      {
        outcome: 'doubtful',
        message:
          '3 of 100 values of its last 1 windows are of series that the generator of the metrics no longer keeps apart (overflow)',
        setting: 'the limit of active series of the generator',
      },
    ]);
  });

  it('are doubtful where many sides are addresses, not where few are', async () => {
    const noted = (count: number) => [
      aWindow({ observations: 100, notes: ['addressName'], noteCounts: [count] }),
    ];
    expect(await told(windowsTell, { windows: noted(9) })).toEqual([]);
    expect(await told(windowsTell, { windows: noted(10) })).toMatchObject([{ setting: 'relabel' }]);
  });

  it.each([
    ['severalWriters', /^7 series of its last 1 windows .* instance label/, 'instance labels'],
    ['uncounted', /^7 of 10 observations /, 'instance labels'],
    ['unattributed', /^7 requests .* gaps .* longer than its reach/, 'its reach'],
    ['moreFailedThanRequests', /^7 of 10 observations /, 'its dialect'],
    ['notRead', /^7 series .* because of its dialect, its metricPrefix /, 'its metricPrefix'],
    ['overflowRequests', /^7 requests .* ran out of room/, 'the limit of active series'],
  ])(
    'are doubtful where they note %s, and say what was counted',
    async (note, message, setting) => {
      const windows = [aWindow({ notes: [note], noteCounts: [7] })];
      const env = { TOPOLOG_SOURCES_FILE: 'sources.yaml' };
      const found = await told(windowsTell, { windows }, env, { metricPrefix: 'lab_' });
      expect(found).toEqual([
        {
          outcome: 'doubtful',
          message: expect.stringMatching(message),
          setting: expect.stringContaining(setting),
        },
      ]);
      const none = [aWindow({ notes: [note], noteCounts: [0] })];
      expect(await told(windowsTell, { windows: none })).toEqual([]);
    },
  );

  it('may leave out the proxy of a mesh that the operator did not name', async () => {
    const windows = [aWindow({ notes: ['notRead'], noteCounts: [7] })];
    const given = { dialect: 'istio', istioReporter: 'source' } as const;
    expect(await told(windowsTell, { windows }, {}, given)).toEqual([]);
  });

  it('are doubtful where most of them cannot tell, not where one cannot', async () => {
    const unsure = aWindow({ cannotTell: 4 });
    expect(await told(windowsTell, { windows: [unsure, aWindow(), aWindow()] })).toEqual([]);
    expect(await told(windowsTell, { windows: [unsure, unsure, aWindow()] })).toMatchObject([
      { outcome: 'doubtful', setting: expect.stringContaining('kindLabels') },
    ]);
  });
});

describe('the reading of a source', () => {
  it('is doubtful where its frontier stays behind, and its run fails', async () => {
    expect(await told(sourceIsRead, { frontierMillis: now })).toMatchObject([{ outcome: 'ok' }]);
    expect(await told(sourceIsRead, { frontierMillis: now - 3_600_000 })).toMatchObject([
      { outcome: 'doubtful', message: expect.stringContaining('2026-02-28T23:00:00.000Z only') },
    ]);
    const failing = { ...runRow('run-1'), error: 'No key.', failingSinceMillis: now };
    expect(await told(runIsFailing, { failing })).toMatchObject([
      {
        outcome: 'doubtful',
        message: 'its run run-1 is failing since 2026-03-01T00:00:00.000Z: No key.',
      },
    ]);
  });

  it('that the graph knows nothing of is not judged', async () => {
    for (const check of [sourceIsRead, runIsFailing, windowsAreComplete, windowsTell]) {
      expect(await told(check, null)).toEqual([]);
    }
  });
});

describe('samples that come late', () => {
  it('are nothing to say where windows settle as configured', async () => {
    expect(await told(samplesComeInTime, { windows: [aWindow()] })).toEqual([]);
    expect(await told(samplesComeInTime, null)).toEqual([]);
  });

  it('are doubtful where windows settle longer by now, with the setting', async () => {
    const [found] = await told(samplesComeInTime, { settleMillis: 180_000 });
    expect(found).toMatchObject({
      outcome: 'doubtful',
      message: expect.stringContaining('settle for 180 s by now'),
      setting: 'OTEL_GRAPH_SETTLE_SECONDS',
    });
  });

  it('are doubtful where they are not counted yet', async () => {
    const windows = [aWindow({ lateSamples: true }), aWindow()];
    expect(await told(samplesComeInTime, { windows })).toMatchObject([
      { outcome: 'doubtful', message: expect.stringContaining('1 of its last 2 windows') },
    ]);
  });
});
