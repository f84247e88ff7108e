import { defineConfig } from 'vitest/config';

/** The only ones that need Helm, which their set-up fetches once. */
const charts = 'charts/test/**/*.test.ts';
const limits = { testTimeout: 120_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Two cores: more workers only take turns.
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      { test: { name: 'charts', include: [charts], globalSetup: ['charts/test/fetch-helm.ts'], ...limits } },
      { test: { name: 'packages', include: ['*/test/**/*.test.ts'], exclude: [charts], ...limits } },
    ],
  },
});
