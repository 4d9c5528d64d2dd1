import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/choices/stream.ts';
import { type LinkPolicy, linkPolicy, newLinkDecision, newLinkState } from '../../src/network/link.ts';
import {
  expectedAttempts,
  retransmissionPolicy,
  sendUntilDelivered,
  waitBeforeAttemptUs,
} from '../../src/network/retransmission.ts';

const LATENCY = { kind: 'constant', us: 80_000 } as const;
const POLICY = retransmissionPolicy({
  timeoutUs: 200_000,
  backoff: 2,
  maxTimeoutUs: 2_000_000,
  maxAttempts: 12,
});

function run(options: Partial<LinkPolicy>, packets: number) {
  const link = linkPolicy({ latency: LATENCY, ...options });
  const [state, out, stream] = [newLinkState(), newLinkDecision(), new Stream('tcp', 125)];
  return Array.from({ length: packets }, () => sendUntilDelivered(link, state, 100, 0, POLICY, stream, out));
}

describe('retransmission', () => {
  it('S1.125 load grows by the predicted factor, and goodput per packet sent falls by it', () => {
    for (const loss of [0, 0.05, 0.2, 0.5]) {
      const sends = run({ loss }, 20_000);
      const load = sends.reduce((sum, s) => sum + s.attempts, 0) / sends.length;
      const predicted = expectedAttempts(loss, POLICY.maxAttempts);
      expect(Math.abs(load / predicted - 1)).toBeLessThan(0.02);
      const arrived = sends.filter((s) => s.outcome === 'delivered').length;
      expect(arrived / sends.length / load).toBeCloseTo(1 - loss, 1);
    }
    expect(expectedAttempts(0.5, 2)).toBe(1.5);
    expect(expectedAttempts(1, 12)).toBe(12);
  });

  it('S1.125 p99 latency is the one-way delay plus the timeouts waited for, as loss predicts', () => {
    const p99 = (loss: number) => {
      const times = run({ loss }, 20_000)
        .map((s) => s.atUs)
        .sort((a, b) => a - b);
      return times[Math.floor(times.length * 0.99)];
    };
    // At loss p, more than k attempts are needed with probability p^k: 5 % needs 2 for 99 in 100, 20 % needs 3.
    expect(p99(0)).toBe(80_000);
    expect(p99(0.05)).toBe(80_000 + waitBeforeAttemptUs(POLICY, 2));
    expect(p99(0.2)).toBe(80_000 + waitBeforeAttemptUs(POLICY, 3));
    expect([1, 2, 3, 6].map((n) => waitBeforeAttemptUs(POLICY, n))).toEqual([0, 200_000, 600_000, 5_000_000]);
  });

  it('S1.126 into a black hole the sender gives up after exactly the sum of its timeouts; a refusal ends it at once', () => {
    const hole = run({ answer: 'swallow' }, 1)[0];
    expect(hole).toEqual({
      outcome: 'gave-up',
      attempts: 12,
      atUs: waitBeforeAttemptUs(POLICY, 13),
    });
    expect(hole?.atUs).toBe(200_000 + 400_000 + 800_000 + 1_600_000 + 8 * 2_000_000);
    expect(run({ answer: 'refuse' }, 1)[0]).toEqual({ outcome: 'refused', attempts: 1, atUs: 160_000 });
    expect(run({}, 1)[0]).toEqual({ outcome: 'delivered', attempts: 1, atUs: 80_000 });
  });

  it('refuses options out of range', () => {
    expect(() => retransmissionPolicy({ ...POLICY, maxAttempts: 0 })).toThrow(/maxAttempts/);
    expect(() => retransmissionPolicy({ ...POLICY, backoff: 0.5 })).toThrow(/backoff/);
  });
});
