import { describe, expect, it } from 'vitest';
import {
  answerRetryQuestions,
  backoff,
  type RetryQuestion,
  type RetrySetup,
  type RetryTrace,
} from '../../src/delivery/index.ts';

const SETUP: RetrySetup = {
  policy: {
    maxAttempts: 3,
    attemptTimeoutMs: 100,
    backoff: backoff({ baseMs: 10, capMs: 100 }),
    repeatable: true,
  },
  budget: { kind: 'ratio', ratio: 0.2, floorPerSecond: 1, windowMs: 1_000 },
  deadlineMs: 400,
  callerTimeoutMs: 500,
};

/** Two calls that were retried, one that failed for good, one that was cancelled. */
const TRACE: RetryTrace = {
  attempts: [
    { call: 1, key: 'a', startedMs: 0, endedMs: 100, end: 'unknown' },
    { call: 1, key: 'a', startedMs: 105, endedMs: 120, end: 'ok', response: 'paid 1' },
    { call: 2, key: 'b', startedMs: 0, endedMs: 50, end: 'ok', response: 'paid 2' },
    { call: 2, key: 'b', startedMs: 62, endedMs: 70, end: 'ok', response: 'paid 2' },
    { call: 3, key: 'c', startedMs: 0, endedMs: 20, end: 'final', response: 'no funds' },
    { call: 4, key: 'd', startedMs: 0, endedMs: 30, end: 'cancelled' },
  ],
  claims: [
    { key: 'a', atMs: 10 },
    { key: 'b', atMs: 10 },
  ],
  effects: [
    { key: 'a', atMs: 15 },
    { key: 'b', atMs: 15 },
  ],
  cancellations: [{ call: 4, atMs: 30 }],
};

function answersOf(setup: RetrySetup, trace: RetryTrace): Record<string, string> {
  return Object.fromEntries(
    answerRetryQuestions(setup, trace).map(({ question, answer }) => [question, answer]),
  );
}

describe('the eight questions of a client that retries', () => {
  it('S1.113 all are answered yes from configuration and trace of a client that keeps to them', () => {
    expect(Object.values(answersOf(SETUP, TRACE))).toEqual(new Array(8).fill('yes'));
  });

  const last = TRACE.attempts;
  const wrong: Readonly<Record<RetryQuestion, readonly [Partial<RetrySetup>, Partial<RetryTrace>]>> = {
    RT1: [{}, { effects: [...TRACE.effects, { key: 'a', atMs: 110 }] }],
    RT2: [{}, { claims: TRACE.claims.slice(1) }],
    RT3: [{}, { attempts: last.map((a, i) => (i === 3 ? { ...a, response: 'paid 3' } : a)) }],
    RT4: [{ budget: { kind: 'unlimited' } }, {}],
    RT5: [{ policy: { ...SETUP.policy, backoff: backoff({ baseMs: 10, capMs: 100, jitter: 'none' }) } }, {}],
    RT6: [{ callerTimeoutMs: 400 }, {}],
    RT7: [{}, { attempts: [...last, { call: 3, key: 'c', startedMs: 40, end: 'unknown' }] }],
    RT8: [{}, { attempts: [...last, { call: 4, key: 'd', startedMs: 40, end: 'unknown' }] }],
  };
  for (const question of Object.keys(wrong) as RetryQuestion[]) {
    it(`S1.113 ${question} is answered no, and no other one, by the client that breaks it`, () => {
      const [setup, trace] = wrong[question];
      const answers = answersOf({ ...SETUP, ...setup }, { ...TRACE, ...trace });
      expect(Object.entries(answers).filter(([, answer]) => answer === 'no')).toEqual([[question, 'no']]);
    });
  }

  it('S1.113 what the trace cannot tell is not answered yes', () => {
    const nothing: RetryTrace = { attempts: [], claims: [], effects: [], cancellations: [] };
    const answers = answersOf(SETUP, nothing);
    expect(Object.keys(answers).filter((question) => answers[question] === 'yes')).toEqual(['RT4', 'RT6']);
  });
});
