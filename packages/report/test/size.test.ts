import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { renderReport } from '../src/html/page.ts';
import { sampleRun } from './support/samples.ts';

const MB = 1_000_000;

test('the shell of a page is under 40 kB compressed', () => {
  const shell = renderReport({ title: 'Empty', generatedFor: 'a test', runs: [] });
  expect(gzipSync(shell).length).toBeLessThan(40_000);
});

test('a report of 10,000 events is under 1 MB, with and without compression', () => {
  const run = sampleRun(11, 10_500, false);
  expect(run.trace.events.length).toBeGreaterThan(10_000);
  const page = { title: 'Long', generatedFor: 'a test', runs: [run] };
  const plain = renderReport(page);
  const packed = renderReport(page, { compress: (text) => gzipSync(text).toString('base64') });
  expect(Buffer.byteLength(plain)).toBeLessThan(MB);
  expect(Buffer.byteLength(packed)).toBeLessThan(MB / 2);
});
