#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/cli/main.js', import.meta.url);

// A reader that goes away early (`holdfast list | head -1`) is no error.
process.stdout.on('error', (error) => {
  if (error.code !== 'EPIPE') throw error;
});

if (existsSync(entry)) {
  // In a clone the compiler may have run without the bundler; what is loaded must not be older than what was compiled.
  const bundler = new URL('../../../scripts/bundle.mjs', import.meta.url);
  if (existsSync(bundler)) {
    const { bundle, stalePackages } = await import(bundler.href);
    await bundle(stalePackages());
  }
  const { main } = await import(entry.href);
  process.exitCode = await main(process.argv.slice(2));
} else {
  process.stderr.write("Cannot start holdfast: it has not been built; run 'npm run build' first\n");
  process.exitCode = 2;
}
