/**
 * How fast a long run opens and steps in a real browser: `npx tsx --conditions=holdfast:source bench/report-browser.ts [events]`.
 * Needs a chromium on the PATH (see test/browser/chromium.ts). Budgets: open in under 1 s after load, a step in under 50 ms.
 */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { renderReport } from '@holdfast/report';
import { sampleRun } from '../packages/report/test/support/samples.ts';
import { launch, NoBrowserError } from '../test/browser/chromium.ts';

const OPEN_BUDGET_MS = 1_000;
const STEP_BUDGET_MS = 50;
const STEPS = 40;

const wanted = Number(process.argv[2] ?? 100_000);
let run = sampleRun(11, wanted / 1, false);
const perMs = run.trace.events.length / wanted;
run = sampleRun(11, Math.ceil((wanted * 1.02) / perMs), false);
const events = run.trace.events.length;
const page = { title: 'A long run', generatedFor: 'a benchmark', runs: [run] };
const html = renderReport(page, { compress: (text) => gzipSync(text).toString('base64') });
const file = join(mkdtempSync(join(tmpdir(), 'holdfast-bench-')), 'long.html');
writeFileSync(file, html);

/** What each key costs, from the key to the painted page, in milliseconds: [median, worst]. */
type Costs = Readonly<Record<string, readonly [number, number]>>;

const browser = await launch().catch((error: unknown) => {
  if (!(error instanceof NoBrowserError)) throw error;
  console.log(`left out: ${error.message}`);
  process.exit(0);
});
try {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await tab.goto(pathToFileURL(file).href);
  await tab.locator('.controls:visible').waitFor();
  // The loader names functions through a helper of its own, which a page does not have.
  await tab.evaluate('globalThis.__name = (named) => named');
  const openMs = await tab.evaluate(() => {
    const [drawn] = performance.getEntriesByName('holdfast-drawn');
    const [load] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return (drawn?.startTime ?? Infinity) - (load?.domInteractive ?? 0);
  });
  const costs = await tab.evaluate(async (steps): Promise<Costs> => {
    const stage = document.querySelector<HTMLElement>('.stage');
    const painted = async (): Promise<void> =>
      await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    const found: Record<string, [number, number]> = {};
    for (const key of ['n', 'p', 'ArrowDown', 'ArrowRight', '[', ']', 'v', 'f']) {
      const times: number[] = [];
      for (let i = 0; i < steps; i++) {
        await painted();
        const start = performance.now();
        stage?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }));
        await painted();
        times.push(performance.now() - start);
      }
      times.sort((a, b) => a - b);
      found[key] = [times[Math.floor(times.length / 2)] ?? 0, times.at(-1) ?? 0];
    }
    return found;
  }, STEPS);
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  console.log(`${events} events, ${(html.length / 1e6).toFixed(2)} MB, opens ${ms(openMs)} after load`);
  for (const [key, [median, worst]] of Object.entries(costs)) {
    console.log(`${key.padEnd(11)} median ${ms(median)}, worst ${ms(worst)}`);
  }
  const slow = Object.entries(costs).filter(([, [median]]) => median > STEP_BUDGET_MS);
  if (openMs > OPEN_BUDGET_MS || slow.length > 0) {
    console.log(
      `over budget: ${[...(openMs > OPEN_BUDGET_MS ? ['open'] : []), ...slow.map(([key]) => key)].join(', ')}`,
    );
    process.exitCode = 1;
  }
} finally {
  await browser.close();
}
