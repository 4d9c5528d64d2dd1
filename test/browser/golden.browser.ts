import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './chromium.ts';
import { FIXTURE, folder, holdfast, open, reportIn, rerun } from './page.ts';

const place = folder();
let browser: Browser;
let report = '';

beforeAll(async () => {
  browser = await launch();
  holdfast(['run', FIXTURE, '--seed', '2', '--no-shrink', '--report', place], place);
  report = reportIn(place);
});
afterAll(async () => await browser.close());

/** What a screen reader is told, without the numbers of this very run. Rewritten with HOLDFAST_REWRITE=1. */
function expectGolden(name: string, text: string): void {
  const steady = text.replace(/\b[0-9a-f]{16}\b/g, '<digest>').replace(/\d[\d.,]*/g, '#');
  const file = new URL(`golden/${name}.txt`, import.meta.url);
  if (process.env['HOLDFAST_REWRITE'] === '1' || !existsSync(file)) writeFileSync(file, `${steady}\n`);
  expect(`${steady}\n`).toBe(readFileSync(file, 'utf8'));
}

test('what a page tells a screen reader equals its golden text, before and after a change', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  expectGolden('controls', await page.locator('.controls').first().ariaSnapshot());
  const whatIf = await page.locator('.whatif').first().ariaSnapshot();
  expectGolden('whatif', whatIf.split('\n  - group "Planned faults"')[0] ?? '');
  await page.locator('.faults [data-edit="remove"]').first().click();
  await page.locator('.future .first-difference').waitFor();
  const head = page.locator('.future').first();
  expectGolden('future', (await head.ariaSnapshot()).split('\n').slice(0, 10).join('\n'));
  await page.context().close();
});

test('the text twin of the space-time diagram says every message of the window', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  const twin = page.locator('[data-picture="messages"] details.twin').first();
  await twin.locator('summary').click();
  const lines = await twin.locator('li').allTextContents();
  const drawn = await page
    .locator('[data-picture="messages"] .canvas g[data-e] > title')
    .evaluateAll((titles) => titles.map((title) => title.textContent ?? ''));
  const said = new Set(lines.map((line) => line.replace(/^\S+ \S+ /, '').replace(/[\s\d]*$/, '')));
  expect(drawn.filter((title) => !said.has(title.replace(/[\s\d]*$/, '')))).toEqual([]);
  expect(drawn.length).toBeGreaterThan(20);
  await page.context().close();
});
