import { describe, expect, test } from 'vitest';
import {
  adaptiveTimeout,
  classifyDetectors,
  detectorTradeOff,
  type FailureDetector,
  fixedTimeout,
  leaseDetector,
  measureDetector,
  phiAccrual,
  type RecordedRun,
  type TradeOff,
  type WatchedPair,
} from '../../src/detectors/index.ts';
import { CALM, type Link, record } from './arrivals.ts';

const MINUTE = 60_000;

describe('measuring a detector', () => {
  test('S4.28 detection time, mistakes and query accuracy are counted exactly', () => {
    const quality = measureDetector(fixedTimeout({ timeoutMs: 1_000 }), [500, 3_500, 4_000], {
      fromMs: 0,
      untilMs: 10_000,
      crashedAtMs: 4_200,
    });
    expect(quality).toEqual({
      detector: 'fixed 1000 ms',
      detectionMs: 800,
      mistakes: 1,
      mistakesPerHour: 3_600_000 / 4_200,
      meanMistakeMs: 2_000,
      queryAccuracy: 1 - 2_000 / 4_200,
      lastMistakeMs: 3_500,
      complete: true,
      suspicions: [
        { fromMs: 1_500, untilMs: 3_500 },
        { fromMs: 5_000, untilMs: 10_000 },
      ],
    });
    const alive = measureDetector(fixedTimeout({ timeoutMs: 9_000 }), [500], { fromMs: 0, untilMs: 5_000 });
    expect(alive).toMatchObject({ detectionMs: null, complete: null, mistakes: 0, queryAccuracy: 1 });
    const missed = measureDetector(fixedTimeout({ timeoutMs: 9_000 }), [], {
      fromMs: 0,
      untilMs: 5_000,
      crashedAtMs: 10,
    });
    expect(missed).toMatchObject({ detectionMs: null, complete: false });
  });

  test('S2.8 S4.28 over timeouts, mistakes fall and detection slows; pauses and loss move the curve', () => {
    const faulty: Link = {
      ...CALM,
      lossPercent: 20,
      pauses: [
        [120_000, 124_500],
        [300_000, 307_000],
      ],
    };
    const runs = [1, 2, 3, 4].map((seed) =>
      record(seed, faulty, { fromMs: 0, untilMs: 15 * MINUTE, crashedAtMs: 12 * MINUTE + seed * 170 }),
    );
    const timeouts = [1_500, 2_500, 3_500, 5_000, 7_500, 10_000];
    const curve = detectorTradeOff((timeoutMs) => fixedTimeout({ timeoutMs }), timeouts, runs);
    for (let i = 1; i < curve.length; i++) {
      expect(curve[i]!.mistakes).toBeLessThanOrEqual(curve[i - 1]!.mistakes);
      expect(curve[i]!.meanDetectionMs!).toBeGreaterThan(curve[i - 1]!.meanDetectionMs!);
    }
    expect(curve.map(({ parameter, mistakes }) => `${parameter}: ${mistakes}`)).toMatchInlineSnapshot(`
      [
        "1500: 438",
        "2500: 101",
        "3500: 29",
        "5000: 12",
        "7500: 4",
        "10000: 0",
      ]
    `);
    const calm = runs.map(({ truth }, i) => record(i, CALM, truth));
    const calmCurve = detectorTradeOff((timeoutMs) => fixedTimeout({ timeoutMs }), timeouts, calm);
    expect(calmCurve.map(({ mistakes }) => mistakes)).toEqual([0, 0, 0, 0, 0, 0]);
  });

  test('S2.10 on the same arrivals, when delays drift, adaptive beats every fixed timeout on one side', () => {
    // The extra delay grows from 50 ms to 6 s and falls again; crashes happen in each phase.
    const drifting: Link = {
      ...CALM,
      jitterMs: (at) => Math.round(50 + 5_950 * Math.max(0, 1 - Math.abs(at - 15 * MINUTE) / (5 * MINUTE))),
    };
    const runs: RecordedRun[] = [];
    for (let seed = 0; seed < 12; seed++) {
      const crashedAtMs = [6, 8, 24, 28][seed % 4]! * MINUTE + seed * 77;
      runs.push(record(seed, drifting, { fromMs: 0, untilMs: 30 * MINUTE, crashedAtMs }));
      runs.push(record(100 + seed, drifting, { fromMs: 0, untilMs: 30 * MINUTE }));
    }
    const adaptive = () =>
      adaptiveTimeout({ firstIntervalMs: 1_000, minTimeoutMs: 1_200, maxTimeoutMs: 20_000 });
    const timeouts = Array.from({ length: 60 }, (_, i) => 1_100 + i * 150);
    const curve = detectorTradeOff((timeoutMs) => fixedTimeout({ timeoutMs }), timeouts, runs);
    /** Fixed timeouts that are at least as good on both sides. */
    const atLeastAsGood = (chosen: TradeOff) =>
      curve.filter(
        ({ mistakes, meanDetectionMs }) =>
          mistakes <= chosen.mistakes && (meanDetectionMs ?? Infinity) <= (chosen.meanDetectionMs ?? 0),
      );
    const [chosen] = detectorTradeOff(adaptive, [0], runs);
    expect(chosen!.missed).toBe(0);
    expect(atLeastAsGood(chosen!)).toEqual([]);
    // A long lease is no answer to drift: many fixed timeouts do as well and find crashes sooner.
    const [lease] = detectorTradeOff(() => leaseDetector({ leaseMs: 20_000, maxDriftPpm: 200 }), [0], runs);
    expect(atLeastAsGood(lease!).length).toBeGreaterThan(0);
  });

  test('S2.10 the four answers to "is it dead" on one recording, as a table', () => {
    const link: Link = { ...CALM, jitterMs: () => 300, lossPercent: 5, pauses: [[200_000, 206_000]] };
    const run = record(10, link, { fromMs: 0, untilMs: 20 * MINUTE, crashedAtMs: 15 * MINUTE + 400 });
    const detectors = [
      fixedTimeout({ timeoutMs: 5_000 }),
      adaptiveTimeout({ firstIntervalMs: 1_000, minTimeoutMs: 1_200, maxTimeoutMs: 20_000 }),
      phiAccrual({ model: 'normal', threshold: 8, firstIntervalMs: 1_000 }),
      phiAccrual({ model: 'exponential', threshold: 8, firstIntervalMs: 1_000 }),
      leaseDetector({ leaseMs: 10_000, maxDriftPpm: 200 }),
    ] as readonly FailureDetector<unknown>[];
    const table = detectors.map((detector) => {
      const quality = measureDetector(detector, run.arrivals, run.truth);
      expect(quality.complete).toBe(true);
      return `${quality.detector}: ${Math.round(quality.detectionMs ?? -1)} ms, ${quality.mistakes} mistakes`;
    });
    expect(table).toMatchInlineSnapshot(`
      [
        "fixed 5000 ms: 4670 ms, 1 mistakes",
        "adaptive mean + 4 deviations: 1311 ms, 30 mistakes",
        "phi normal 8: 2066 ms, 2 mistakes",
        "phi exponential 8: 19037 ms, 0 mistakes",
        "lease 10000 ms: 9674 ms, 0 mistakes",
      ]
    `);
  });
});

