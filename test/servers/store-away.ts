import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startPrometheus, startThanos } from '../../dev/stack/index.mjs';
import type { RecordedSample } from '../support/prometheus.ts';
import { readAll, seenIn } from './readings.ts';
import { writeBlocks } from './stands.ts';

/** Reads a shop of which Thanos can only reach a half. */
export function testStoreAway(samples: readonly RecordedSample[]): void {
  const isAway = ({ labels }: RecordedSample) => labels.instance !== 'generator-1';

  describe('Thanos, one of whose two stores is away', () => {
    it('shows what the other one has, and no window is complete', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'topolog-store-away-'));
      onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
      const startHalf = async (name: string, half: readonly RecordedSample[]) => {
        const dataDir = join(folder, name);
        await writeBlocks(half, dataDir);
        const externalLabels = { prometheus: name };
        const server = await startPrometheus({ dataDir, retention: '20y', externalLabels });
        onTestFinished(server.stop);
        return server;
      };
      const prometheus = [
        await startHalf(
          'here',
          samples.filter((one) => !isAway(one)),
        ),
        await startHalf('away', samples.filter(isAway)),
      ];
      const thanos = await startThanos({ dataDir: join(folder, 'thanos'), prometheus });
      onTestFinished(thanos.stop);
      await thanos.sidecars[1]?.stop();

      const { live, backfill, requestsLive, requestsBackfill } = await readAll(thanos.url);
      const partial = live.map(() => 'partial');
      expect(live.map(({ outcome }) => outcome)).toEqual(partial);
      expect(backfill.map(({ outcome }) => outcome)).toEqual(partial);
      const pairs = new Set(live.flatMap((one) => [...seenIn(one).keys()]));
      expect(pairs).toContain('web → cart (sync)');
      expect(pairs).not.toContain('edge → web (sync)');
      expect(requestsBackfill).toBeLessThanOrEqual(1.5 * requestsLive);
    });
  });
}
