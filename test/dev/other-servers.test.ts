import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { prometheusYaml } from '../../dev/stack/prometheus.mjs';
import { recipes } from '../../dev/stack/recipes.mjs';
import { standNames } from '../servers/stands.ts';
import { temporaryDirectory } from './temporary-directory.ts';

const script = fileURLToPath(new URL('../../dev/test-servers.mjs', import.meta.url));

describe('servers beside Prometheus 3', () => {
  it.each(['debian-prometheus', 'debian-victoriametrics'] as const)(
    'says plainly that there is no apt: %s',
    (name) => {
      const directory = temporaryDirectory();
      vi.stubEnv('PATH', directory);
      onTestFinished(() => void vi.unstubAllEnvs());
      expect(() => recipes[name]().steps(directory)).toThrow(
        /of Debian 12 is taken out of a package of Debian and there is no apt-get on the PATH/,
      );
    },
  );

  it('pins one version of each', () => {
    const titles = (['debian-prometheus', 'victoriametrics', 'thanos'] as const).map(
      (name) => recipes[name]().title,
    );
    expect(titles).toEqual([
      'Prometheus 2.42 of Debian 12',
      expect.stringMatching(/^VictoriaMetrics 1\.\d+\.\d+$/),
      expect.stringMatching(/^Thanos 0\.\d+\.\d+$/),
    ]);
  });

  it('may be left out by their names, and by no other', () => {
    const left = spawnSync(process.execPath, [script, '--without=thanos,mimir'], {
      encoding: 'utf8',
    });
    const others = standNames.filter((name) => name !== 'prometheus').join(', ');
    expect(left.status).toBe(2);
    expect(left.stderr).toBe(`--without takes ${others}, and not “mimir”.\n`);
  });

  it('are told only the settings that they know', () => {
    const what = {
      scrapeConfigs: [],
      scrapeInterval: '5s',
      externalLabels: { prometheus: 'shop' },
    };
    const yaml = prometheusYaml({ ...what, folder: undefined });
    expect(yaml).toContain('external_labels: {"prometheus":"shop"}');
    expect(yaml).not.toContain('scrape_config_files');
    expect(prometheusYaml({ ...what, folder: '/x' })).toContain('- "/x/*.yml"');
  });
});
