import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch } from './chromium.ts';
import { FIXTURE, folder, holdfast, open, reportIn, rerun, ROOT } from './page.ts';

let browser: Browser;
const place = folder();
let report = '';
let digest = '';

beforeAll(async () => {
  browser = await launch();
  holdfast(['run', FIXTURE, '--seed', '2', '--no-shrink', '--report', place], place);
  report = reportIn(place);
  digest = /data-digest="([0-9a-f]{16})"/.exec(readFileSync(report, 'utf8'))?.[1] ?? '';
});
afterAll(async () => await browser.close());

test('a report opened from disk with the network off makes its run again to the same digest, asking for nothing', async () => {
  const { page, requests, complaints } = await open(browser, report);
  const said = await rerun(page);
  expect(said).toContain('✓ The same run');
  expect(said).toContain(`the same digest ${digest}`);
  expect(requests).toEqual([]);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('the policy of the page stops evaluation, requests and foreign scripts', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  const stopped = await page.evaluate(async () => {
    const blocked: string[] = [];
    document.addEventListener('securitypolicyviolation', (event) => blocked.push(event.effectiveDirective));
    const script = document.createElement('script');
    script.textContent = 'window.foreign = true';
    document.head.append(script);
    // From a timer: what the test itself evaluates is excused from the policy.
    const evaluated = await new Promise<string>((resolve) => {
      setTimeout(() => {
        try {
          (Reflect.get(window, 'eval') as (code: string) => unknown)('1 + 1');
          resolve('ran');
        } catch {
          resolve('stopped');
        }
      });
    });
    const fetched = await fetch('https://holdfast.invalid/').then(
      () => 'sent',
      () => 'stopped',
    );
    await new Promise((resolve) => setTimeout(resolve, 100));
    return { evaluated, fetched, foreign: 'foreign' in window, blocked: [...new Set(blocked)].sort() };
  });
  expect([stopped.evaluated, stopped.fetched]).toEqual(['stopped', 'stopped']);
  expect(stopped.foreign).toBe(false);
  expect(stopped.blocked).toEqual(expect.arrayContaining(['connect-src', 'script-src-elem']));
  await page.context().close();
});

test('a fault taken out is another future beside the first: where they part, what now holds', async () => {
  const { page, complaints } = await open(browser, report);
  await rerun(page);
  await page.locator('.faults [data-edit="remove"]').first().click();
  const future = page.locator('.future');
  await future.locator('.first-difference').waitFor();
  expect(await future.locator('.first-difference').textContent()).toContain('The runs differ first at event');
  expect(await future.locator('.changed-verdicts').textContent()).toContain(
    'no acknowledged write lost: violated before, holds now',
  );
  expect(await page.locator('.changes li').allTextContents()).toEqual([
    expect.stringMatching(/^without partition/) as string,
  ]);
  expect(await future.locator('[data-picture="first"] svg').count()).toBe(1);
  expect(await page.locator('svg .divergence').count()).toBeGreaterThanOrEqual(2);
  await page.locator('[data-edit="undo"]').click();
  await future.waitFor({ state: 'hidden' });
  await expect.poll(async () => await page.locator('svg .divergence').count()).toBe(0);
  expect(complaints).toEqual([]);
  await page.context().close();
});

test('a message chosen in the picture is lost, or late, in the other future', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  await page.locator('[data-edit="drop"]').first().click();
  expect(await page.locator('.refused:visible').textContent()).toContain('Select a message first');
  const arrow = page.locator('[data-picture="messages"] .canvas .message.delivered').first();
  const event = await arrow.getAttribute('data-e');
  await page.evaluate((id) => (window.location.hash = `#run-0/e${id}`), event);
  await page.locator('.details [data-edit="drop"]').click();
  await page.locator('.future .first-difference').waitFor();
  expect(await page.locator('.future .first-difference').textContent()).toContain('taken out');
  expect(await page.locator('.changes li').allTextContents()).toEqual([
    expect.stringMatching(/^message \d+ is lost$/) as string,
  ]);
  await page.context().close();
});

test('a paused host and another seed are futures too; a nonsensical one is refused in words', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  const field = (name: string) => page.locator(`.knobs [data-field="${name}"]`).first();
  await field('host').selectOption('N1');
  await field('hostAt').fill('1');
  await field('hostFor').fill('400');
  await page.locator('[data-edit="pause"]').click();
  await page.locator('.changes li').first().waitFor();
  expect(await page.locator('.changes li').allTextContents()).toEqual(['pause N1 at 1 ms for 400 ms']);
  await field('seed').fill('-4');
  await page.locator('[data-edit="seed"]').click();
  await page.locator('.refused:visible').waitFor();
  expect(await page.locator('.refused:visible').textContent()).toContain('seed must be a whole number');
  await field('seed').fill('9');
  await page.locator('[data-edit="seed"]').click();
  await page.locator('.changes li', { hasText: 'seed 9 in place of' }).waitFor();
  await page.context().close();
});

