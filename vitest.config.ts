import { defineConfig } from 'vitest/config';

// Tests with real servers share one Neo4j and one Temporal, so their files run one after the other.
const withServers = [
  ...['integration', 'e2e', 'dev', 'security/servers'].map(
    (folder) => `test/${folder}/**/*.test.ts`,
  ),
  'test/servers/in-cache.test.ts',
  'test/security/servers/**/*.test.ts',
];
// Tests on recorded data exist only where the recordings are at hand.
const recorded = 'test/recorded/**/*.test.ts';
// Tests of the Helm chart have a configuration of their own (vitest.chart.config.ts).
const chart = 'test/chart/**/*.test.ts';
// So have those of every server, built for it if need be (vitest.servers.config.ts).
const everyServer = 'test/servers/all.test.ts';
const hasRecordings = Boolean(process.env.TOPOLOG_TEST_DATA);

export default defineConfig({
  test: {
    pool: 'forks',
    // The limits of time below only a hang reaches, however busy the machine is.
    reporters: ['default', ['json', { outputFile: 'test-results/vitest.json' }]],
    coverage: {
      include: ['src/**/*.ts'],
      reporter: ['text-summary', 'lcovonly', 'json-summary'],
      // Of a run of all tests. The command line, the three entries and the workflows run in processes
      // and sandboxes of their own, where nothing is counted, so they are not among the folders.
      thresholds: {
        lines: 84,
        branches: 81,
        'src/{api,domain,graph,keys,sources}/**': { lines: 97, branches: 90 },
      },
    },
    // Only what hangs takes so long, however slow and busy the machine is.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: [...withServers, recorded, chart, everyServer],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'servers',
          include: hasRecordings ? [...withServers, recorded] : withServers,
          globalSetup: ['test/global-setup.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
