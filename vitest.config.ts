import { defineConfig } from 'vitest/config';
import { missingBrowser } from './tests/support/browser.ts';

/** Suites that need the tests' PostgreSQL and the built bundles. */
const shop = {
  globalSetup: 'tests/support/global-setup.ts',
  testTimeout: 60_000,
  hookTimeout: 180_000,
};

const unit = {
  test: {
    name: 'unit',
    include: ['extensions/**/src/**/*.test.ts', 'scripts/**/*.test.ts', 'seeds/**/*.test.ts'],
  },
};
const integration = {
  test: { ...shop, name: 'integration', include: ['tests/integration/**/*.test.ts'] },
};
const browser = { test: { ...shop, name: 'browser', include: ['tests/browser/**/*.test.ts'] } };

export default defineConfig({
  test: {
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