describe('classes of failure detectors', () => {
  const link: Link = { ...CALM, pauses: [[60_000, 64_000]] };
  const names = ['N1', 'N2', 'N3'];

  function pairs<S>(detector: FailureDetector<S>, options: { deaf?: readonly string[] } = {}): WatchedPair[] {
    return names.flatMap((observer, i) =>
      names
        .filter((target) => target !== observer)
        .map((target) => {
          const crashed = target === 'N3' ? { crashedAtMs: 5 * MINUTE } : {};
          const truth = { fromMs: 0, untilMs: 10 * MINUTE, ...crashed };
          // A pause of the target is seen by all its observers; N1 never pauses.
          const run = record(i, target === 'N1' ? CALM : link, truth);
          const never: FailureDetector<unknown> = fixedTimeout({ timeoutMs: 1e9 });
          const used = options.deaf?.includes(observer) ? never : (detector as FailureDetector<unknown>);
          return { observer, target, quality: measureDetector(used, run.arrivals, run.truth) };
        }),
    );
  }

  test('S4.28 the same run shows P, S, eventually P or nothing, by the timeout', () => {
    const judge = (timeoutMs: number) =>
      classifyDetectors(pairs(fixedTimeout({ timeoutMs })), ['N3'], 5 * MINUTE);
    expect(judge(10_000)).toEqual({ completeness: 'strong', accuracy: 'strong', class: 'P' });
    expect(judge(3_000)).toEqual({ completeness: 'strong', accuracy: 'weak', class: 'S' });
    expect(judge(900)).toEqual({ completeness: 'strong', accuracy: 'none', class: null });
    expect(judge(1e8)).toEqual({ completeness: 'none', accuracy: 'strong', class: null });
  });

  test('S4.28 eventual accuracy: mistakes before the stabilisation do not count', () => {
    const everyone = pairs(fixedTimeout({ timeoutMs: 3_000 })).map((pair) =>
      pair.target === 'N1'
        ? { ...pair, quality: { ...pair.quality, mistakes: 1, lastMistakeMs: 61_000 } }
        : pair,
    );
    expect(classifyDetectors(everyone, ['N3'], 5 * MINUTE).class).toBe('<>P');
    expect(classifyDetectors(everyone, ['N3'], 62_000).class).toBe('<>S');
    expect(classifyDetectors(everyone, ['N3'], 30_000).class).toBe(null);
  });

  test('S4.28 weak completeness: one observer that never suspects', () => {
    const report = classifyDetectors(pairs(fixedTimeout({ timeoutMs: 10_000 }), { deaf: ['N1'] }), ['N3'], 0);
    expect(report).toEqual({ completeness: 'weak', accuracy: 'strong', class: 'Q' });
    const none = classifyDetectors(
      pairs(fixedTimeout({ timeoutMs: 10_000 }), { deaf: ['N1', 'N2'] }),
      ['N3'],
      0,
    );
    expect(none.completeness).toBe('none');
  });
});
