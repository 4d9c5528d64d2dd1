import { describe, expect, it } from 'vitest';
import { linkPolicy } from '../../src/network/link.ts';
import { lab } from '../helpers/lab.ts';

const PARTIAL = {
  stabilises: { minUs: 100_000, maxUs: 900_000 },
  deltaUs: 2_000,
  before: linkPolicy({ latency: { kind: 'uniform', minUs: 0, maxUs: 5_000_000 }, loss: 0.4, duplicate: 0.2 }),
  after: linkPolicy({ latency: { kind: 'uniform', minUs: 100, maxUs: 60_000 } }),
};

/** Messages both ways every millisecond for two seconds: when each was sent and when, if ever, it came. */
function chatter(seed: number) {
  const l = lab({
    seed,
    hosts: ['N1', 'N2'],
    partialSynchrony: PARTIAL,
    behaviour: {
      boot: (host) => void host.setTimer(1_000, 'say'),
      timer(host) {
        host.send(1 - host.id, host.world.nowUs);
        if (host.world.nowUs < 2_000_000) host.setTimer(1_000, 'say');
      },
    },
  });
  l.world.run(10_000_000);
  const arrivals = l.diaries.flatMap((diary) =>
    diary.flatMap((e) =>
      e.what.startsWith('got') ? [{ sent: Number(e.what.split(' ')[1]), at: e.at }] : [],
    ),
  );
  return {
    arrivals,
    stableAt: l.world.network.partialSynchrony?.stabilisesAtUs ?? -1,
    sent: l.world.messagesSent,
  };
}

describe('partial synchrony in a world', () => {
  it('S3.6 from a time no host knows every message arrives within delta; before it they are lost, doubled and late', () => {
    const times = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const { arrivals, stableAt, sent } = chatter(seed);
      times.add(stableAt);
      expect(stableAt >= 100_000 && stableAt <= 900_000).toBe(true);
      const after = arrivals.filter((m) => m.sent >= stableAt);
      // One message each way at every whole millisecond up to the two seconds.
      expect(after.length).toBe(2 * (2_001 - Math.ceil(stableAt / 1_000)));
      for (const m of after) expect(m.at - m.sent).toBeLessThanOrEqual(PARTIAL.deltaUs);
      const before = arrivals.filter((m) => m.sent < stableAt);
      const sentBefore = sent - after.length;
      expect(new Set(before.map((m) => m.sent)).size).toBeLessThan(sentBefore);
      expect(before.some((m) => m.at - m.sent > PARTIAL.deltaUs)).toBe(true);
      for (const m of before) expect(m.at).toBeLessThanOrEqual(stableAt + PARTIAL.deltaUs);
    }
    expect(times.size).toBe(20);
  });
});
