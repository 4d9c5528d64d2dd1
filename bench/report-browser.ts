/**
 * How fast a long run opens and steps in a real browser: `npx tsx --conditions=holdfast:source bench/report-browser.ts [events]`.
 * Needs a chromium on the PATH (see test/browser/chromium.ts). Budgets, in processor time of the page's main thread, because a
 * busy machine tells nothing by the clock: open in under 1 s, a step in under 50 ms.
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

/** What a key costs on the page's main thread: its processor time on average, and from the key to the painted page at the median. */
interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

const KEYS = ['n', 'p', 'ArrowDown', 'ArrowRight', '[', ']', 'v', 'f'];

const browser = await launch().catch((error: unknown) => {
  if (!(error instanceof NoBrowserError)) throw error;
  console.log(`left out: ${error.message}`);
  process.exit(0);
});
try {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const session = await tab.context().newCDPSession(tab);
  // Processor time, so that a busy machine disturbs less.
  await session.send('Performance.enable', { timeDomain: 'threadTicks' });
  const spentMs = async (): Promise<number> => {
    const { metrics } = await session.send('Performance.getMetrics');
    return (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0) * 1000;
  };
  await tab.goto(pathToFileURL(file).href);
  await tab.locator('.controls:visible').waitFor();
  const openCpuMs = await spentMs();
  // The loader names functions through a helper of its own, which a page does not have.
  await tab.evaluate('globalThis.__name = (named) => named');
  const openMs = await tab.evaluate(() => {
    const [drawn] = performance.getEntriesByName('holdfast-drawn');
    const [load] = performance.getEntriesByType('navigation') as PerformanceNavigationTiming[];
    return (drawn?.startTime ?? Infinity) - (load?.domInteractive ?? 0);
  });
  const cost = async (key: string): Promise<Cost> => {
    const before = await spentMs();
    const wallMs = await tab.evaluate(
      async ({ pressed, steps }): Promise<number> => {
        const stage = document.querySelector<HTMLElement>('.stage');
        const times: number[] = [];
        for (let i = 0; i < steps; i++) {
          const start = performance.now();
          stage?.dispatchEvent(
            new KeyboardEvent('keydown', { key: pressed, bubbles: true, cancelable: true }),
          );
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
          times.push(performance.now() - start);
        }
        times.sort((a, b) => a - b);
        return times[Math.floor(times.length / 2)] ?? 0;
      },
      { pressed: key, steps: STEPS },
    );
    return { cpuMs: ((await spentMs()) - before) / STEPS, wallMs };
  };
  const ms = (value: number): string => `${value.toFixed(1)} ms`;
  console.log(
    `${events} events, ${(html.length / 1e6).toFixed(2)} MB, opens ${ms(openMs)} after load, ${ms(openCpuMs)} of processor in all`,
  );
  await cost('n');
  const slow: string[] = [];
  for (const key of KEYS) {
    const { cpuMs, wallMs } = await cost(key);
    if (cpuMs > STEP_BUDGET_MS) slow.push(key);
    console.log(`${key.padEnd(11)} ${ms(cpuMs)} of processor, ${ms(wallMs)} to the painted page`);
  }
  if (openCpuMs > OPEN_BUDGET_MS) slow.push('open');
  if (slow.length > 0) {
    console.log(`over budget: ${slow.join(', ')}`);
    process.exitCode = 1;
  }
} finally {
  await browser.close();
}
