import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bounds,
  type CoreModel,
  explore,
  type ExploreResult,
  type GrowingBound,
  GrowingBounds,
  NAMED_MODELS,
} from '../../src/index.ts';
import { tableCore } from '../engine/randomCore.ts';
import { core, ending } from '../partialOrder/systems.ts';

/** All bounds that are given out when searches say that some of them held them back. */
function given(growing: readonly GrowingBound[], cuts: (bounds: Bounds) => readonly string[]): Bounds[] {
  const growth = new GrowingBounds({}, growing);
  const all: Bounds[] = [];
  for (let bounds = growth.next(); bounds !== undefined && all.length < 50; bounds = growth.next()) {
    all.push(bounds);
    growth.tell(cuts(bounds));
  }
  return all;
}

const BOTH: readonly GrowingBound[] = [
  { name: 'crashes', from: 0, to: 2 },
  { name: 'timers.tick', from: 1, to: 2 },
];

describe('bounds that grow', () => {
  it('S3.23 the smaller ones come first, each pair once', () => {
    const pairs = given(BOTH, () => ['crashes', 'timers.tick']).map(
      ({ crashes, timers }) => `${crashes} ${timers?.['tick']}`,
    );
    expect(pairs).toEqual(
      ['0 1', '1 1', '0 2', '2 1', '1 2', '2 2'].sort((a, b) => sum(a) - sum(b) || order(b, a)),
    );
  });

  it('S3.23 a bound that held nothing back is not raised', () => {
    expect(given(BOTH, () => ['timers.tick'])).toEqual([
      { crashes: 0, timers: { tick: 1 } },
      { crashes: 0, timers: { tick: 2 } },
    ]);
    expect(given([{ name: 'rounds', from: 1, to: Infinity }], () => [])).toEqual([{ rounds: 1 }]);
    const endless = given([{ name: 'rounds', from: 1, to: Infinity }], ({ rounds = 0 }) =>
      rounds < 7 ? ['rounds'] : [],
    );
    expect(endless).toHaveLength(7);
  });

  it('S3.23 what is said not to hold back makes no difference when it is larger, in random cores', () => {
    const names = ['crashes', 'timeouts', 'drops', 'duplicates', 'inFlight', 'rounds', 'timers.*'] as const;
    const systems = fc.tuple(
      fc.array(core, { minLength: 2, maxLength: 2 }),
      fc.constantFrom(...names),
      fc.nat(6),
      fc.constantFrom('separate' as const, 'at-once' as const),
    );
    let [same, more] = [0, 0];
    for (const [tables, name, value, storage] of fc.sample(systems, { seed: 3, numRuns: 70 })) {
      const nodes = tables.map((table, i) => ({ id: i + 1, core: tableCore(ending(table)) }));
      const model: CoreModel<number, never, never> = { name: 'random cores', nodes };
      const within = (times: number): Bounds => {
        const fixed: Bounds = { timers: { '*': 1 }, storage };
        return name === 'timers.*' ? { ...fixed, timers: { '*': times } } : { ...fixed, [name]: times };
      };
      const at = explore(model, within(value));
      const above = explore(model, within(value + 1));
      const sizes = ({ states, generated }: ExploreResult): number[] => [states, generated];
      if (at.cuts.includes(name)) more += sizes(at).join() === sizes(above).join() ? 0 : 1;
      else {
        expect(sizes(above), `${name} ${value}`).toEqual(sizes(at));
        same++;
      }
    }
    expect(same).toBeGreaterThan(10);
    expect(more).toBeGreaterThan(10);
  });

  it('S3.23 is caught when it takes bounds that held back for ones that did not', () => {
    const model = NAMED_MODELS.find(({ name }) => name === 'raft-no-up-to-date-check')?.load();
    if (model === undefined) throw new Error('no such model');
    const last = (cutsOf: (result: ExploreResult) => readonly string[]): string => {
      const growth = new GrowingBounds(model.bounds, [{ name: 'rounds', from: 1, to: 9 }]);
      let status = '';
      for (
        let bounds = growth.next();
        bounds !== undefined && status !== 'violated';
        bounds = growth.next()
      ) {
        const result = explore(model, bounds);
        growth.tell(cutsOf(result));
        ({ status } = result);
      }
      return status;
    };
    expect(last(({ cuts }) => cuts)).toBe('violated');
    expect(last(() => [])).toBe('holds');
  });
});

function sum(pair: string): number {
  return pair.split(' ').reduce((total, value) => total + Number(value), 0);
}

function order(a: string, b: string): number {
  return a < b ? -1 : 1;
}
