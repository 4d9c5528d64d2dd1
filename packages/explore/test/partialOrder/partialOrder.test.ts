import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bounds,
  type CoreModel,
  type CoreProperty,
  Exploration,
  explorable,
  explore,
  type ExploreResult,
  type NamedModel,
  NAMED_MODELS,
  ofNodes,
  PartialOrderError,
  type PartialOrderDefect,
  singleDecreePaxos,
  registerSystem,
  twoPhaseCommit,
} from '../../src/index.ts';
import { type RandomCore, type Reaction, tableCore } from '../engine/randomCore.ts';

const NODES = 3;
const STATES = 3;
const MESSAGES = 3;
const MOST = 3_000;

/** What a search finds with the reduction whole, broken, or off. */
function found(
  model: CoreModel<number, never, never>,
  bounds: Bounds,
  partialOrder: boolean,
  partialOrderDefect?: PartialOrderDefect,
): ExploreResult {
  const whole = explorable(model, bounds);
  const defect = partialOrderDefect === undefined ? {} : { partialOrderDefect };
  const system: typeof whole = {
    ...whole,
    open: (within, options) => whole.open(within, { ...options, ...defect }),
  };
  const options = { partialOrder, stopAtViolation: false, maxStates: MOST };
  const exploration = new Exploration(system, bounds, options);
  while (exploration.advance(MOST));
  return exploration.result();
}

function statuses({ properties }: ExploreResult): Record<string, string> {
  return Object.fromEntries(properties.map(({ name, status }) => [name, status]));
}

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
    store: fc.integer({ min: -4, max: 0 }).map((value) => Math.max(-1, value)),
    arm: fc.boolean(),
    cancel: fc.constant(false),
    choice: fc.constantFrom(1, 1, 1, 2),
  });

const core: fc.Arbitrary<RandomCore> = fc.record({
  states: fc.constant(STATES),
  messages: fc.constant(MESSAGES),
  boot: reaction(2),
  reactions: fc.array(
    fc.array(fc.option(reaction(1), { freq: 3 }), { minLength: MESSAGES + 2, maxLength: MESSAGES + 2 }),
    { minLength: STATES, maxLength: STATES },
  ),
});

/** Messages lead to messages of lower numbers only, and what stores happens once: then runs end. */
function ending(table: RandomCore): RandomCore {
  const reactions = table.reactions.map((row) =>
    row.map((r, event) => {
      if (r === null || event === MESSAGES) return r;
      const sends = event < MESSAGES ? r.sends.filter(({ message }) => message < event) : [];
      return { ...r, sends, store: -1, arm: false };
    }),
  );
  return { ...table, reactions };
}

