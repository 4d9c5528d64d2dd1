import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

/** Compares a text with a file beside the tests; `HOLDFAST_REWRITE=1` writes the file instead. */
export function expectGolden(name: string, text: string): void {
  const path = fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));
  if (process.env['HOLDFAST_REWRITE'] === '1') writeFileSync(path, `${text}\n`);
  expect(`${text}\n`).toBe(readFileSync(path, 'utf8'));
}
