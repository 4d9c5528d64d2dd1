import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/choices/stream.ts';
import { BadOptionError } from '../../src/models/optionError.ts';
import {
  decideLink,
  type LinkDecision,
  type LinkPolicy,
  linkPolicy,
  newLinkDecision,
  newLinkState,
  transmissionUs,
} from '../../src/network/link.ts';

const LATENCY = { kind: 'constant', us: 1_000 } as const;

interface Fate {
  readonly dropped: string;
  readonly atUs: readonly number[];
  readonly corrupt: boolean;
}

function fateOf(out: LinkDecision): Fate {
  return { dropped: out.dropped, atUs: Array.from(out.atUs.subarray(0, out.count)), corrupt: out.corrupt };
}

/** What happens to packets of 1,000 bytes sent at these times. */
function sendAll(options: Partial<LinkPolicy>, sentUs: readonly number[], seed = 1): Fate[] {
  const policy = linkPolicy({ latency: LATENCY, ...options });
  const [state, out, stream] = [newLinkState(), newLinkDecision(), new Stream('link', seed)];
  return sentUs.map((now) => {
    decideLink(policy, state, 1_000, now, stream, out);
    return fateOf(out);
  });
}

const often = Array.from({ length: 10_000 }, (_, i) => i * 10);
const share = (fates: readonly Fate[], what: (f: Fate) => boolean) =>
  fates.filter(what).length / fates.length;
const WELL: Fate = { dropped: '', atUs: [1_000], corrupt: false };

