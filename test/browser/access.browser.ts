import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './chromium.ts';
import { FIXTURE, folder, holdfast, open, reportIn, rerun } from './page.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const place = folder();
let browser: Browser;
let report = '';

beforeAll(async () => {
  browser = await launch();
  holdfast(['run', FIXTURE, '--seed', '2', '--no-shrink', '--report', place], place);
  report = reportIn(place);
});
afterAll(async () => await browser.close());

interface Violation {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What axe finds wrong with a page, as text. The page's policy does not bind what the browser's own tools run. */
async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  const found = await page.evaluate(async () => {
    const { axe: engine } = window as unknown as { axe: { run(): Promise<{ violations: Violation[] }> } };
    return (await engine.run()).violations;
  });
  return found.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}: ${nodes.map((n) => `${n.html.slice(0, 160)} ${n.failureSummary}`).join('; ')}`,
  );
}

for (const colorScheme of ['light', 'dark'] as const) {
  for (const width of [1280, 390]) {
    test(`nothing stands in the way of assistive technology, ${colorScheme} at ${width} pixels, with everything open`, async () => {
      const { page, complaints } = await open(browser, report, {
        colorScheme,
        viewport: { width, height: 900 },
      });
      await rerun(page);
      await page.locator('.faults [data-edit="remove"]').first().click();
      await page.locator('.future .first-difference').waitFor();
      await page.locator('.stage').first().focus();
      await page.keyboard.press('n');
      await page.keyboard.press('l');
      await page.keyboard.press('c');
      await page.keyboard.press('?');
      for (const details of await page.locator('details').all()) {
        await details.evaluate((element: HTMLDetailsElement) => (element.open = true));
      }
      expect(await violations(page)).toEqual([]);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow).toBeLessThanOrEqual(0);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  }
}

test('the keyboard alone walks events, causes and faults, and each step is read out', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  await page.locator('.stage').first().focus();
  const live = page.locator('.live').first();
  const said: string[] = [];
  for (const key of ['n', 'n', '[', ']', 'v', 'f', 'p']) {
    await page.keyboard.press(key);
    said.push((await live.textContent()) ?? '');
  }
  expect(said.filter((line) => !/^(?:Event \d+ of \d+, .+|Operation \d+): .+/.test(line))).toEqual([]);
  expect(said[4]).toMatch(/violation|^Operation/);
  expect(said[5]).toContain('fault begins: partition');
  await page.keyboard.press('Escape');
  expect(await live.textContent()).toBe('Nothing selected');
  await page.context().close();
});

test('printed, a page shows its pictures and no controls', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  await page.emulateMedia({ media: 'print' });
  expect(await page.locator('.controls:visible, .knobs:visible, .live:visible').count()).toBe(0);
  expect(await page.locator('[data-picture="messages"] .canvas svg:visible').count()).toBe(1);
  await page.context().close();
});

test('without a script the pictures, verdicts and text twins are all there', async () => {
  const { page } = await open(browser, report, { javaScriptEnabled: false });
  expect(await page.locator('[data-picture] svg:visible').count()).toBeGreaterThanOrEqual(4);
  expect(await page.locator('.whatif:visible, .controls:visible').count()).toBe(0);
  expect(await page.locator('.verdicts tbody tr').count()).toBeGreaterThan(5);
  await page.context().close();
});
