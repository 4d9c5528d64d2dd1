import { describe, expect, it } from 'vitest';
import {
  answerWhenSpent,
  judgeRetryMetrics,
  policyOf,
  readRetryFields,
  readRetryFile,
  RETRY_FIELDS,
  RetryFileError,
} from '../../src/delivery/index.ts';

const TEXT = `# Retry budget of the payment API

Operation: POST /payments
Side effect?: yes
Timeout: 450 ms each, 1.5 s in all
Max attempts: 3
Backoff: from 100 ms, times 2, at most 2 s
Jitter: full
Idempotency key: Idempotency-Key, kept 24 h
Circuit/degrade rule: retries 20 % of calls and 1 a second over 10 s; open after 5 failures for 2 s; then answer "pending"
Metrics: load multiplier <= 1.3; goodput >= 95 %; recovery <= 5 s
`;

/** The file with one field said otherwise. */
function withField(field: string, value: string): string {
  return TEXT.split('\n')
    .map((line) => (line.startsWith(`${field}:`) ? `${field}: ${value}` : line))
    .join('\n');
}

function errorOf(text: string): RetryFileError {
  try {
    readRetryFile(text, 'budget.md');
  } catch (error) {
    if (error instanceof RetryFileError) return error;
  }
  throw new Error('was read');
}

describe('a retry budget as a file', () => {
  it('S0.22 has nine fields that machines read, and configures a client', () => {
    expect(RETRY_FIELDS).toHaveLength(9);
    const contract = readRetryFile(TEXT, 'budget.md');
    expect(contract).toEqual({
      operation: 'POST /payments',
      sideEffect: true,
      timeoutMs: 450,
      deadlineMs: 1_500,
      maxAttempts: 3,
      backoff: { baseMs: 100, capMs: 2_000, factor: 2, jitter: 'full' },
      idempotencyKey: { header: 'Idempotency-Key', keepMs: 86_400_000 },
      budget: { kind: 'ratio', ratio: 0.2, floorPerSecond: 1, windowMs: 10_000 },
      breaker: { failures: 5, openMs: 2_000, probes: 1, successes: 1 },
      exhausted: { kind: 'degrade', answer: 'pending' },
      metrics: [
        { metric: 'load multiplier', is: '<=', bound: 1.3 },
        { metric: 'goodput', is: '>=', bound: 95 },
        { metric: 'recovery', is: '<=', bound: 5_000 },
      ],
    });
    const { backoff } = contract;
    expect(policyOf(contract)).toEqual({ maxAttempts: 3, attemptTimeoutMs: 450, backoff, repeatable: true });
    expect(answerWhenSpent(contract)).toEqual({ kind: 'degraded', answer: 'pending' });
    const closed = readRetryFile(
      withField('Circuit/degrade rule', 'retries without limit; then fail closed'),
      'f',
    );
    expect([closed.budget, closed.breaker, answerWhenSpent(closed)]).toEqual([
      { kind: 'unlimited' },
      null,
      { kind: 'closed' },
    ]);
  });

  it('S0.22 a field that is wrong, doubled, unknown or missing is named with its line and how to write it', () => {
    for (const [field, value, line] of [
      ['Side effect?', 'maybe', 4],
      ['Timeout', '450', 5],
      ['Max attempts', '0', 6],
      ['Backoff', 'from 100 ms', 7],
      ['Jitter', 'half', 8],
      ['Idempotency key', 'yes', 9],
      ['Circuit/degrade rule', 'then fail closed', 10],
      ['Circuit/degrade rule', 'retries without limit; retries without limit; then fail closed', 10],
      ['Metrics', 'load <= 3', 11],
      ['Metrics', 'p99 <= 3 %', 11],
      ['Operation', '', 3],
    ] as const) {
      const error = errorOf(withField(field, value));
      expect([error.code, error.field, error.line]).toEqual(['BAD_RETRY_BUDGET', field, line]);
      expect(error.message).toMatch(new RegExp(`^Cannot use budget.md:${line} as a retry budget: .+; .+`));
    }
    expect(errorOf(`${TEXT}Jitter: none\n`)).toMatchObject({ field: 'Jitter', line: 12 });
    expect(errorOf(`${TEXT}Color: red\n`)).toMatchObject({ field: 'Color', line: 12 });
    expect(errorOf(`${TEXT}red\n`)).toMatchObject({ field: 'red', line: 12 });
    for (const field of RETRY_FIELDS) {
      const without = TEXT.split('\n').filter((line) => !line.startsWith(`${field}:`));
      expect(errorOf(without.join('\n'))).toMatchObject({ field, line: 0 });
    }
  });

  it('S0.22 fields that do not go together are refused', () => {
    expect(errorOf(withField('Idempotency key', 'none')).message).toBe(
      "Cannot use budget.md:9 as a retry budget: Idempotency key is 'none' for an operation with a side effect that is " +
        "tried 3 times; name one, or set 'Max attempts: 1'",
    );
    expect(errorOf(withField('Idempotency key', 'Idempotency-Key, kept 1500 ms')).field).toBe(
      'Idempotency key',
    );
    expect(errorOf(withField('Timeout', '2 s each, 1 s in all')).field).toBe('Timeout');
    expect(errorOf(withField('Backoff', 'from 2 s, times 2, at most 100 ms')).field).toBe('Backoff');
  });

  it('S0.22 is read from an object, and from a generated document, as from text', () => {
    const contract = readRetryFile(TEXT, 'budget.md');
    const lines = TEXT.split('\n').filter((line) => line.includes(': '));
    const pairs = lines.map((line): readonly [string, string] => [
      line.slice(0, line.indexOf(':')),
      line.slice(line.indexOf(':') + 2),
    ]);
    expect(readRetryFields(Object.fromEntries(pairs), 'budget.json')).toEqual(contract);
    const sections = pairs.map(([field, value]) => `## ${field}\n\n${value}\n\n- evidence: a run\n`);
    const document = `# Retry budget\n\n<!-- holdfast-document {} -->\n\n${sections.join('\n')}`;
    expect(readRetryFile(document, 'budget.md')).toEqual(contract);
    const worse = () => readRetryFile(document.replace('\nfull\n', '\nhalf\n'), 'budget.md');
    expect(worse).toThrow(expect.objectContaining({ field: 'Jitter', line: 37 }));
    for (const [bad, field] of [
      [null, ''],
      [{ ...Object.fromEntries(pairs), Jitter: 5 }, 'Jitter'],
      [{ ...Object.fromEntries(pairs), Color: 'red' }, 'Color'],
      [{ Operation: 'GET /' }, 'Side effect?'],
    ] as const) {
      expect(() => readRetryFields(bad, 'budget.json')).toThrow(
        expect.objectContaining({ code: 'BAD_RETRY_BUDGET', field, line: 0 }),
      );
    }
  });

  it('S0.22 a measured value beyond its bound, or none at all, fails the bound', () => {
    const contract = readRetryFile(TEXT, 'budget.md');
    const kept = (measured: Parameters<typeof judgeRetryMetrics>[1]): boolean[] =>
      judgeRetryMetrics(contract, measured).map((finding) => finding.kept);
    expect(kept({ 'load multiplier': 1.3, goodput: 95, recovery: 5_000 })).toEqual([true, true, true]);
    expect(kept({ 'load multiplier': 1.31, goodput: 94.9, recovery: Number.POSITIVE_INFINITY })).toEqual([
      false,
      false,
      false,
    ]);
    expect(kept({ goodput: 100 })).toEqual([false, true, false]);
  });
});
