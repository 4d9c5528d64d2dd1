import { encodePlain, type Plain } from '@holdfast/plain';
import type { AttemptEnd, RetryPolicy } from './retry.ts';
import type { RetryBudgetOptions } from './retryBudget.ts';

/** The eight questions asked of every client that retries (S1.113). */
export const RETRY_QUESTIONS = {
  RT1: 'Is it safe to repeat the operation with the same key?',
  RT2: 'Does the server look for the key before the side effect?',
  RT3: 'Is the response the same for every repetition?',
  RT4: 'Is there a budget for all retries together?',
  RT5: 'Are retries spread by jitter?',
  RT6: "Is the whole call shorter than its caller's timeout?",
  RT7: 'Are errors that no retry can mend left alone?',
  RT8: 'Do retries stop when the caller cancels?',
} as const;

/** The name of a question. */
export type RetryQuestion = keyof typeof RETRY_QUESTIONS;

/** An attempt as observed. Times are milliseconds of one clock. */
export interface ObservedAttempt {
  readonly call: number;
  readonly key: string;
  readonly startedMs: number;
  /** Undefined: no answer was ever awaited to its end. */
  readonly endedMs?: number;
  readonly end: AttemptEnd['kind'] | 'cancelled';
  /** What came back, for attempts that ended `ok` or `final`. */
  readonly response?: Plain;
}

/** What a client did, in order of time. */
export interface RetryTrace {
  readonly attempts: readonly ObservedAttempt[];
  /** The server recorded a key as its own to run; the effect took place. */
  readonly claims: readonly { readonly key: string; readonly atMs: number }[];
  readonly effects: readonly { readonly key: string; readonly atMs: number }[];
  readonly cancellations: readonly { readonly call: number; readonly atMs: number }[];
}

/** How the client is set up. */
export interface RetrySetup {
  readonly policy: RetryPolicy;
  readonly budget: RetryBudgetOptions;
  /** How long a whole call may take, and how long its own caller waits. */
  readonly deadlineMs: number;
  readonly callerTimeoutMs: number;
}

/** An answer with its evidence; `not seen` when nothing in the trace could have told. */
export interface RetryAnswer {
  readonly question: RetryQuestion;
  readonly answer: 'yes' | 'no' | 'not seen';
  readonly evidence: string;
}

type Judged = readonly [RetryAnswer['answer'], string];

/** Answers the eight questions from a client's configuration and what it did. */
export function answerRetryQuestions(setup: RetrySetup, trace: RetryTrace): RetryAnswer[] {
  const judges: Readonly<Record<RetryQuestion, () => Judged>> = {
    RT1: () => oneEffectPerKey(trace),
    RT2: () => claimedFirst(trace),
    RT3: () => sameResponses(trace),
    RT4: () => withinBudget(setup, trace),
    RT5: () => spread(setup, trace),
    RT6: () => {
      const { deadlineMs, callerTimeoutMs } = setup;
      return [
        deadlineMs < callerTimeoutMs ? 'yes' : 'no',
        `${deadlineMs} ms of the caller's ${callerTimeoutMs} ms`,
      ];
    },
    RT7: () => leftAlone(trace),
    RT8: () => stopped(trace),
  };
  return (Object.keys(RETRY_QUESTIONS) as RetryQuestion[]).map((question) => {
    const [answer, evidence] = judges[question]();
    return { question, answer, evidence };
  });
}

function oneEffectPerKey({ attempts, effects }: RetryTrace): Judged {
  const repeated = [...byKey(attempts)].filter(([, all]) => all.length > 1).map(([key]) => key);
  if (repeated.length === 0) return ['not seen', 'no key was sent twice'];
  const counts = byKey(effects);
  const doubled = repeated.find((key) => (counts.get(key)?.length ?? 0) > 1);
  if (doubled !== undefined) return ['no', `key ${doubled} had ${counts.get(doubled)?.length} effects`];
  return ['yes', `${repeated.length} keys were sent more than once, none had two effects`];
}

