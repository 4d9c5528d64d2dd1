import { defineConfig } from 'vitest/config';

// Tests run from source: the private export condition resolves workspaces to src.
// One shared module graph for all files (isolate: false) keeps the suite fast; tests keep no globals.
export default defineConfig({
  resolve: { conditions: ['holdfast:source'] },
  ssr: { resolve: { conditions: ['holdfast:source'] } },
  test: {
    globalSetup: 'test/buildFirst.ts',
    include: ['packages/*/test/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'threads',
    isolate: false,
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
