import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DepthSearch } from '../../src/engine/depthFirst/depthSearch.ts';
import type { SearchDefect } from '../../src/engine/searchOptions.ts';
import {
  explorable,
  Exploration,
  explore,
  type ExploreOptions,
  type ExploreResult,
  type NamedModel,
  NAMED_MODELS,
  registerSystem,
  resolveBounds,
  SearchOrderError,
  shortenRun,
  singleDecreePaxos,
  twoPhaseCommit,
} from '../../src/index.ts';
import { COUNT_CASES, differences, exploreCase } from '../counts/cases.ts';
import { type RandomCore, type Reaction, tableCore } from '../engine/randomCore.ts';

const NODES = 2;
const STATES = 4;
const MESSAGES = 2;

const reaction: fc.Arbitrary<Reaction> = fc.record({
  next: fc.nat(STATES - 1),
  sends: fc.array(
    fc.record({
      to: fc.integer({ min: 1, max: NODES }),
      message: fc.nat(MESSAGES - 1),
      held: fc.constant(false),
    }),
    { maxLength: 2 },
  ),
  store: fc.constant(-1),
  arm: fc.boolean(),
  cancel: fc.constant(false),
  choice: fc.constantFrom(1, 1, 2),
});

const core: fc.Arbitrary<RandomCore> = fc.record({
  states: fc.constant(STATES),
  messages: fc.constant(MESSAGES),
  boot: reaction,
  reactions: fc.array(
    fc.array(fc.option(reaction, { freq: 4 }), { minLength: MESSAGES + 2, maxLength: MESSAGES + 2 }),
    { minLength: STATES, maxLength: STATES },
  ),
});

/** What a bounded search must not depend on. */
function found({ states, clipped, status, properties }: ExploreResult): unknown {
  return { states, clipped, status, properties: properties.map((property) => property.status) };
}

interface Sweep {
  readonly differing: number;
  readonly revisited: number;
}

/** Random systems within a few steps: depth first against breadth first. */
function sweep(runs: number, defect?: SearchDefect): Sweep {
  let [differing, revisited] = [0, 0];
  const systems = fc.tuple(
    fc.array(core, { minLength: NODES, maxLength: NODES }),
    fc.integer({ min: 1, max: 7 }),
  );
  for (const [tables, rounds] of fc.sample(systems, { seed: 11, numRuns: runs })) {
    const nodes = tables.map((table, i) => ({ id: i + 1, core: tableCore(table) }));
    const model = explorable<object, number, never, never>({ name: 'random cores', nodes });
    const bounds = { rounds, crashes: 1, inFlight: 4 };
    const expected = explore(model, bounds);
    const space = model.open(resolveBounds(bounds), { symmetry: true });
    const search = new DepthSearch(space, {
      exact: false,
      bits: 64,
      maxStates: Infinity,
      maxBytes: Infinity,
      maxSteps: rounds,
      stopAtViolation: true,
      defect,
    });
    while (search.advance(1_000));
    const unexpanded = expected.clipped['rounds'] ?? 0;
    if (search.states !== expected.states || search.unexpanded !== unexpanded) differing++;
    revisited += search.revisited;
  }
  return { differing, revisited };
}

