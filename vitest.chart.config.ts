import { defineConfig } from 'vitest/config';

// The tests of the Helm chart: `npm run test:helm`. They build Helm and Kubernetes' API server once.
export default defineConfig({
  test: {
    pool: 'forks',
    reporters: ['default', ['json', { outputFile: 'test-results/helm.json' }]],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    projects: [
      { extends: true, test: { name: 'chart', include: ['test/chart/static/**/*.test.ts'] } },
      {
        extends: true,
        test: {
          name: 'cluster',
          include: ['test/chart/cluster/**/*.test.ts'],
          globalSetup: ['test/chart/global-setup.ts'],
          fileParallelism: false,
        },
      },
    ],
  },
});
