import { describe, expect, it } from 'vitest';
import { Stream } from '../../src/choices/stream.ts';
import { HostClock } from '../../src/clock/hostClock.ts';
import { SKEWED_MACHINES, QUARTZ_DRIFT_PPM } from '../../src/clock/presets.ts';
import { readSkew } from '../../src/clock/skewGauge.ts';
import { drawLatencyUs, type LatencyModel } from '../../src/network/latency.ts';

/** The first message that, by the two wall clocks, arrives before it was sent. */
function firstInversion(clocks: readonly HostClock[], latency: LatencyModel): number[] | undefined {
  const stream = new Stream('messages', 211);
  for (let i = 0; i < 1_000; i++) {
    const sentAtUs = i * 10_000;
    const from = stream.below(clocks.length, 'from');
    const to = (from + 1 + stream.below(clocks.length - 1, 'to')) % clocks.length;
    const arrivesAtUs = sentAtUs + drawLatencyUs(latency, stream);
    const [sender, receiver] = [clocks[from] as HostClock, clocks[to] as HostClock];
    if (receiver.wallUs(arrivesAtUs) < sender.wallUs(sentAtUs)) {
      const before = receiver.wallUs(arrivesAtUs) - sender.wallUs(sentAtUs);
      return [i, from, to, before];
    }
  }
  return undefined;
}

const skewed = () => SKEWED_MACHINES.map(({ offsetUs }) => new HostClock({ offsetUs }));
const exact = () => SKEWED_MACHINES.map(() => new HostClock());

describe('clock skew', () => {
  it('S2.11 the example machines read 150 ms ahead and 150 ms behind', () => {
    expect(readSkew(skewed(), 0, 0).skewsUs).toEqual([0, 150_000, -150_000]);
  });

  it('S2.11 S1.34 order by wall clock contradicts causality when delays are below the skew', () => {
    const fast: LatencyModel = { kind: 'uniform', minUs: 500, maxUs: 5_000 };
    expect(firstInversion(skewed(), fast)).toEqual([0, 0, 2, -147_760]);
    expect(firstInversion(exact(), fast)).toBeUndefined();
  });

  it('S2.11 with delays above the largest skew no message arrives before it was sent', () => {
    const slow: LatencyModel = { kind: 'uniform', minUs: 300_000, maxUs: 400_000 };
    expect(firstInversion(skewed(), slow)).toBeUndefined();
  });

  it('S1.40 the skew gauge alerts above its bound and not at it', () => {
    expect(readSkew(skewed(), 10, 300_000)).toMatchObject({ atUs: 10, spreadUs: 300_000, alert: false });
    expect(readSkew(skewed(), 10, 299_999)).toMatchObject({ alert: true, alertUs: 299_999 });
    expect(readSkew(exact(), 10, 0)).toMatchObject({ spreadUs: 0, alert: false });
  });

  it('S1.40 the gauge sees drift grow', () => {
    const clocks = [
      new HostClock({ driftPpm: QUARTZ_DRIFT_PPM }),
      new HostClock({ driftPpm: -QUARTZ_DRIFT_PPM }),
    ];
    expect(readSkew(clocks, 3_600_000_000, 100_000)).toMatchObject({ spreadUs: 360_000, alert: true });
    expect(readSkew([], 0, 0)).toMatchObject({ spreadUs: 0, alert: false });
  });
});
