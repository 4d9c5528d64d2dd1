import { describe, expect, it } from 'vitest';
import { simulate } from '../../src/simulate/simulate.ts';
import {
  ASSUMPTION_PRESETS,
  assumedExperiment,
  type AssumptionPreset,
  COUNTED_ONCE,
  type Handler,
  KILL_SPAN_US,
  killedExperiment,
  POOL_PROMISE,
  poolExperiment,
  RENEWALS,
  SNAPSHOT_PROMISES,
  snapshotExperiment,
} from '../../src/subjects/incidents/index.ts';

describe('what is assumed of incidents', () => {
  const measured = (presets: readonly AssumptionPreset[], seed = 1): Readonly<Record<string, number>> => {
    const { metrics, status } = simulate(assumedExperiment(presets), seed);
    expect(status).toBe('holds');
    return metrics;
  };

  it('S3.4 each of four presets changes the quantity it names, and composed in any order they change all', () => {
    const mild = measured([]);
    const all = measured(ASSUMPTION_PRESETS);
    // Presets are applied to what is assumed: their order says nothing.
    expect(measured(ASSUMPTION_PRESETS.toReversed())).toEqual(all);
    for (const preset of ASSUMPTION_PRESETS) {
      const alone = measured([preset]);
      for (const name of preset.measures) {
        const [before, after, together] = [mild[name] ?? Number.NaN, alone[name] ?? 0, all[name] ?? 0];
        expect([preset.name, name, after > 1.5 * before + 0.5]).toEqual([preset.name, name, true]);
        expect([preset.name, name, together > 1.5 * before + 0.5]).toEqual([preset.name, name, true]);
      }
    }
    expect(ASSUMPTION_PRESETS.flatMap(({ measures }) => measures)).toHaveLength(7);
  });

  it('S3.4 what a preset does not name stays as it was: hot keys are no retries, retries no lost layer', () => {
    const mild = measured([]);
    const [retries, , hot] = ASSUMPTION_PRESETS;
    if (retries === undefined || hot === undefined) expect.fail('a preset is missing');
    for (const one of [retries, hot]) {
      const alone = measured([one]);
      for (const other of ASSUMPTION_PRESETS.filter((each) => each !== one))
        for (const name of other.measures)
          expect([one.name, name, Math.abs((alone[name] ?? 0) - (mild[name] ?? 0)) < 0.5]).toEqual([
            one.name,
            name,
            true,
          ]);
    }
  });
});

describe('functions without a server of their own', () => {
  /** Instants after the call, microseconds, at which a kill breaks the count. */
  function fatal(handler: Handler): number[] {
    const instants = Array.from({ length: KILL_SPAN_US / 400 + 1 }, (_, n) => n * 400);
    return instants.filter((us) =>
      simulate(killedExperiment(handler, us), 1).verdicts.some(
        ({ promise, status }) => promise === COUNTED_ONCE && status === 'violated',
      ),
    );
  }

  it('S2.38 an instance may be killed anywhere only if its handler keeps nothing and effects have a key', () => {
    expect(fatal('stateless')).toEqual([]);
    expect(fatal('stateless-without-key').length).toBeGreaterThan(1);
    expect(fatal('counts-in-memory').length).toBeGreaterThan(8);
    for (const handler of ['stateless', 'stateless-without-key', 'counts-in-memory'] as const)
      expect(simulate(killedExperiment(handler, undefined), 1).status).toBe('holds');
  });

  it('S2.38 one snapshot restored twice gives ids, random state and a lease twice, each of which is detected; made anew they are not', () => {
    const broken = (restored: 1 | 2, renews: readonly (typeof RENEWALS)[number][]): string[] =>
      simulate(snapshotExperiment(restored, renews), 1)
        .verdicts.filter(({ status }) => status === 'violated')
        .map(({ promise }) => promise);
    expect(broken(2, [])).toEqual(RENEWALS.map((each) => SNAPSHOT_PROMISES[each]));
    for (const forgotten of RENEWALS)
      expect(
        broken(
          2,
          RENEWALS.filter((each) => each !== forgotten),
        ),
      ).toEqual([SNAPSHOT_PROMISES[forgotten]]);
    expect([broken(2, RENEWALS), broken(1, [])]).toEqual([[], []]);
  });

  it('S2.38 a surge of instances exhausts the connections of a database, and does not behind a proxy', () => {
    const run = (
      hasProxy: boolean,
      surges: boolean,
    ): readonly [string, number | undefined, number | undefined] => {
      const { verdicts, metrics } = simulate(poolExperiment(hasProxy, surges), 1);
      const found = verdicts.find(({ promise }) => promise === POOL_PROMISE);
      return [found?.status ?? '', metrics['most connections'], metrics['calls without a connection']];
    };
    const [status, most, refused] = run(false, true);
    expect([status, most]).toEqual(['violated', 20]);
    expect(refused).toBeGreaterThan(300);
    const [held, few, none] = run(true, true);
    expect([held, none]).toEqual(['holds', 0]);
    expect(few).toBeLessThanOrEqual(10);
    expect(run(false, false)[0]).toBe('holds');
    expect(simulate(poolExperiment(false), 1).metrics['cold starts']).toBeGreaterThan(60);
  });
});
