import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { missingBrowser } from './tests/support/browser.ts';

/**
 * Files at once: one more than there are cores, since most of a file is waiting, for a server to start or a clock to pass. Not more
 * than six: each may hold fifty of the four hundred connections of the tests' PostgreSQL.
 */
const WORKERS = Math.min(availableParallelism() + 1, 6);

/** Suites that need the tests' PostgreSQL and the built bundles. */
const shop = {
  globalSetup: 'tests/support/global-setup.ts',
  testTimeout: 60_000,
  hookTimeout: 180_000,
};

const unit = {
  test: {
    name: 'unit',
    // They keep no state between cases, so files share the modules that are loaded: loading them was more than half of the time.
    isolate: false,
    // Some start a process or wait for one; on a busy machine that takes longer than the five seconds of a default.
    testTimeout: 30_000,
    include: ['extensions/**/src/**/*.test.ts', 'scripts/**/*.test.ts', 'seeds/**/*.test.ts'],
  },
};
const integration = {
  test: { ...shop, name: 'integration', include: ['tests/integration/**/*.test.ts'] },
};
const browser = { test: { ...shop, name: 'browser', include: ['tests/browser/**/*.test.ts'] } };

export default defineConfig({
  test: {
    maxWorkers: WORKERS,
    projects: [unit, integration, ...(missingBrowser ? [] : [browser])],
    coverage: {
      include: ['extensions/commerce-api/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*.d.ts', '**/sample-cart.ts'],
      reporter: ['json'],
      reportsDirectory: 'coverage/in-process',
      reportOnFailure: true,
    },
  },
});
