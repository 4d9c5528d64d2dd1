import type { Reply } from './messages.ts';

/** A check as the order of a run sees it. */
export interface Planned {
  readonly name: string;
  /** What one attempt may take. */
  readonly limitMs: number;
}

/** What a run of checks works with. */
export interface Bench {
  /** Makes one attempt within that time; undefined when there was no end of it. It is undone when the promise resolves. */
  attempt(name: string, number: number, withinMs: number): Promise<Reply | undefined>;
  /** Milliseconds of a clock that never jumps. */
  nowMs(): number;
  say(line: string): void;
}

/** Bounds of a run. */
export interface Bounds {
  /** Attempts at a check. */
  readonly attempts: number;
  /** What the whole may take. */
  readonly limitMs: number;
}

/** How a run of checks ended. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of all checks that could be tried. */
  readonly attempts: number;
  /** Checks that passed, but not at once. */
  readonly again: readonly { readonly name: string; readonly attempts: number }[];
  /** What the time was too short for; it counts as failed. */
  readonly notRun: readonly string[];
}

/** Too little to begin an attempt with. */
const LEAST_MS = 1_000;

/**
 * Runs checks in their order, each at most so often until it passes, none past the end of the whole. A failure that is final is not
 * tried again.
 */
export async function runChecks(
  checks: readonly Planned[],
  bench: Bench,
  { attempts, limitMs }: Bounds,
): Promise<Tally> {
  const endMs = bench.nowMs() + limitMs;
  const tally = { passed: 0, failed: 0, skipped: 0, attempts: 0 };
  const again: { name: string; attempts: number }[] = [];
  const notRun: string[] = [];
  for (const check of checks) {
    if (endMs - bench.nowMs() < LEAST_MS) {
      notRun.push(check.name);
      tally.failed++;
      bench.say(`NOT RUN ${check.name}: the ${minutes(limitMs)} min of the whole are over`);
      continue;
    }
    const { outcome, made } = await tried(check, bench, { attempts, endMs });
    tally[outcome]++;
    if (outcome !== 'skipped') tally.attempts += made;
    if (outcome === 'passed' && made > 1) again.push({ name: check.name, attempts: made });
  }
  return { ...tally, again, notRun };
}

async function tried(
  { name, limitMs }: Planned,
  bench: Bench,
  { attempts, endMs }: { readonly attempts: number; readonly endMs: number },
): Promise<{ readonly outcome: Reply['outcome']; readonly made: number }> {
  for (let made = 1; ; made++) {
    const startMs = bench.nowMs();
    const withinMs = Math.min(limitMs, endMs - startMs);
    const reply = await bench.attempt(name, made, withinMs);
    const took = `${((bench.nowMs() - startMs) / 1_000).toFixed(1)} s`;
    if (reply?.outcome === 'skipped') {
      bench.say(`SKIPPED ${name}: ${reply.why}`);
      return { outcome: 'skipped', made };
    }
    if (reply?.outcome === 'passed') {
      bench.say(`passed  ${name} (${took}${made > 1 ? `, attempt ${made}` : ''})`);
      return { outcome: 'passed', made };
    }
    const why = reply?.why ?? `no end within ${(withinMs / 1_000).toFixed(0)} s: it was ended and undone`;
    const isLast = reply?.isFinal === true || made >= attempts || endMs - bench.nowMs() < LEAST_MS;
    const word = isLast ? 'FAILED ' : 'again  ';
    bench.say(`${word} ${name} (${took}, attempt ${made} of ${attempts})\n  ${why.replaceAll('\n', '\n  ')}`);
    if (isLast) return { outcome: 'failed', made };
  }
}

/** The last lines of a run. */
export function closingLines(tally: Tally, checks: number): string[] {
  const { passed, failed, skipped, attempts, again, notRun } = tally;
  return [
    ...again.map(({ name, attempts: made }) => `not at once: ${name} (${made} attempts)`),
    ...(notRun.length > 0 ? [`not run: ${notRun.length}`] : []),
    `${attempts} attempts at ${checks - skipped - notRun.length} checks`,
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ];
}

/** 0 when something was shown and nothing failed, 1 when something failed, 3 when nothing could be tried. */
export function exitCodeOf({ passed, failed }: Pick<Tally, 'passed' | 'failed'>): number {
  if (failed > 0) return 1;
  return passed > 0 ? 0 : 3;
}

function minutes(ms: number): string {
  return String(Number((ms / 60_000).toFixed(2)));
}