/** Promises of each kind over two of the nodes, or over all. */
const promises: fc.Arbitrary<readonly CoreProperty<number>[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('always' as const, 'reachable' as const, 'terminal' as const),
      nodes: fc.constantFrom([0, 1], [1, 2], [0, 2], [0, 1, 2]),
      at: fc.nat(STATES - 1),
      other: fc.nat(STATES - 1),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((drafts) =>
    drafts.map(({ kind, nodes, at, other }, i) =>
      ofNodes<{ at: number }, number>({
        name: `${kind} ${i}`,
        kind,
        // What a promise does not look at it cannot tell apart.
        view: ({ node, state }) => ((nodes as readonly number[]).includes(node - 1) ? (state?.at ?? -1) : -2),
        holds: (views) => {
          const [first, ...rest] = nodes.map((node) => views[node] as number);
          const met = first === at && rest.every((view) => view === other);
          return kind === 'reachable' ? met : !met;
        },
      }),
    ),
  );

const bounds: fc.Arbitrary<Bounds> = fc.record({
  crashes: fc.constantFrom(0, 0, 1),
  drops: fc.constantFrom(0, 0, 1, Infinity),
  duplicates: fc.constantFrom(0, 0, 1),
  timers: fc.constant({ '*': 1 }),
  storage: fc.constantFrom('separate' as const, 'at-once' as const),
});

interface Sweep {
  readonly compared: number;
  readonly differing: number;
  readonly times: number;
}

/** Compares random systems with and without. */
function sweep(runs: number, defect?: PartialOrderDefect): Sweep {
  let [compared, differing, whole, left] = [0, 0, 0, 0];
  const tables = fc.array(core, { minLength: NODES, maxLength: NODES });
  for (const [cores, within, properties] of fc.sample(fc.tuple(tables, bounds, promises), {
    seed: 47,
    numRuns: runs,
  })) {
    const nodes = cores.map((table, i) => ({ id: i + 1, core: tableCore(ending(table)) }));
    const model: CoreModel<number, never, never> = { name: 'random cores', nodes, properties };
    const full = found(model, within, false);
    if (full.end !== 'complete') continue;
    const reduced = found(model, within, true, defect);
    compared++;
    whole += full.states;
    left += reduced.states;
    if (JSON.stringify(statuses(full)) !== JSON.stringify(statuses(reduced))) differing++;
    // One difference is enough to show a defect.
    if (defect !== undefined && differing > 0) break;
  }
  return { compared, differing, times: whole / left };
}

describe('partial-order reduction', () => {
  it('S3.23 keeps the verdict of every promise of random cores, from fewer states', () => {
    const { compared, differing, times } = sweep(120);
    expect(differing).toBe(0);
    expect(compared).toBeGreaterThan(60);
    expect(times).toBeGreaterThan(1.03);
  });

  it('S3.23 is caught when it ignores what promises see', () => {
    expect(sweep(400, 'ignores what promises see').differing).toBeGreaterThan(0);
  });

  it('S3.23 is caught when it ignores messages to come', () => {
    expect(sweep(400, 'ignores messages to come').differing).toBeGreaterThan(0);
  });

  const small = NAMED_MODELS.filter(({ name }) =>
    /^(register-|raft-(election-crash|joint)|abd-(writers|no-wr|tags)|commit-(three-phase$|aborts|consensus)|pbft-two|delivery-at-most|multi-paxos$)/.test(
      name,
    ),
  ).filter(({ size }) => size === 'short');

  it.each(small.map((model): [string, NamedModel] => [model.name, model]))(
    'S3.23 keeps the verdicts of %s',
    (_, { load }) => {
      const options = { symmetry: false, stopAtViolation: false };
      const whole = explore(load(), undefined, options);
      const reduced = explore(load(), undefined, { ...options, partialOrder: true });
      expect(statuses(reduced)).toEqual(statuses(whole));
      expect(reduced.states).toBeLessThanOrEqual(whole.states);
      expect(reduced.end).toBe('complete');
    },
  );

  it('S3.23 leaves out at least a third of the states of a register on Paxos', () => {
    const model = registerSystem({ name: 'paxos', servers: 3, clients: 2, server: singleDecreePaxos });
    const { states, reason, partialOrder } = explore(model, {}, { partialOrder: true });
    expect(partialOrder).toBe(true);
    expect(states).toBeLessThan((16_668 * 2) / 3);
    expect(reason).toBe(
      `all ${states.toLocaleString('en-US')} states that partial order leaves were visited`,
    );
  });

  it('S3.23 is refused where it would not be sound', () => {
    const model = registerSystem({ name: 'paxos', servers: 3, clients: 2, server: singleDecreePaxos });
    const reduced = { partialOrder: true };
    expect(() => explore(model, { inFlight: 3 }, reduced)).toThrow(PartialOrderError);
    expect(() => explore(model, { rounds: 3 }, reduced)).toThrow(/a bound on steps/);
    expect(() => explore({ ...model, network: 'ordered' }, {}, reduced)).toThrow(/keep their order/);
    expect(() => explore(twoPhaseCommit(3), {}, reduced)).toThrow(/is known of cores only/);
  });
});
