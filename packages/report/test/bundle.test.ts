import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { pageScript } from '../src/page/bundle.generated.ts';

test('the page script is what its sources give (else run: node packages/report/scripts/bundle.mjs)', async () => {
  const path = new URL('../scripts/bundle.mjs', import.meta.url);
  const { bundle } = (await import(path.href)) as { bundle: () => Promise<string> };
  const written = readFileSync(new URL('../src/page/bundle.generated.ts', import.meta.url), 'utf8');
  expect(written === (await bundle())).toBe(true);
});

test('the page script cannot end its element, loads nothing and evaluates nothing', () => {
  expect(pageScript).not.toMatch(/<\/script|<!--/i);
  expect(pageScript).not.toMatch(
    /\bfetch\(|XMLHttpRequest|WebSocket|importScripts|\bimport\(|\beval\(|new Function/,
  );
  expect(pageScript).not.toMatch(/https?:\/\/(?!www\.w3\.org\/2000\/svg)/);
});