test('a future saved as evidence is replayed by the command line to the digest the page shows', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  await page.locator('.faults [data-edit="side"]').first().click();
  await page.locator('.future .first-difference').waitFor();
  const waiting = page.waitForEvent('download');
  await page.locator('[data-edit="save"]').click();
  const file = join(place, 'future.json');
  await (await waiting).saveAs(file);
  const evidence = JSON.parse(readFileSync(file, 'utf8')) as { digest: string };
  expect(await page.locator('.future').textContent()).toContain(evidence.digest);
  expect(holdfast(['replay', file], place)).toContain(`digest ${evidence.digest}, as recorded`);
  await page.context().close();
});

test("a user's own file makes its run again too", async () => {
  const own = folder();
  holdfast(['run', join(ROOT, 'examples/first.ts'), '--seed', '5', '--report', own], ROOT);
  const { page, requests, complaints } = await open(browser, reportIn(own));
  expect(await rerun(page)).toContain('✓ The same run');
  expect([requests, complaints]).toEqual([[], []]);
  await page.context().close();
});

test('a page whose recorded digest is not what its code gives says that it is stale; so does a link to another run', async () => {
  const stale = join(place, 'stale.htm');
  const html = readFileSync(report, 'utf8').replace(
    `data-digest="${digest}"`,
    'data-digest="00000000deadbeef"',
  );
  writeFileSync(stale, html);
  const { page } = await open(browser, stale);
  expect(await rerun(page)).toContain('✗ Stale');
  await page.context().close();
  const linked = await open(browser, report, {}, '#run-0/e3~12345678');
  await rerun(linked.page);
  expect(await linked.page.locator('#stale:visible').textContent()).toContain('This link is stale');
  await linked.page.evaluate((own) => (window.location.hash = `#run-0/e3~${own}`), digest.slice(0, 8));
  await linked.page.locator('#stale').waitFor({ state: 'hidden' });
  await linked.page.context().close();
});

test('a run is handed out as a ShiViz log, a diagram, a Chrome trace and JSON, and its picture as a file that stands alone', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  const saved = async (act: () => Promise<unknown>, name: string): Promise<string> => {
    const waiting = page.waitForEvent('download');
    await act();
    const file = join(place, name);
    await (await waiting).saveAs(file);
    return readFileSync(file, 'utf8');
  };
  for (const [format, start] of [
    ['shiviz', '(?<host>'],
    ['mermaid', 'sequenceDiagram\n'],
    ['chrome', '{"traceEvents":['],
    ['json', '{"format":"holdfast-trace"'],
  ] as const) {
    await page.locator('[data-field="print"]').selectOption(format);
    const text = await saved(() => page.locator('[data-edit="print"]').click(), `handed.${format}`);
    expect(text.startsWith(start)).toBe(true);
    const file = join(place, `handed.${format}`);
    if (format !== 'mermaid') expect(holdfast(['draw', file, '--format', 'text'], place)).toContain('N1');
  }
  await page.locator('.stage').first().focus();
  const svg = await saved(() => page.keyboard.press('s'), 'picture.svg');
  expect(svg).toMatch(/^<svg .*<style.*--ground.*<pattern id="hf-hatch"/s);
  const alone = await open(browser, join(place, 'picture.svg'));
  expect(alone.complaints).toEqual([]);
  expect(await alone.page.locator('svg .message').count()).toBeGreaterThan(3);
  await alone.page.context().close();
  await page.context().close();
});

test('words find events: Enter goes on, Shift and Enter back, round and round', async () => {
  const { page } = await open(browser, report);
  await rerun(page);
  await page.locator('.stage').first().focus();
  await page.keyboard.press('/');
  await page.keyboard.type('kind:send label:requestvote node:N3');
  const found = page.locator('.found').first();
  const seen: string[] = [];
  for (const key of ['Enter', 'Enter', 'Shift+Enter', 'Shift+Enter']) {
    await page.keyboard.press(key);
    seen.push((await found.textContent()) ?? '');
  }
  expect(seen).toEqual(['1 of 8 events', '2 of 8 events', '1 of 8 events', '8 of 8 events']);
  expect(await page.locator('.live').first().textContent()).toContain('N3 sends RequestVote');
  await page.keyboard.press('Control+A');
  await page.keyboard.type('no-such-thing');
  await page.keyboard.press('Enter');
  expect(await found.textContent()).toBe('nothing found');
  await page.context().close();
});