function claimedFirst({ claims, effects }: RetryTrace): Judged {
  if (effects.length === 0) return ['not seen', 'there was no effect'];
  const claimed = byKey(claims);
  const unclaimed = effects.find(
    ({ key, atMs }) => claimed.get(key)?.some((claim) => claim.atMs <= atMs) !== true,
  );
  if (unclaimed !== undefined)
    return ['no', `the effect of key ${unclaimed.key} at ${unclaimed.atMs} ms had no claim`];
  return ['yes', `${effects.length} effects, each after a claim of its key`];
}

function sameResponses({ attempts }: RetryTrace): Judged {
  let repeated = 0;
  for (const [key, all] of byKey(attempts.filter(({ response }) => response !== undefined))) {
    if (all.length < 2) continue;
    repeated++;
    const texts = new Set(all.map(({ response }) => encodePlain(response ?? null)));
    if (texts.size > 1) return ['no', `key ${key} was answered ${[...texts].join(' and ')}`];
  }
  return repeated === 0
    ? ['not seen', 'no key was answered twice']
    : ['yes', `${repeated} keys were answered alike`];
}

function withinBudget({ budget }: RetrySetup, { attempts }: RetryTrace): Judged {
  const calls = new Set(attempts.map(({ call }) => call)).size;
  const factor = calls === 0 ? 'nothing was sent' : `${(attempts.length / calls).toFixed(2)} attempts a call`;
  return budget.kind === 'unlimited'
    ? ['no', `there is none: ${factor}`]
    : ['yes', `${budget.kind}: ${factor}`];
}

function spread({ policy }: RetrySetup, { attempts }: RetryTrace): Judged {
  const waits = new Set<number>();
  let retries = 0;
  for (const all of groupBy(attempts, ({ call }) => call).values()) {
    for (const [i, attempt] of all.entries()) {
      const before = all[i - 1];
      if (before?.endedMs === undefined) continue;
      retries++;
      waits.add(Math.round(attempt.startedMs - before.endedMs));
    }
  }
  if (policy.backoff.jitter === 'none')
    return ['no', `jitter is none: ${retries} retries after ${waits.size} waits`];
  if (retries < 2) return ['not seen', 'fewer than two retries were made'];
  return [waits.size > 1 ? 'yes' : 'no', `${retries} retries after ${waits.size} different waits`];
}

function leftAlone({ attempts }: RetryTrace): Judged {
  const ended = new Map<number, number>();
  let finals = 0;
  for (const { call, end, endedMs, startedMs } of attempts) {
    const finalMs = ended.get(call);
    if (finalMs !== undefined && startedMs >= finalMs)
      return ['no', `call ${call} was tried again after a final answer`];
    if (end !== 'final') continue;
    finals++;
    ended.set(call, endedMs ?? startedMs);
  }
  return finals === 0
    ? ['not seen', 'no answer was final']
    : ['yes', `${finals} final answers, no attempt after one`];
}

function stopped({ attempts, cancellations }: RetryTrace): Judged {
  if (cancellations.length === 0) return ['not seen', 'nothing was cancelled'];
  for (const { call, atMs } of cancellations) {
    const late = attempts.find((attempt) => attempt.call === call && attempt.startedMs > atMs);
    if (late !== undefined)
      return ['no', `call ${call}, cancelled at ${atMs} ms, was tried again at ${late.startedMs} ms`];
  }
  return ['yes', `${cancellations.length} cancelled calls, no attempt after`];
}

function byKey<T extends { readonly key: string }>(items: readonly T[]): Map<string, T[]> {
  return groupBy(items, ({ key }) => key);
}

function groupBy<T, K>(items: readonly T[], nameOf: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const name = nameOf(item);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [item]);
    else group.push(item);
  }
  return groups;
}
