import { describe, expect, it } from 'vitest';
import {
  classifyDetectors,
  type DetectorReport,
  measureSuspicions,
  type Suspicion,
  type WatchedPair,
} from '../../src/detectors/index.ts';
import {
  type MemberStatus,
  swim,
  type SwimCommand,
  type SwimMessage,
  type SwimOptions,
  type SwimResult,
  type SwimState,
} from '../../src/swim/index.ts';
import { Dice } from '../raft/chaos.ts';
import { CoreGroup } from '../support/coreGroup.ts';
import { lineFit } from '../support/growth.ts';
import { TimedGroup } from '../support/timedGroup.ts';

const SIZES = [8, 16, 32, 64, 128, 256, 512, 1024];
const upTo = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);
const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

interface InStep {
  /** Periods until somebody accused the member that stopped, and until all held it at least suspect. */
  readonly accusedAfter: number;
  readonly knownAfter: number;
  /** Messages a member sent in a period in which nothing was wrong. */
  readonly load: number;
}

/** All members in step, period by period; the last one stops after the first. */
function inStep(n: number, seed: number): InStep {
  const core = swim({ nodes: upTo(n), syncEvery: 0 });
  const group = new CoreGroup<SwimState, SwimMessage, SwimCommand, SwimResult>(core, upTo(n));
  const dice = new Dice(seed);
  group.chooser = (_, among): number => dice.below(among);
  let sent = 0;
  let accusedAfter = 0;
  let known = 0;
  let periods = 0;
  group.passes = (): boolean => ++sent > 0;
  group.onNote = (_, kind, data): void => {
    if (kind === 'accuses' && accusedAfter === 0) accusedAfter = periods;
    if (kind === 'opinion' && (data as { status: MemberStatus }).status === 'suspect') known++;
  };
  const period = (): void => {
    for (const id of group.ids) group.fire(id, 'period');
    group.settle();
    for (const id of group.ids) group.fire(id, 'ack');
    group.settle();
  };
  period();
  const load = sent / n;
  group.crash(n);
  for (; known < n - 1; periods++) period();
  return { accusedAfter, knownAfter: periods, load };
}

interface Slow {
  readonly nodes: number;
  readonly options?: Partial<SwimOptions>;
  readonly seed: number;
  /** What counts as suspected: a suspicion, or only a death. Default suspect. */
  readonly from?: 'suspect' | 'dead';
}

interface Measured {
  readonly report: DetectorReport;
  readonly detectionMs: number;
  /** When a member that lived was suspected last. */
  readonly lastMistakeMs: number;
  /** Healthy members held dead by somebody. */
  readonly falseDeaths: number;
}

const END_MS = 20_000;
const CRASH_MS = 12_000;

/** Members in time: the second and third are slow for two seconds of four, up to 10 s; the first stops at 12 s. */
function measured({ nodes: n, options = {}, seed, from = 'suspect' }: Slow): Measured {
  const nodes = upTo(n);
  const core = swim({ ...options, nodes });
  let now = (): number => 0;
  const isSlow = (id: number): boolean => (id === 2 || id === 3) && now() < 10_000 && now() % 4_000 >= 2_000;
  const group = new TimedGroup<SwimState, SwimMessage, SwimCommand, SwimResult>(core, nodes, {
    seed,
    latencyMs: (from, to) => (isSlow(from) || isSlow(to) ? 120 : 1),
    diskMs: 1,
  });
  now = (): number => group.nowMs;
  const open = new Map<string, number>();
  const stretches = new Map<string, Suspicion[]>();
  let falseDeaths = 0;
  group.onNote = (id, kind, data, atMs): void => {
    if (kind !== 'opinion') return;
    const { member, status } = data as { member: number; status: MemberStatus };
    const pair = `${id}/${member}`;
    if (status === 'dead' && member > 3) falseDeaths++;
    const fromMs = open.get(pair);
    if (status === 'dead' || status === from) open.set(pair, fromMs ?? atMs);
    else if (status === 'alive' && fromMs !== undefined) {
      open.delete(pair);
      stretches.set(pair, [...(stretches.get(pair) ?? []), { fromMs, untilMs: atMs }]);
    }
  };
  group.at(CRASH_MS, () => group.crash(1));
  group.run(END_MS);
  const pairs = nodes.flatMap((observer) =>
    nodes
      .filter((target) => target !== observer)
      .map((target): WatchedPair => {
        const pair = `${observer}/${target}`;
        const last = open.get(pair);
        const lasting = last === undefined ? [] : [{ fromMs: last, untilMs: END_MS }];
        const truth = { fromMs: 0, untilMs: END_MS, ...(target === 1 ? { crashedAtMs: CRASH_MS } : {}) };
        const quality = measureSuspicions('swim', [...(stretches.get(pair) ?? []), ...lasting], truth);
        return { observer: String(observer), target: String(target), quality };
      }),
  );
  const times = pairs.flatMap(({ quality }) => quality.detectionMs ?? []);
  const mistakes = pairs.flatMap(({ quality }) => quality.lastMistakeMs ?? []);
  const report = classifyDetectors(pairs, ['1'], CRASH_MS);
  return { report, detectionMs: mean(times), lastMistakeMs: Math.max(0, ...mistakes), falseDeaths };
}