describe('link', () => {
  it('without faults every packet arrives once, whole, in order, and nothing is drawn', () => {
    const stream = new Stream('link', 1);
    const [policy, state, out] = [linkPolicy({ latency: LATENCY }), newLinkState(), newLinkDecision()];
    decideLink(policy, state, 1_000, 0, stream, out);
    expect(fateOf(out)).toEqual(WELL);
    expect(stream.position).toBe(0);
    const arrivals = sendAll({}, often).map((f) => f.atUs[0] as number);
    expect(arrivals).toEqual(often.map((t) => t + 1_000));
  });

  it('S1.125 loss drops the share it says, and none at zero', () => {
    expect(share(sendAll({ loss: 0.2 }, often), (f) => f.dropped === 'loss')).toBeCloseTo(0.2, 1);
    expect(share(sendAll({ loss: 1 }, often), (f) => f.dropped === 'loss')).toBe(1);
    expect(share(sendAll({ loss: 0 }, often), (f) => f.dropped === 'loss')).toBe(0);
  });

  it('duplicate delivers a second copy as often as it says', () => {
    const fates = sendAll({ duplicate: 0.1 }, often);
    expect(share(fates, (f) => f.atUs.length === 2)).toBeCloseTo(0.1, 1);
    expect(share(fates, (f) => f.atUs.length >= 1)).toBe(1);
  });

  it('reorder lets later packets overtake, which does not happen without it', () => {
    const overtakes = (options: Partial<LinkPolicy>) => {
      const arrivals = sendAll(options, often).map((f) => f.atUs[0] as number);
      return arrivals.some((at, i) => i > 0 && at < (arrivals[i - 1] as number));
    };
    expect(overtakes({ reorder: 0.1, reorderExtra: { kind: 'constant', us: 5_000 } })).toBe(true);
    expect(overtakes({})).toBe(false);
  });

  it('corrupt marks packets as often as it says', () => {
    expect(share(sendAll({ corrupt: 0.05 }, often), (f) => f.corrupt)).toBeCloseTo(0.05, 1);
    expect(share(sendAll({}, often), (f) => f.corrupt)).toBe(0);
  });

  it('a reused decision keeps nothing of the packet before', () => {
    const [state, out, stream] = [newLinkState(), newLinkDecision(), new Stream('link', 1)];
    decideLink(linkPolicy({ latency: LATENCY, corrupt: 1, duplicate: 1 }), state, 1, 0, stream, out);
    expect([out.corrupt, out.count]).toEqual([true, 2]);
    decideLink(linkPolicy({ latency: LATENCY, loss: 1 }), state, 1, 0, stream, out);
    expect(fateOf(out)).toEqual({ dropped: 'loss', atUs: [], corrupt: false });
    decideLink(linkPolicy({ latency: LATENCY }), state, 1, 0, stream, out);
    expect(fateOf(out)).toEqual(WELL);
  });

  it('slowFactor multiplies the latency', () => {
    expect(sendAll({ slowFactor: 10 }, [0])[0]?.atUs).toEqual([10_000]);
  });

  it('S1.126 a black hole answers nothing and draws nothing; a refusal comes back after one round trip', () => {
    expect(sendAll({ answer: 'swallow' }, [0])).toEqual([
      { dropped: 'black-hole', atUs: [], corrupt: false },
    ]);
    const [policy, state, out] = [
      linkPolicy({ latency: LATENCY, answer: 'refuse' }),
      newLinkState(),
      newLinkDecision(),
    ];
    decideLink(policy, state, 10, 500, new Stream('link', 1), out);
    expect([out.dropped, out.count, out.atUs[0]]).toEqual(['refused', 0, 2_500]);
  });

  it('packets queue for a limited bandwidth and not for an unlimited one', () => {
    // 1,000 bytes at 8 Mbit/s take 1 ms.
    const arrivals = (options: Partial<LinkPolicy>) =>
      sendAll(options, [0, 0, 0, 10_000]).map((f) => f.atUs[0]);
    expect(arrivals({ bitsPerSecond: 8_000_000 })).toEqual([2_000, 3_000, 4_000, 12_000]);
    expect(arrivals({})).toEqual([1_000, 1_000, 1_000, 11_000]);
    expect(transmissionUs(1, 3)).toBe(2_666_667);
  });

  it('a queue that is too long drops, and recovers', () => {
    const fates = sendAll({ bitsPerSecond: 8_000_000, maxQueueUs: 1_500 }, [0, 0, 0, 3_000]);
    expect(fates.map((f) => f.dropped)).toEqual(['', '', 'queue-full', '']);
  });

  it('a lost packet has taken its time on the link', () => {
    const policy = linkPolicy({ latency: LATENCY, bitsPerSecond: 8_000_000, loss: 1 });
    const [state, out] = [newLinkState(), newLinkDecision()];
    decideLink(policy, state, 1_000, 0, new Stream('link', 1), out);
    expect([out.dropped, state.busyUntilUs]).toEqual(['loss', 1_000]);
  });

  it('the calmest answers undo every fault', () => {
    const policy = linkPolicy({
      latency: { kind: 'uniform', minUs: 300, maxUs: 9_000 },
      loss: 0.9,
      duplicate: 0.9,
      reorder: 0.9,
      reorderExtra: { kind: 'constant', us: 50 },
      corrupt: 0.9,
    });
    const stream = new Stream('link', 3);
    stream.calm();
    const out = newLinkDecision();
    decideLink(policy, newLinkState(), 1, 0, stream, out);
    expect(fateOf(out)).toEqual({ dropped: '', atUs: [300], corrupt: false });
  });

  it('never delivers before it was sent, and the same seed gives the same fates', () => {
    const p = fc.double({ min: 0, max: 1, noNaN: true });
    const options = fc.record({
      latency: fc.constant({ kind: 'exponential', floorUs: 0, meanUs: 700, capUs: 50_000 } as const),
      loss: p,
      duplicate: p,
      reorder: p,
      reorderExtra: fc.constant({ kind: 'uniform', minUs: 0, maxUs: 9_000 } as const),
      corrupt: p,
      bitsPerSecond: fc.constantFrom(0, 1_000_000),
      slowFactor: fc.double({ min: 1, max: 20, noNaN: true }),
    });
    fc.assert(
      fc.property(options, fc.nat(), (o, seed) => {
        const sent = often.slice(0, 30);
        const fates = sendAll(o, sent, seed);
        fates.forEach((fate, i) => {
          expect(fate.atUs.length > 0).toBe(fate.dropped === '');
          for (const at of fate.atUs) {
            expect(Number.isSafeInteger(at) && at >= (sent[i] as number)).toBe(true);
          }
        });
        expect(sendAll(o, sent, seed)).toEqual(fates);
      }),
      { seed: 126, numRuns: 200 },
    );
  });

  it('refuses options out of range, naming them', () => {
    expect(() => linkPolicy({ latency: LATENCY, loss: 1.5 })).toThrow(
      'Cannot use loss as a probability from 0 to 1: it is 1.5',
    );
    expect(() => linkPolicy({ latency: LATENCY, slowFactor: 0 })).toThrow(BadOptionError);
    expect(() => linkPolicy({ latency: { kind: 'constant', us: -5 } })).toThrow(/latency.us/);
  });
});
