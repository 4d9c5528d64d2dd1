import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Bounds, type CoreModel, explore } from '../../src/index.ts';
import { naiveCounts } from './naive.ts';
import { type RandomCore, type Reaction, tableCore } from './randomCore.ts';

const NODES = 2;
const STATES = 3;
const MESSAGES = 2;

/** Stores and timers are rare, and sends few, so that spaces stay small. */
const reaction = (maxSends: number): fc.Arbitrary<Reaction> =>
  fc.record({
    next: fc.nat(STATES - 1),
    sends: fc.array(
      fc.record({
        to: fc.integer({ min: 1, max: NODES }),
        message: fc.nat(MESSAGES - 1),
        held: fc.boolean(),
      }),
      { maxLength: maxSends },
    ),
    store: fc.integer({ min: -3, max: 1 }).map((value) => Math.max(-1, value)),
    arm: fc.integer({ min: 0, max: 3 }).map((value) => value === 0),
    cancel: fc.integer({ min: 0, max: 5 }).map((value) => value === 0),
    choice: fc.integer({ min: 0, max: 4 }).map((value) => (value > 2 ? value - 1 : 1)),
  });

const core: fc.Arbitrary<RandomCore> = fc.record({
  states: fc.constant(STATES),
  messages: fc.constant(MESSAGES),
  boot: reaction(2),
  reactions: fc.array(
    fc.array(fc.option(reaction(1), { freq: 2 }), { minLength: MESSAGES + 2, maxLength: MESSAGES + 2 }),
    { minLength: STATES, maxLength: STATES },
  ),
});

const bounds: fc.Arbitrary<Bounds> = fc.record({
  crashes: fc.nat(1),
  timeouts: fc.nat(2),
  drops: fc.nat(1),
  duplicates: fc.nat(1),
  inFlight: fc.constant(3),
  timers: fc.constantFrom({}, { tick: 1 }, { '*': 1 }),
  storage: fc.constantFrom('separate' as const, 'at-once' as const),
});

const network = fc.constantFrom('unordered' as const, 'unordered-duplicating' as const, 'ordered' as const);

function modelOf(
  cores: readonly RandomCore[],
  kind: CoreModel<number, never, never>['network'],
): CoreModel<number, never, never> {
  return {
    name: 'random cores',
    nodes: cores.map((table, i) => ({ id: i + 1, core: tableCore(table) })),
    ...(kind === undefined ? {} : { network: kind }),
  };
}

/** Stores are numbered without end, so only what happens a bounded number of times may store: starts and timers. */
function withBoundedStores(table: RandomCore): RandomCore {
  const reactions = table.reactions.map((row) =>
    row.map((r, event) => (r === null || event === MESSAGES ? r : { ...r, store: -1 })),
  );
  return { ...table, reactions };
}

describe('exploration of cores against the plainest one', () => {
  it('S3.23 random cores have the same states, steps and depth', () => {
    let states = 0;
    fc.assert(
      fc.property(
        fc.array(core, { minLength: NODES, maxLength: NODES }),
        bounds,
        network,
        (tables, limits, kind) => {
          const model = modelOf(tables.map(withBoundedStores), kind);
          const expected = naiveCounts(model, limits);
          for (const exact of [false, true]) {
            const found = explore(model, limits, { exact });
            expect(found).toMatchObject(expected);
          }
          states += expected.states;
        },
      ),
      { seed: 31, numRuns: 60 },
    );
    expect(states).toBeGreaterThan(5_000);
  });
});