describe('depth first', () => {
  it.each(COUNT_CASES.filter(({ size }) => size === 'small').map((known) => [known.name, known] as const))(
    'S3.23 visits the same states by the same steps: %s',
    (_, known) => {
      const result = exploreCase(known, { search: 'depth' });
      expect(differences(known, result)).toEqual([]);
      const { states, generated } = exploreCase(known);
      expect(result).toMatchObject({ states, generated, search: 'depth', revisited: 0, queued: 0 });
    },
  );

  it('S3.23 finds the same within a bound on steps, as states met by fewer steps are expanded again', () => {
    const { differing, revisited } = sweep(80);
    expect(differing).toBe(0);
    expect(revisited).toBeGreaterThan(100);
  });

  it('S3.23 is caught when it never expands a state again', () => {
    expect(sweep(80, 'never expands again').differing).toBeGreaterThan(5);
  });

  const modes: readonly [string, ExploreOptions][] = [
    ['64 bits', {}],
    ['96 bits', { fingerprintBits: 96 }],
    ['whole states', { exact: true }],
    ['no symmetry', { symmetry: false }],
  ];
  it.each(modes)('S3.23 finds the same within a bound on steps with %s', (_, options) => {
    for (const rounds of [0, 1, 5, 9, 17]) {
      const breadth = explore(twoPhaseCommit(4), { rounds }, { ...options, stopAtViolation: false });
      const depth = explore(
        twoPhaseCommit(4),
        { rounds },
        { ...options, stopAtViolation: false, search: 'depth' },
      );
      expect(found(depth)).toEqual(found(breadth));
    }
  });

  it('S3.23 goes on from a checkpoint, wherever it was interrupted, as if it never had been', () => {
    const model = explorable(
      registerSystem({ name: 'paxos', servers: 3, clients: 2, server: singleDecreePaxos }),
    );
    for (const [bounds, options] of [
      [{}, {}],
      [{ rounds: 12 }, { fingerprintBits: 96 }],
      [{}, { partialOrder: true }],
    ] as const) {
      const depth: ExploreOptions = { ...options, search: 'depth' };
      const whole = explore(model, bounds, depth);
      let exploration = new Exploration(model, bounds, depth);
      while (exploration.advance(1_777))
        exploration = new Exploration(model, bounds, depth, exploration.checkpoint());
      const { states, generated, properties, revisited } = exploration.result();
      expect({ states, generated, properties, revisited }).toEqual({
        states: whole.states,
        generated: whole.generated,
        properties: whole.properties,
        revisited: whole.revisited,
      });
    }
  });

  it('S3.23 a checkpoint of one order is refused by the other', () => {
    const model = explorable(twoPhaseCommit(5));
    const exploration = new Exploration(model, {}, { search: 'depth' });
    exploration.advance(50);
    const saved = exploration.checkpoint();
    expect(() => new Exploration(model, {}, {}, saved)).toThrow(
      /as its order of search differs: it has 'depth', asked for is 'breadth'/,
    );
  });

  it('S3.23 is refused where states are kept for one step only', () => {
    const depth = { search: 'depth', interning: 'never' } as const;
    const model = registerSystem({ name: 'paxos', servers: 3, clients: 2, server: singleDecreePaxos });
    expect(() => explore(model, {}, depth)).toThrow(SearchOrderError);
  });

  it('S3.23 needs less memory than breadth first, and says how far it came where it is stopped', () => {
    const model = registerSystem({ name: 'paxos', servers: 3, clients: 2, server: singleDecreePaxos });
    const depth = explore(model, {}, { search: 'depth' });
    expect(depth.bytes).toBeLessThan(explore(model, {}).bytes / 2);
    const stopped = explore(model, {}, { search: 'depth', maxStates: 1_000 });
    expect(stopped).toMatchObject({ end: 'states', status: 'undecided' });
    expect(stopped.reason).toMatch(
      /^stopped at the limit of states, 1,001 states: runs of up to \d\d steps were followed, \d+ states on the last of them were left$/,
    );
  });
});

describe('twins depth first', () => {
  const twins = NAMED_MODELS.filter(
    ({ kind, size, name }) => kind === 'broken' && size === 'short' && /^(raft|abd|commit|paxos)/.test(name),
  ).slice(0, 3);

  it.each(twins.map((model): [string, NamedModel] => [model.name, model]))(
    'S3.23 finds %s, and its run can be shortened',
    (_, { load, breaks }) => {
      const model = load();
      const { counterexample } = explore(model, undefined, { search: 'depth' });
      expect(counterexample?.property).toBe(breaks);
      const { property = '', steps = [] } = counterexample ?? {};
      const texts = steps.map(({ text }) => text);
      const short = shortenRun(model, model.bounds, { property, steps: texts }, 30);
      expect(short?.steps.length).toBeLessThanOrEqual(texts.length);
      const shortest = explore(model).counterexample?.steps.length ?? Infinity;
      expect(short?.steps.length).toBeGreaterThanOrEqual(shortest);
    },
  );

  it('S3.23 a run is shortened to one of which no step can be left out', () => {
    const model = explorable<object, number, never, never>({
      name: 'counters',
      nodes: [{ id: 1, core: tableCore(counting()) }],
      properties: [],
    });
    expect(shortenRun(model, {}, { property: 'none', steps: [] })).toBeUndefined();
    const { load } = NAMED_MODELS.find(({ name }) => name === 'raft-vote-not-persisted') as NamedModel;
    const twin = load();
    const found = explore(twin, undefined, { search: 'depth' }).counterexample;
    const steps = (found?.steps ?? []).map(({ text }) => text);
    const property = found?.property ?? '';
    const short = shortenRun(twin, twin.bounds, { property, steps });
    const texts = short?.steps.map(({ text }) => text) ?? [];
    expect(texts.length).toBeLessThan(steps.length);
    for (const left of texts.keys()) {
      const without = texts.filter((_, i) => i !== left);
      expect(shortenRun(twin, twin.bounds, { property, steps: without }, 0)).toBeUndefined();
    }
  });
});

/** A node that only waits. */
function counting(): RandomCore {
  const nothing = { next: 0, sends: [], store: -1, arm: false, cancel: false, choice: 1 };
  return { states: 1, messages: 1, boot: nothing, reactions: [[null, null, null]] };
}