describe('the quality of SWIM', () => {
  it('S4.20 S4.30 of 8 to 1,024 members all hear of a failure in a time that grows as the logarithm, at a load that does not grow', () => {
    const runs = SIZES.map((n) => [1, 2, 3].slice(n > 64 ? 2 : 0).map((seed) => inStep(n, seed)));
    const spread = runs.map((some) =>
      mean(some.map(({ accusedAfter, knownAfter }) => knownAfter - accusedAfter)),
    );
    const logarithms = SIZES.map((n) => Math.log2(n));
    expect(lineFit(logarithms, spread)).toBeGreaterThan(0.7);
    expect(lineFit(logarithms, spread)).toBeGreaterThan(lineFit(SIZES, spread));
    expect(Math.max(...spread)).toBeLessThan(14);
    // One ping and one answer, where heartbeats to everybody take n - 1 messages.
    for (const { load } of runs.flat()) expect(load).toBe(2);
  });

  it('S4.30 the first accusation comes within the expected number of periods: 1 / (1 - 1/e), and one to wait for the answer', () => {
    const n = 40;
    const waits = Array.from({ length: 60 }, (_, seed) => inStep(n, seed + 1).accusedAfter);
    const expected = 1 / (1 - (1 - 1 / (n - 1)) ** (n - 1));
    expect(mean(waits)).toBeGreaterThan(expected - 0.35);
    expect(mean(waits)).toBeLessThan(expected + 0.35);
    expect(Math.max(...waits)).toBeLessThanOrEqual(2 * n);
  });

  it('S4.28 S4.30 is complete and in the end accurate; catalogue 104: Lifeguard accuses fewer healthy members when some are slow', () => {
    const total = (options: Partial<SwimOptions>): { deaths: number; detectionMs: number } => {
      const runs = [1, 2, 3].map((seed) => measured({ nodes: 24, seed, options }));
      for (const { report, lastMistakeMs } of runs) {
        expect(report.completeness).toBe('strong');
        expect(['<>P', 'S']).toContain(report.class);
        // They are slow until 10 s.
        expect(lastMistakeMs).toBeLessThan(CRASH_MS);
      }
      return {
        deaths: runs.reduce((sum, { falseDeaths }) => sum + falseDeaths, 0),
        detectionMs: mean(runs.map(({ detectionMs }) => detectionMs)),
      };
    };
    const plain = total({ lifeguard: false });
    const lifeguard = total({});
    expect(lifeguard.deaths).toBeLessThan(plain.deaths / 10);
    expect(lifeguard.detectionMs).toBeLessThan(1_000);
  });

  it('S4.28 a longer suspicion gives a dead member up later, and fewer of those that live', () => {
    const curve = [1, 2, 4].map((suspicionFactor) => {
      const options = { suspicionFactor, lifeguard: false };
      return measured({ nodes: 20, seed: 5, options, from: 'dead' });
    });
    const ascending = (values: readonly number[]): boolean =>
      values.every((value, i) => i === 0 || value >= (values[i - 1] as number));
    expect(ascending(curve.map(({ detectionMs }) => detectionMs))).toBe(true);
    expect(ascending(curve.map(({ falseDeaths }) => -falseDeaths))).toBe(true);
    expect(curve[0]?.falseDeaths).toBeGreaterThan(10);
  });
});
