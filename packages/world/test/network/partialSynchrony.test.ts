import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/choices/stream.ts';
import { flappingSchedule } from '../../src/network/flapping.ts';
import { linkPolicy, newLinkDecision, newLinkState } from '../../src/network/link.ts';
import { PartialSynchrony, type PartialSynchronyOptions } from '../../src/network/partialSynchrony.ts';

const DELTA_US = 50_000;

const OPTIONS: PartialSynchronyOptions = {
  stabilises: { minUs: 1_000_000, maxUs: 9_000_000 },
  deltaUs: DELTA_US,
  before: linkPolicy({
    latency: { kind: 'exponential', floorUs: 0, meanUs: 2_000_000, capUs: 60_000_000 },
    loss: 0.3,
    duplicate: 0.2,
  }),
  after: linkPolicy({ latency: { kind: 'exponential', floorUs: 100, meanUs: 40_000, capUs: 1_000_000 } }),
};

interface Sent {
  readonly sentUs: number;
  readonly atUs: readonly number[];
}

function traffic(seed: number): { network: PartialSynchrony; sent: Sent[] } {
  const stream = new Stream('network', seed);
  const network = new PartialSynchrony(OPTIONS, stream);
  const [state, out] = [newLinkState(), newLinkDecision()];
  const sent: Sent[] = [];
  for (let sentUs = 0; sentUs < 12_000_000; sentUs += 40_000) {
    network.decide(state, 100, sentUs, stream, out);
    sent.push({ sentUs, atUs: Array.from(out.atUs.subarray(0, out.count)) });
  }
  return { network, sent };
}

describe('partial synchrony', () => {
  it('S3.6 from T on every message arrives within delta, and every one in flight at T by T + delta', () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { network, sent } = traffic(seed);
        const t = network.stabilisesAtUs;
        expect(t).toBeGreaterThanOrEqual(1_000_000);
        expect(t).toBeLessThanOrEqual(9_000_000);
        const broken = sent.filter(({ sentUs, atUs }) =>
          atUs.some((at) => at < sentUs || at > Math.max(t, sentUs) + DELTA_US),
        );
        expect(broken).toEqual([]);
        const stable = sent.filter((s) => network.isStable(s.sentUs));
        expect(stable.every((s) => s.atUs.length > 0)).toBe(true);
      }),
      { seed: 36, numRuns: 100 },
    );
  });

  it('S3.6 before T messages are lost and late beyond any bound a protocol could assume', () => {
    const { network, sent } = traffic(4);
    const early = sent.filter((s) => !network.isStable(s.sentUs));
    expect(early.filter((s) => s.atUs.length === 0).length / early.length).toBeCloseTo(0.3, 1);
    expect(early.some((s) => s.atUs.some((at) => at - s.sentUs > 20 * DELTA_US))).toBe(true);
  });

  it('S3.6 T is drawn: it differs between seeds, repeats for one, and is earliest when all is calm', () => {
    const at = (seed: number) => new PartialSynchrony(OPTIONS, new Stream('network', seed)).stabilisesAtUs;
    expect(new Set([1, 2, 3, 4, 5].map(at)).size).toBe(5);
    expect(at(1)).toBe(at(1));
    const calm = new Stream('network', 1);
    calm.calm();
    expect(new PartialSynchrony(OPTIONS, calm).stabilisesAtUs).toBe(1_000_000);
  });

  it('S3.6 refuses links that could break the bound after T', () => {
    const stream = new Stream('network', 1);
    const latency = { kind: 'constant', us: 1 } as const;
    for (const bad of [{ loss: 0.1 }, { answer: 'swallow' as const }, { bitsPerSecond: 1_000 }]) {
      const after = linkPolicy({ latency, ...bad });
      expect(() => new PartialSynchrony({ ...OPTIONS, after }, stream)).toThrow(/Cannot use after\./);
    }
  });
});

describe('flapping', () => {
  const options = { startUs: 100, downUs: 50, upUs: 30, times: 3, jitterUs: 0 };

  it('alternates cuts and heals and ends healed', () => {
    const stream = new Stream('faults', 1);
    expect(flappingSchedule(options, stream)).toEqual([
      { atUs: 100, action: 'cut' },
      { atUs: 150, action: 'heal' },
      { atUs: 180, action: 'cut' },
      { atUs: 230, action: 'heal' },
      { atUs: 260, action: 'cut' },
      { atUs: 310, action: 'heal' },
    ]);
    expect(stream.position).toBe(0);
  });

  it('jitter lengthens phases, never beyond its bound', () => {
    const steps = flappingSchedule({ ...options, times: 500, jitterUs: 20 }, new Stream('faults', 1));
    const phases = steps
      .slice(1)
      .map((s, i) => ({ us: s.atUs - (steps[i]?.atUs ?? 0), was: steps[i]?.action }));
    const down = phases.filter((p) => p.was === 'cut').map((p) => p.us);
    expect([Math.min(...down), Math.max(...down)]).toEqual([50, 70]);
    expect(() => flappingSchedule({ ...options, times: 0 }, new Stream('faults', 1))).toThrow(/times/);
  });
});
