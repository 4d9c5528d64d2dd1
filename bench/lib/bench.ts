import { cpus, platform, release, totalmem } from 'node:os';

/** A benchmark: the default export of a file in bench/. */
export interface Bench {
  /** The name in docs/benchmarks.md: a few words, stable. */
  readonly name: string;
  run(): Promise<BenchTable>;
}

/** What one benchmark measured, ready to print. */
export interface BenchTable {
  /** What was measured, in a sentence. */
  readonly title: string;
  /** Of the work counted: `events`, `histories`. Rates are per second. */
  readonly unit: string;
  /** `cpu` for processor time of the whole process, `wall` for time that passed. */
  readonly clock: 'cpu' | 'wall';
  readonly warmUps: number;
  readonly repeats: number;
  readonly rows: readonly BenchRow[];
}

/** One subject's figures over all repeats. */
export interface BenchRow {
  readonly subject: string;
  /** Units a second. */
  readonly median: number;
  readonly least: number;
  readonly most: number;
  /** Median over the repeats of this subject's rate by the reference's of the same repeat; 1 for the reference. */
  readonly ratio: number;
}

/** Something to measure. `run` does the work once and says how many units it did; the work of all repeats is equal. */
export interface Subject {
  readonly name: string;
  run(): number | Promise<number>;
}

/** How to compare subjects. */
export interface CompareOptions {
  readonly title: string;
  readonly unit: string;
  /** The first is the reference: the peer, or the floor below which no implementation can go. */
  readonly subjects: readonly [Subject, ...Subject[]];
  /** Rounds before the measured ones. */
  readonly warmUps: number;
  /** Measured rounds; odd, so that the median is one of them. */
  readonly repeats: number;
  readonly clock: 'cpu' | 'wall';
  /** Replaces the clock, for tests: seconds that only grow. */
  readonly nowSeconds?: () => number;
}

/** Says which options make no comparison. */
export class BenchOptionsError extends RangeError {
  readonly code = 'BENCH_OPTIONS';
}

const CLOCKS: Readonly<Record<'cpu' | 'wall', () => number>> = {
  cpu: () => {
    const used = process.cpuUsage();
    return (used.user + used.system) / 1e6;
  },
  wall: () => performance.now() / 1e3,
};

/**
 * Measures subjects in rounds: each round runs every subject once, in turn, so that what disturbs the machine
 * disturbs them alike. Throws `BenchOptionsError` for counts that make no comparison, and when a subject did no work.
 */
export async function compare(options: CompareOptions): Promise<BenchTable> {
  const { title, unit, subjects, warmUps, repeats, clock } = options;
  if (!Number.isInteger(repeats) || repeats < 1 || repeats % 2 === 0) {
    throw new BenchOptionsError(`Cannot compare as repeats must be odd and at least 1: ${repeats}`);
  }
  if (!Number.isInteger(warmUps) || warmUps < 0) {
    throw new BenchOptionsError(`Cannot compare as warmUps must be a whole number: ${warmUps}`);
  }
  const now = options.nowSeconds ?? CLOCKS[clock];
  const rounds: number[][] = [];
  for (let round = -warmUps; round < repeats; round++) {
    const rates: number[] = [];
    for (const subject of subjects) rates.push(await measure(subject, now));
    if (round >= 0) rounds.push(rates);
  }
  const rows = subjects.map((subject, index) => {
    const rates = rounds.map((round) => round[index] ?? 0);
    const ratio = median(rounds.map((round) => (round[index] ?? 0) / (round[0] ?? 1)));
    return {
      subject: subject.name,
      median: median(rates),
      least: Math.min(...rates),
      most: Math.max(...rates),
      ratio,
    };
  });
  return { title, unit, clock, warmUps, repeats, rows };
}

async function measure(subject: Subject, now: () => number): Promise<number> {
  const started = now();
  const units = await subject.run();
  const seconds = now() - started;
  if (!(units > 0) || !(seconds > 0)) {
    throw new BenchOptionsError(
      `Cannot measure '${subject.name}' as it must do work that takes time: ${units} units in ${seconds} s`,
    );
  }
  return units / seconds;
}

/** The middle value; the mean of the two middle ones of an even count. NaN for none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The machine figures were measured on, in a line. */
export function machine(): string {
  const processors = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  const model = processors[0]?.model.trim() ?? 'unknown processor';
  return `${processors.length} x ${model}, ${memory}, ${platform()} ${release()}, Node ${process.version}`;
}

/** A number people can compare: three significant digits, with k and M. */
export function readable(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toPrecision(3)} M`;
  if (value >= 1e3) return `${(value / 1e3).toPrecision(3)} k`;
  return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}

/** A table as Markdown, without the machine. */
export function toMarkdown(table: BenchTable): string {
  const time = table.clock === 'cpu' ? 'processor time' : 'wall time';
  const reference = table.rows[0]?.subject ?? '';
  return [
    `${table.title}. ${table.unit} a second of ${time}, median of ${table.repeats} after ${table.warmUps} to warm up.`,
    '',
    `| Subject | Median | Least | Most | Times ${reference} |`,
    '| --- | ---: | ---: | ---: | ---: |',
    ...table.rows.map((row) => {
      const figures = [row.median, row.least, row.most].map(readable);
      return `| ${[row.subject, ...figures, row.ratio.toFixed(2)].join(' | ')} |`;
    }),
    '',
  ].join('\n');
}
