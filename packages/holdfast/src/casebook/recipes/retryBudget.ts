import { judgeRetryMetrics, readRetryFields, type RetryContract, waitBefore } from '@holdfast/protocols';
import { retryBudgetForm } from '@holdfast/report';
import type { RunResult } from '../../simulate/simulate.ts';
import type { DocumentRecipe, FieldSource } from '../case.ts';
import { attemptsIn, retryMeasures, type SeenAttempt } from './serviceRun.ts';

/** What a field's setting was seen to do in one run. */
interface Seen {
  readonly kept: boolean;
  readonly text: string;
}

type Look = (contract: RetryContract, run: LookedAt) => Seen;

interface LookedAt {
  readonly result: RunResult;
  readonly byCall: ReadonlyMap<number, readonly SeenAttempt[]>;
  readonly attempts: readonly SeenAttempt[];
  readonly retries: number;
}

/** A wait is measured from outside: the messages that bound it and rounding take up to this. */
const SLACK_MS = 2;

/** Seeds a budget is judged by. */
const SEEDS = 2;

/**
 * Fills a retry budget (S0.22) from runs of an experiment whose client is configured by the same fields. Every setting is looked for in the messages of the
 * runs; a run that does not keep one, or misses a bound, makes the field false.
 */
export function retryBudget(
  experiment: string,
  fields: Readonly<Record<string, string>>,
  file: string,
): DocumentRecipe {
  const contract = readRetryFields(fields, file);
  return {
    form: retryBudgetForm,
    fill: (runs) => {
      const { first, count } = runs.seeds;
      const seeds = Array.from({ length: Math.min(SEEDS, count) }, (_, i) => first + i);
      const looked = seeds.map((seed) => ({ seed, run: lookedAt(runs.run(experiment, seed)) }));
      return Object.fromEntries(
        Object.entries(LOOKS).map(([field, look]): [string, FieldSource] => {
          const seen = looked.map(({ seed, run }) => ({ seed, ...look(contract, run) }));
          const evidence = seen.map(({ seed, text }) => ({ text, experiment, seed }));
          return [
            field,
            { facts: { value: fields[field] ?? '', kept: seen.every(({ kept }) => kept) }, evidence },
          ];
        }),
      );
    },
  };
}

function lookedAt(result: RunResult): LookedAt {
  const byCall = attemptsIn(result);
  const attempts = [...byCall.values()].flat();
  return { result, byCall, attempts, retries: attempts.length - byCall.size };
}

/** The pairs of an attempt and the one after it of the same call, with the number of the retry. */
function retriesOf({ byCall }: LookedAt): { before: SeenAttempt; after: SeenAttempt; retry: number }[] {
  return [...byCall.values()].flatMap((all) =>
    all.slice(1).map((after, i) => ({ before: all[i] as SeenAttempt, after, retry: i + 1 })),
  );
}

/** How long was waited before each retry, and the longest that was allowed. */
function waitsOf({ backoff }: RetryContract, run: LookedAt): { waitedMs: number; mostMs: number }[] {
  return retriesOf(run).flatMap(({ before, after, retry }) => {
    if (before.endedMs === undefined) return [];
    const { mostMs } = waitBefore(backoff, retry, backoff.capMs);
    return [{ waitedMs: after.sentMs - before.endedMs, mostMs }];
  });
}

const LOOKS: Readonly<Record<string, Look>> = {
  Operation: (_contract, { byCall }) => {
    return { kept: byCall.size > 0, text: `${byCall.size} calls were made` };
  },
  'Side effect?': ({ sideEffect }, { result }) => {
    const effects = result.metrics['effects'] ?? 0;
    return { kept: sideEffect === effects > 0, text: `${effects} charges took place` };
  },
  Timeout: ({ timeoutMs, deadlineMs }, { attempts, byCall }) => {
    const longest = most(attempts.map(({ sentMs, endedMs = Number.POSITIVE_INFINITY }) => endedMs - sentMs));
    const whole = most([...byCall.values()].map((all) => (all.at(-1)?.sentMs ?? 0) - (all[0]?.sentMs ?? 0)));
    const kept = longest <= timeoutMs + SLACK_MS && whole <= deadlineMs + SLACK_MS;
    return {
      kept,
      text: `no attempt was waited for longer than ${shown(longest)}, and none began later than ${shown(whole)} after the call`,
    };
  },
  'Max attempts': ({ maxAttempts }, { byCall }) => {
    const tried = most([...byCall.values()].map(({ length }) => length));
    return { kept: tried <= maxAttempts, text: `no call was tried more than ${tried} times` };
  },
  Backoff: (contract, run) => {
    const waits = waitsOf(contract, run);
    const kept = waits.every(({ waitedMs, mostMs }) => waitedMs <= mostMs + SLACK_MS);
    return {
      kept,
      text: `${waits.length} waits, the longest ${shown(most(waits.map(({ waitedMs }) => waitedMs)))}`,
    };
  },
  Jitter: (contract, run) => {
    const waits = waitsOf(contract, run).map(({ waitedMs, mostMs }) => Math.round((10 * waitedMs) / mostMs));
    const kinds = new Set(waits).size;
    const kept = contract.backoff.jitter === 'none' ? kinds <= 1 : kinds > 3 || waits.length < 10;
    return { kept, text: `${waits.length} waits in ${kinds} different tenths of what was allowed` };
  },
  'Idempotency key': ({ idempotencyKey }, { byCall, result }) => {
    const same = [...byCall.values()].every((all) => new Set(all.map(({ key }) => key)).size === 1);
    const doubled = result.metrics['doubledEffects'] ?? 0;
    const kept = idempotencyKey === null || (same && doubled === 0);
    return {
      kept,
      text: `each call kept its key in all its attempts: ${same ? 'yes' : 'no'}; ${doubled} were charged twice`,
    };
  },
  'Circuit/degrade rule': spentRightly,
  Metrics: (contract, { result }) => {
    const findings = judgeRetryMetrics(contract, retryMeasures(result));
    const text = findings.map(({ metric, value, kept }) => {
      const figure = Number.isNaN(value) ? 'never' : Math.round(value * 100) / 100;
      return `${metric} ${figure}${kept ? '' : ' (out of bounds)'}`;
    });
    return { kept: findings.every(({ kept }) => kept), text: text.join(', ') };
  },
};

/** All retries together are within the budget, and whoever was not served heard the declared answer. */
function spentRightly({ budget, exhausted }: RetryContract, { byCall, result, retries }: LookedAt): Seen {
  const clients = new Set([...byCall.values()].map(([first]) => first?.client)).size;
  const seconds = result.plan.endUs / 1_000_000;
  const allowed =
    budget.kind === 'ratio'
      ? budget.ratio * byCall.size + clients * budget.floorPerSecond * (seconds + budget.windowMs / 1_000)
      : Number.POSITIVE_INFINITY;
  const unserved = result.history.operations.filter(
    ({ outcome, output }) => outcome !== 'ok' && output !== null,
  );
  const declared = unserved.filter(
    ({ output }) => exhausted.kind !== 'degrade' || output === exhausted.answer,
  );
  const kept = retries <= allowed && declared.length === unserved.length;
  const text = `${retries} retries of ${byCall.size} calls; ${declared.length} of ${unserved.length} callers who were not served heard the declared answer`;
  return { kept, text };
}

function most(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b), 0);
}

function shown(ms: number): string {
  return `${Math.round(ms)} ms`;
}
