import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Bounds,
  type CoreModel,
  Exploration,
  explorable,
  explore,
  type ExploreResult,
  type NamedModel,
  NAMED_MODELS,
  PartialOrderError,
  type PartialOrderDefect,
  singleDecreePaxos,
  registerSystem,
  twoPhaseCommit,
} from '../../src/index.ts';
import { tableCore } from '../engine/randomCore.ts';
import { bounds, core, ending, NODES, promises } from './systems.ts';

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
