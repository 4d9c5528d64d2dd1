import fc from 'fast-check';
import { encodePlain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import { DynamicSearch } from '../../src/engine/partialOrder/dynamicSearch.ts';
import {
  type Bounds,
  type CoreModel,
  type CoreProperty,
  explorable,
  Exploration,
  explore,
  type ExploreResult,
  type NamedModel,
  NAMED_MODELS,
  PartialOrderError,
  type PartialOrderDefect,
  registerSystem,
  resolveBounds,
  singleDecreePaxos,
  twoPhaseCommit,
} from '../../src/index.ts';
import { type RandomCore, tableCore } from '../engine/randomCore.ts';
import { everyRun } from './everyRun.ts';
import { bounds, core, ending, NODES, promises } from './systems.ts';

type System = CoreModel<number, never, never>;

const finite: fc.Arbitrary<Bounds> = bounds.map((within) => ({
  ...within,
  drops: within.drops === 0 ? 0 : 1,
}));

function systemOf(tables: readonly RandomCore[], properties: readonly CoreProperty<number>[]): System {
  const nodes = tables.map((table, i) => ({ id: i + 1, core: tableCore(ending(table)) }));
  return { name: 'random cores', nodes, properties };
}

interface Runs {
  readonly complete: number;
  readonly blocked: number;
  readonly ends: ReadonlySet<string>;
}

/** What dynamic reduction finds of a system's runs; undefined where there are too many. */
function reduced(system: System, within: Bounds, defect?: PartialOrderDefect): Runs | undefined {
  const space = explorable(system).open(resolveBounds(within), {
    symmetry: false,
    partialOrder: 'dynamic',
    ...(defect === undefined ? {} : { partialOrderDefect: defect }),
  });
  if (space.dependence === undefined) throw new Error('no dependence');
  const ends = new Set<string>();
  const options = {
    exact: false,
    bits: 64,
    maxStates: 60_000,
    maxBytes: Infinity,
    maxSteps: Infinity,
  } as const;
  const search = new DynamicSearch(space, space.dependence, { ...options, stopAtViolation: false }, (words) =>
    ends.add(encodePlain(space.show(words, 0, words.length))),
  );
  while (search.advance(1_000));
  return search.end === 'complete' ? { complete: search.complete, blocked: search.blocked, ends } : undefined;
}

interface Sweep {
  readonly compared: number;
  readonly differing: number;
  readonly runs: number;
  readonly traces: number;
  readonly blocked: number;
}

/** Random systems: the runs that are left against all of them. */
function sweep(count: number, defect?: PartialOrderDefect): Sweep {
  let [compared, differing, runs, traces, blocked] = [0, 0, 0, 0, 0];
  const systems = fc.tuple(fc.array(core, { minLength: NODES, maxLength: NODES }), finite);
  for (const [tables, within] of fc.sample(systems, { seed: 5, numRuns: count })) {
    const system = systemOf(tables, []);
    const all = everyRun(explorable(system), within, 400);
    const left = all === undefined ? undefined : reduced(system, within, defect);
    if (all === undefined || left === undefined) continue;
    compared++;
    runs += all.runs;
    traces += all.traces.size;
    blocked += left.blocked;
    const sameEnds = left.ends.size === all.ends.size && [...all.ends].every((end) => left.ends.has(end));
    if (left.complete !== all.traces.size || !sameEnds) differing++;
    if (defect !== undefined && differing > 0) break;
  }
  return { compared, differing, runs, traces, blocked };
}

function statuses({ properties }: ExploreResult): Record<string, string> {
  return Object.fromEntries(properties.map(({ name, status }) => [name, status]));
}

/** Random systems with promises: how many come out differently. */
function differingVerdicts(
  count: number,
  defect?: PartialOrderDefect,
): { compared: number; differing: number } {
  let [compared, differing] = [0, 0];
  const systems = fc.tuple(fc.array(core, { minLength: NODES, maxLength: NODES }), finite, promises);
  for (const [tables, within, properties] of fc.sample(systems, { seed: 23, numRuns: count })) {
    const whole = explorable(systemOf(tables, properties), within);
    const system: typeof whole = {
      ...whole,
      open: (opened, options) =>
        whole.open(opened, { ...options, ...(defect === undefined ? {} : { partialOrderDefect: defect }) }),
    };
    const full = explore(whole, within, { stopAtViolation: false, maxStates: 300 });
    if (full.end !== 'complete') continue;
    const options = { partialOrder: 'dynamic', stopAtViolation: false, maxStates: 4_000 } as const;
    const exploration = new Exploration(system, within, options);
    while (exploration.advance(5_000));
    const left = exploration.result();
    if (left.end !== 'complete') continue;
    compared++;
    if (JSON.stringify(statuses(full)) !== JSON.stringify(statuses(left))) differing++;
    if (defect !== undefined && differing > 0) break;
  }
  return { compared, differing };
}

describe('dynamic partial order', () => {
  it('S3.23 follows each run of random cores once up to order, and misses no end', () => {
    const { compared, differing, runs, traces } = sweep(45);
    expect(differing).toBe(0);
    expect(compared).toBeGreaterThan(15);
    expect(runs).toBeGreaterThan(2 * traces);
  });

  it('S3.23 is caught when it takes deliveries to one node for independent', () => {
    expect(sweep(60, 'ignores hosts').differing).toBeGreaterThan(0);
  });

  it('S3.23 is caught when it ignores messages to come', () => {
    expect(sweep(60, 'ignores messages to come').differing).toBeGreaterThan(0);
  });

  it('S3.23 keeps the verdict of every promise of random cores', () => {
    const { compared, differing } = differingVerdicts(40);
    expect(differing).toBe(0);
    expect(compared).toBeGreaterThan(15);
  });

  it('S3.23 is caught when it ignores what promises see', () => {
    expect(differingVerdicts(300, 'ignores what promises see').differing).toBeGreaterThan(0);
  });

  const small = NAMED_MODELS.filter(({ name }) =>
    /^(raft-ack-on-append|abd-no-write-back|raft-local-read)$/.test(name),
  );

  it.each(small.map((model): [string, NamedModel] => [model.name, model]))(
    'S3.23 finds what breaks %s',
    (_, { load, breaks }) => {
      const { counterexample, reduction, runs } = explore(load(), undefined, { partialOrder: 'dynamic' });
      expect(counterexample?.property).toBe(breaks);
      expect(reduction).toBe('dynamic');
      expect(runs?.complete).toBeGreaterThanOrEqual(0);
    },
  );

  it('S3.23 is refused where it would not be sound, or would not end', () => {
    const model = registerSystem({ name: 'paxos', servers: 3, clients: 2, server: singleDecreePaxos });
    const dynamic = { partialOrder: 'dynamic' } as const;
    expect(() => explore(model, { inFlight: 3 }, dynamic)).toThrow(PartialOrderError);
    expect(() => explore(twoPhaseCommit(3), {}, dynamic)).toThrow(/is known of cores only/);
    expect(() => explore({ ...model, network: 'unordered-duplicating' }, {}, dynamic)).toThrow(
      /any number of times/,
    );
    const idle = { next: 0, sends: [], store: -1, arm: true, cancel: false, choice: 1 };
    const ticking = tableCore({ states: 1, messages: 0, boot: idle, reactions: [[idle]] });
    const clock: System = { name: 'clock', nodes: [{ id: 1, core: ticking }] };
    expect(() => explore(clock, {}, dynamic)).toThrow(/its runs need not end/);
  });
});
