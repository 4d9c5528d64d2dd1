import type { Io } from './io.ts';
import { counted, grouped, spent } from './text.ts';

/** Nothing is shown of work that takes less. */
const QUIET_MS = 2_000;
const TERMINAL_EVERY_MS = 200;
const PLAIN_EVERY_MS = 5_000;

/** A line on standard error that says how far long work has come: rewritten in a terminal, else a plain line now and then. */
export class ProgressLine {
  private readonly io: Io;
  private readonly timer: NodeJS.Timeout;
  private readonly start = performance.now();
  private lastMs = Number.NEGATIVE_INFINITY;
  private shown = 0;

  /** `describe` is asked for the text with the milliseconds since the start. */
  constructor(io: Io, describe: (elapsedMs: number) => string) {
    this.io = io;
    this.timer = setInterval(() => this.show(describe), TERMINAL_EVERY_MS);
  }

  /** Ends it; a rewritten line is wiped away. */
  end(): void {
    clearInterval(this.timer);
    if (this.shown > 0) this.io.err(`\r${' '.repeat(this.shown)}\r`);
    this.shown = 0;
  }

  private show(describe: (elapsedMs: number) => string): void {
    const elapsed = performance.now() - this.start;
    const every = this.io.errIsTerminal ? TERMINAL_EVERY_MS / 2 : PLAIN_EVERY_MS;
    if (elapsed < QUIET_MS || elapsed - this.lastMs < every) return;
    this.lastMs = elapsed;
    const text = describe(elapsed);
    if (!this.io.errIsTerminal) {
      this.io.err(`${text}\n`);
      return;
    }
    this.io.err(`\r${text.padEnd(this.shown)}`);
    this.shown = text.length;
  }
}

const BAR_WIDTH = 20;

function bar(done: number, count: number): string {
  const full = Math.floor((done * BAR_WIDTH) / count);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}

/** How far a campaign has come: `[####................]  240/1,000 seeds  12.3 seeds/s  0 violations  1 min 2 s left`. */
export function campaignProgress(
  state: {
    readonly done: number;
    readonly count: number;
    readonly violated: number;
    readonly errors: number;
  },
  elapsedMs: number,
): string {
  const { done, count, violated, errors } = state;
  const perSecond = elapsedMs > 0 ? (done * 1_000) / elapsedMs : 0;
  const parts = [
    bar(done, count),
    `${grouped(done)}/${grouped(count)} seeds`,
    `${perSecond >= 100 ? grouped(perSecond) : perSecond.toFixed(1)} seeds/s`,
    counted(violated, 'violation'),
  ];
  if (errors > 0) parts.push(`${grouped(errors)} threw`);
  if (done > 0) parts.push(`${spent(((count - done) * elapsedMs) / done)} left`);
  return parts.join('  ');
}
