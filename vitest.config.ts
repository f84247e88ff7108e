import { defineConfig } from 'vitest/config';

/** The only ones that need Helm, which their set-up fetches once. */
const charts = ['charts/test/**/*.test.ts'];
/** What takes its time: simulations and random runs over many seeds, bugs that are planted and have to be found, memory that is measured. */
const long = [
  '*/test/**/planted*.test.ts',
  'server/test/{replica,tree}/**/*-run.test.ts',
  '*/test/**/memory.test.ts',
  'raft/test/{package,simulation}/*.test.ts',
  'server/test/sim/**/*.test.ts',
  'client/test/{package,sim}/*.test.ts',
  'cli/test/package/*.test.ts',
  'operator/test/walk/walk.test.ts',
];
const limits = { testTimeout: 120_000, hookTimeout: 60_000 };

export default defineConfig({
  test: {
    // Two cores: more workers only take turns.
    maxWorkers: 2,
    reporters: ['default'],
    projects: [
      { test: { name: 'charts', include: charts, globalSetup: ['charts/test/fetch-helm.ts'], ...limits } },
      { test: { name: 'long', include: long, ...limits } },
      {
        test: {
          name: 'packages',
          include: ['*/test/**/*.test.ts'],
          exclude: [...charts, ...long],
          ...limits,
        },
      },
    ],
  },
});
