import { defineConfig } from 'vitest/config';

// Other servers beside Prometheus 3: `npm run test:servers`. They are built once, one after the other.
export default defineConfig({
  test: {
    name: 'every-server',
    pool: 'forks',
    include: ['test/servers/all.test.ts'],
    globalSetup: ['test/servers/global-setup.ts'],
    reporters: ['default', ['json', { outputFile: 'test-results/servers.json' }]],
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
