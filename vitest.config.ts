import { defineConfig } from 'vitest/config';

/** Workspaces are read from their sources, so that tests need no build. */
const fromSource = {
  resolve: { conditions: ['source', 'module', 'browser', 'development|production'] },
  ssr: { resolve: { conditions: ['source', 'module', 'node', 'development|production'] } },
};

/** Unit and integration tests. The widget's run in a browser (widget/), end-to-end ones by e2e/vitest.config.ts. */
export default defineConfig({
  ...fromSource,
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [
      {
        ...fromSource,
        test: {
          name: 'unit',
          include: [
            'contracts/**/*.test.ts',
            'service/src/**/*.test.ts',
            'e2e/stack/**/*.test.ts',
            'e2e/portal/**/*.test.ts',
            'e2e/bench/**/*.test.ts',
            'e2e/chaos/**/*.test.ts',
          ],
          exclude: ['**/node_modules/**', '**/dist/**'],
        },
      },
      {
        ...fromSource,
        test: {
          name: 'integration',
          include: ['service/test/**/*.test.ts'],
          globalSetup: ['e2e/stack/vitest-global-setup.ts'],
          // The names on the bus are fixed, so files that share the broker take turns.
          fileParallelism: false,
          sequence: { groupOrder: 1 },
          testTimeout: 20_000,
          hookTimeout: 30_000,
          // Signals are waited for as long as a busy machine may take.
          expect: { poll: { interval: 5, timeout: 10_000 } },
        },
      },
    ],
  },
});
