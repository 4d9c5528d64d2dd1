import { JITTERS } from './backoff.ts';
import {
  RETRY_METRICS,
  type RetryBound,
  type RetryContract,
  type RetryField,
  RetryFileError,
  type RetryMetric,
} from './retryContract.ts';

type At = { readonly file: string; readonly line: number; readonly field: string };

const NUMBER = '(\\d+(?:\\.\\d+)?)';
const TIME = `${NUMBER} (ms|s|min|h)`;

/** Milliseconds of a unit of time. */
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, min: 60_000, h: 3_600_000 };

/** How each field is written, for error messages. */
const FORMS: Readonly<Record<RetryField, string>> = {
  Operation: 'name the operation, such as POST /payments',
  'Side effect?': "write 'yes' or 'no'",
  Timeout: "write '450 ms each, 1500 ms in all'",
  'Max attempts': 'write a whole number from 1 to 100',
  Backoff: "write 'from 100 ms, times 2, at most 2 s'",
  Jitter: `write one of ${JITTERS.join(', ')}`,
  'Idempotency key': "write 'Idempotency-Key, kept 24 h' or 'none'",
  'Circuit/degrade rule':
    'write \'retries 20 % of calls and 1 a second over 10 s; open after 5 failures for 2 s; then answer "pending"\'',
  Metrics: "write 'load multiplier <= 1.3; goodput >= 95 %'",
};

/** The part of a contract that one field says. Throws `RetryFileError`. */
export function readField(field: RetryField, value: string, at: At): object {
  if (value === '') throw new RetryFileError(at, 'is empty', FORMS[field]);
  const part = READERS[field](value, at);
  if (part !== undefined) return part;
  throw new RetryFileError(at, `cannot be read: current value is '${value}'`, FORMS[field]);
}

const READERS: Readonly<Record<RetryField, (value: string, at: At) => object | undefined>> = {
  Operation: (operation) => ({ operation }),
  'Side effect?': (value) => (/^(yes|no)$/.test(value) ? { sideEffect: value === 'yes' } : undefined),
  Timeout: (value) => {
    const match = new RegExp(`^${TIME} each, ${TIME} in all$`).exec(value);
    if (match === null) return undefined;
    const [timeoutMs, deadlineMs] = [timeIn(match, 1), timeIn(match, 3)];
    return timeoutMs >= 1 && deadlineMs >= 1 ? { timeoutMs, deadlineMs } : undefined;
  },
  'Max attempts': (value) => {
    const maxAttempts = Number(value);
    return /^\d+$/.test(value) && maxAttempts >= 1 && maxAttempts <= 100 ? { maxAttempts } : undefined;
  },
  Backoff: (value) => {
    const match = new RegExp(`^from ${TIME}, times ${NUMBER}, at most ${TIME}$`).exec(value);
    if (match === null) return undefined;
    const [baseMs, capMs, factor] = [timeIn(match, 1), timeIn(match, 4), Number(match[3])];
    return baseMs >= 1 && factor >= 1 && factor <= 10 ? { backoff: { baseMs, capMs, factor } } : undefined;
  },
  Jitter: (value) => (JITTERS.some((name) => name === value) ? { jitter: value } : undefined),
  'Idempotency key': (value) => {
    if (value === 'none') return { idempotencyKey: null };
    const match = new RegExp(`^([\\w-]+), kept ${TIME}$`).exec(value);
    return match === null ? undefined : { idempotencyKey: { header: match[1], keepMs: timeIn(match, 2) } };
  },
  'Circuit/degrade rule': readRule,
  Metrics: (value, at) => ({ metrics: value.split(';').map((clause) => readBound(clause.trim(), at)) }),
};

/** Its clauses, each at most once: budget, breaker (may be left out), and what is answered when they are spent. */
function readRule(value: string): Partial<RetryContract> | undefined {
  let rule: Partial<RetryContract> = { breaker: null };
  const kinds = new Set<string>();
  for (const clause of value.split(';').map((part) => part.trim())) {
    const read = readBudget(clause) ?? readBreaker(clause) ?? readEnd(clause);
    const kind = Object.keys(read ?? {})[0] ?? '';
    if (read === undefined || kinds.has(kind)) return undefined;
    kinds.add(kind);
    rule = { ...rule, ...read };
  }
  return kinds.has('budget') && kinds.has('exhausted') ? rule : undefined;
}

function readBudget(clause: string): Pick<RetryContract, 'budget'> | undefined {
  if (clause === 'retries without limit') return { budget: { kind: 'unlimited' } };
  const match = new RegExp(`^retries ${NUMBER} % of calls and ${NUMBER} a second over ${TIME}$`).exec(clause);
  if (match === null) return undefined;
  const [ratio, floorPerSecond, windowMs] = [Number(match[1]) / 100, Number(match[2]), timeIn(match, 3)];
  return windowMs >= 10 ? { budget: { kind: 'ratio', ratio, floorPerSecond, windowMs } } : undefined;
}

function readBreaker(clause: string): Pick<RetryContract, 'breaker'> | undefined {
  const match = new RegExp(`^open after (\\d+) failures for ${TIME}$`).exec(clause);
  if (match === null) return undefined;
  const [failures, openMs] = [Number(match[1]), timeIn(match, 2)];
  return failures >= 1 && openMs >= 1
    ? { breaker: { failures, openMs, probes: 1, successes: 1 } }
    : undefined;
}

function readEnd(clause: string): Pick<RetryContract, 'exhausted'> | undefined {
  if (clause === 'then fail closed') return { exhausted: { kind: 'fail-closed' } };
  const match = /^then answer "([^"]+)"$/.exec(clause);
  return match === null ? undefined : { exhausted: { kind: 'degrade', answer: match[1] ?? '' } };
}

function readBound(clause: string, at: At): RetryBound {
  const match = new RegExp(`^([a-z0-9 ]+?) (<=|>=) ${NUMBER}(?: (%|ms|s|min|h))?$`).exec(clause);
  const metric = Object.keys(RETRY_METRICS).find((name) => name === match?.[1]) as RetryMetric | undefined;
  if (match === null || metric === undefined) {
    const mend = `write a metric (${Object.keys(RETRY_METRICS).join(', ')}), '<=' or '>=', and a number with its unit`;
    throw new RetryFileError(at, `has a bound that cannot be read: '${clause}'`, mend);
  }
  const { unit } = RETRY_METRICS[metric];
  const given = match[4] ?? '';
  if ((UNITS[given] === undefined ? given : 'ms') !== unit) {
    throw new RetryFileError(
      at,
      `gives '${metric}' in '${given}'`,
      unit === '' ? 'it has no unit' : `give it in ${unit}`,
    );
  }
  return { metric, is: match[2] as RetryBound['is'], bound: Number(match[3]) * (UNITS[given] ?? 1) };
}

/** The time in groups `at` and `at + 1` of a match, in whole milliseconds. */
function timeIn(match: RegExpExecArray, at: number): number {
  return Math.round(Number(match[at]) * (UNITS[match[at + 1] ?? ''] ?? Number.NaN));
}
