import { describe, expect, it } from 'vitest';
import { detectorTradeOff, phiAccrual, type RecordedRun, type TradeOff } from '../../src/detectors/index.ts';
import { CALM, type Link, record } from './arrivals.ts';

const MINUTE = 60_000;

/** Heartbeats each second, up to 300 ms of jitter, 2 % lost, and a pause of 1.6 s every five minutes. */
const LINK: Link = {
  ...CALM,
  jitterMs: () => 300,
  lossPercent: 2,
  pauses: Array.from({ length: 5 }, (_, i): [number, number] => [
    i * 5 * MINUTE + 40_000,
    i * 5 * MINUTE + 41_600,
  ]),
};
const RUNS: readonly RecordedRun[] = Array.from({ length: 4 }, (_, seed) =>
  record(seed, LINK, { fromMs: 0, untilMs: 27 * MINUTE, crashedAtMs: 25 * MINUTE + seed * 83 }),
);
const THRESHOLDS = [1, 2, 3, 8, 12];

interface Row extends TradeOff {
  readonly model: 'normal' | 'exponential';
  readonly pauseMs: number;
}

function measured(): Row[] {
  const settings = [
    ['normal', 0],
    ['normal', 2_000],
    ['exponential', 0],
  ] as const;
  return settings.flatMap(([model, pauseMs]) =>
    detectorTradeOff(
      (threshold) => phiAccrual({ model, threshold, firstIntervalMs: 1_000, acceptablePauseMs: pauseMs }),
      THRESHOLDS,
      RUNS,
    ).map((point): Row => ({ ...point, model, pauseMs })),
  );
}

const ROWS: readonly Row[] = measured();

describe('tuning phi', () => {
  it('avoids mistakes by an acceptable pause, not by the threshold; the exponential model is as safe only later', () => {
    const chosen = ROWS.find(({ pauseMs, parameter }) => pauseMs === 2_000 && parameter === 8);
    if (chosen === undefined) expect.fail('the chosen point is in the table');
    expect(chosen).toMatchObject({ mistakes: 0, missed: 0 });
    // Without an acceptable pause no threshold avoids the mistakes that losses and pauses make.
    const bare = ROWS.filter(({ model, pauseMs }) => model === 'normal' && pauseMs === 0);
    for (const { mistakes } of bare) expect(mistakes).toBeGreaterThan(0);
    // The exponential model is as safe only later.
    const safe = ROWS.filter(({ model, mistakes }) => model === 'exponential' && mistakes === 0);
    for (const { meanDetectionMs } of safe)
      expect(meanDetectionMs).toBeGreaterThan(chosen.meanDetectionMs ?? 0);
    expect(safe.length).toBeGreaterThan(1);
  });
});
