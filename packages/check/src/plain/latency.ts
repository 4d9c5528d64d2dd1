import type { History, Operation } from '../history/operation.ts';
import { isAnswer } from './availability.ts';
import type { Checker, CheckerVerdict } from './checker.ts';
import { PlainOptionsError } from './errors.ts';
import { count, FindingLog, verdictOf } from './findings.ts';
import { quantile } from './time.ts';
import { Narrator } from './words.ts';

/** What latencies are measured from, and of which operations. Times have the unit of the history. */
export interface LatencyOptions {
  /**
   * When the operation should have been invoked. A client that waits for one answer before asking again asks late after a slow
   * answer, and so hides the wait of everything it should have asked meanwhile (coordinated omission); measured from the intended
   * time that wait counts. Unless told, latencies are measured from the invocation.
   */
  readonly intendedAt?: (operation: Operation) => number;
  /** Only operations intended (or invoked) from here, included, to there, excluded. */
  readonly from?: number;
  readonly until?: number;
}

/** Latencies of one kind of operation. Quantiles by nearest rank; an operation without an answer counts as infinitely slow. */
export interface LatencySummary {
  /** The `f`, or `*` for all together. */
  readonly f: string;
  readonly operations: number;
  readonly answered: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
  /** The slowest answer; without any, 0. */
  readonly slowestAnswer: number;
  /** Mean over the answers; without any, 0. */
  readonly meanAnswer: number;
}

/** How many operations there were in one stretch of time. */
export interface RateSample {
  readonly from: number;
  readonly invoked: number;
  /** Completions with an answer. */
  readonly answered: number;
}

/** The latencies of a history, all operations together first, then by `f` in order of appearance. */
export function latencySummaries(history: History, options: LatencyOptions = {}): LatencySummary[] {
  const byF = new Map<string, number[]>([['*', []]]);
  for (const { f, time } of latencies(history, options)) {
    const list = byF.get(f) ?? [];
    byF.set(f, list);
    list.push(time);
    byF.get('*')?.push(time);
  }
  return [...byF].map(([f, times]) => summaryOf(f, times));
}

/** Operations in each stretch of `interval`, from the first invocation to the last event, quiet stretches included. */
export function rates(history: History, interval: number): RateSample[] {
  if (!(interval > 0))
    throw new PlainOptionsError('interval', interval, 'give a length above 0, in the unit of the history');
  const [first] = history.operations;
  if (first === undefined) return [];
  const samples: { from: number; invoked: number; answered: number }[] = [];
  const sampleAt = (time: number): { invoked: number; answered: number } => {
    const i = Math.floor((time - first.invokedAt) / interval);
    for (let n = samples.length; n <= i; n++) {
      samples.push({ from: first.invokedAt + n * interval, invoked: 0, answered: 0 });
    }
    return samples[i] as RateSample;
  };
  for (const operation of history.operations) {
    sampleAt(operation.invokedAt).invoked++;
    if (isAnswer(operation)) sampleAt(operation.completedAt).answered++;
  }
  return samples;
}

/** At most this long for a quantile of one kind of operation. */
export interface LatencyLimit {
  /** The `f`; `*` for all together. */
  readonly f: string;
  /** From 0 to 1: 0.99 for the 99th percentile, 1 for every operation (a deadline). */
  readonly quantile: number;
  /** In the unit of the history. */
  readonly most: number;
}

/** What `latencyChecker` asks for. */
export interface LatencyCheckOptions extends LatencyOptions {
  readonly limits: readonly LatencyLimit[];
}

const PROMISE = 'answers come in time';

/**
 * Answers come within limits on quantiles, over all or by kind of operation; an operation without an answer is infinitely
 * late. Finds `too-slow`, naming the slowest operation. Throws `PlainOptionsError` without limits, and for quantiles outside 0 to 1.
 */
export function latencyChecker(options: LatencyCheckOptions): Checker {
  return { name: 'latency', promise: PROMISE, check: (history) => checkLatency(history, options) };
}

/** Judges a history by `latencyChecker`. */
export function checkLatency(history: History, options: LatencyCheckOptions): CheckerVerdict {
  const { limits } = options;
  if (limits.length === 0)
    throw new PlainOptionsError('limits', '', 'name at least one: {f, quantile, most}');
  const log = new FindingLog({ 'too-slow': 'violation' });
  const narrator = new Narrator(history);
  const all = latencies(history, options);
  log.examined = all.length;
  log.steps = all.length * limits.length;
  for (const limit of limits) {
    if (!(limit.quantile >= 0 && limit.quantile <= 1)) {
      throw new PlainOptionsError('quantile', limit.quantile, 'give a share from 0 to 1');
    }
    const some = limit.f === '*' ? all : all.filter(({ f }) => f === limit.f);
    const found = quantile(Float64Array.from(some, ({ time }) => time).sort(), limit.quantile);
    if (found > limit.most) tooSlow(limit, some, found, log, narrator);
  }
  const [summary] = latencySummaries(history, options);
  const { p50 = 0, p99 = 0, slowestAnswer = 0 } = summary ?? {};
  return verdictOf(log, {
    promise: PROMISE,
    holds: `${count(all.length, 'operation')} came within ${count(limits.length, 'limit')}`,
    nothing: all.length === 0 ? 'there was no operation to answer' : undefined,
    counts: { operations: all.length },
    measures: { p50, p99, slowestAnswer },
  });
}

interface Latency {
  readonly f: string;
  readonly time: number;
  readonly operation: Operation;
}

function latencies(history: History, options: LatencyOptions): Latency[] {
  const { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY } = options;
  const list: Latency[] = [];
  for (const operation of history.operations) {
    const start = options.intendedAt?.(operation) ?? operation.invokedAt;
    if (start < from || start >= until) continue;
    const time = isAnswer(operation) ? operation.completedAt - start : Number.POSITIVE_INFINITY;
    list.push({ f: operation.f, time, operation });
  }
  return list;
}

function summaryOf(f: string, times: readonly number[]): LatencySummary {
  const sorted = Float64Array.from(times).sort();
  const answers = sorted.subarray(0, answersIn(sorted));
  return {
    f,
    operations: sorted.length,
    answered: answers.length,
    p50: quantile(sorted, 0.5),
    p90: quantile(sorted, 0.9),
    p99: quantile(sorted, 0.99),
    p999: quantile(sorted, 0.999),
    slowestAnswer: quantile(answers, 1),
    meanAnswer: answers.length === 0 ? 0 : answers.reduce((sum, time) => sum + time, 0) / answers.length,
  };
}

function answersIn(sorted: Float64Array): number {
  const first = sorted.indexOf(Number.POSITIVE_INFINITY);
  return first === -1 ? sorted.length : first;
}

function tooSlow(
  limit: LatencyLimit,
  some: readonly Latency[],
  found: number,
  log: FindingLog<'too-slow'>,
  narrator: Narrator,
): void {
  log.add('too-slow', () => {
    const slowest = some.reduce((a, b) => (b.time > a.time ? b : a));
    const { operation, time } = slowest;
    const what = limit.f === '*' ? 'all operations' : `'${limit.f}'`;
    const took = time === Number.POSITIVE_INFINITY ? 'never got an answer' : `waited ${narrator.span(time)}`;
    const reached = found === Number.POSITIVE_INFINITY ? 'never come' : `take ${narrator.span(found)}`;
    return {
      sentence:
        `answers to ${what} ${reached} at quantile ${limit.quantile}, at most ${narrator.span(limit.most)} allowed: the ` +
        `slowest was operation ${operation.id}, ${narrator.tell(operation, took)}`,
      operations: [operation],
    };
  });
}
