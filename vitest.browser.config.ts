import { defineConfig } from 'vitest/config';

// The report in a real browser: `npm run test:browser`. Not part of `npm test`, which needs no browser.
export default defineConfig({
  resolve: { conditions: ['holdfast:source'] },
  ssr: { resolve: { conditions: ['holdfast:source'] } },
  test: {
    globalSetup: 'test/buildFirst.ts',
    include: ['test/browser/**/*.browser.ts'],
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
