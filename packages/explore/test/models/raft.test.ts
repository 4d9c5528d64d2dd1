import type { RaftDefect, RaftFieldDefect, RaftState } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import { type Bounds, explore, type ExploreResult, ofNodes, raftSystem } from '../../src/index.ts';

/** Elections only: other timers would go off without end. */
const ELECTIONS = { election: 1, '*': 0 };

interface Explored {
  readonly nodes: number;
  readonly clients: number;
  readonly bounds: Bounds;
  readonly states: number;
  readonly depth: number;
}

/** Exhausted: every run within the bounds. States are counted up to a renaming of the nodes. */
const EXPLORED: readonly Explored[] = [
  { nodes: 2, clients: 0, bounds: { timers: ELECTIONS }, states: 219, depth: 21 },
  { nodes: 2, clients: 1, bounds: { timers: ELECTIONS }, states: 2_606, depth: 29 },
  { nodes: 2, clients: 1, bounds: { timers: ELECTIONS, crashes: 1 }, states: 29_045, depth: 31 },
  {
    nodes: 3,
    clients: 0,
    bounds: { timers: ELECTIONS, timeouts: 2, storage: 'at-once' },
    states: 8_185,
    depth: 20,
  },
  { nodes: 3, clients: 0, bounds: { timers: ELECTIONS, timeouts: 2 }, states: 110_202, depth: 35 },
  {
    nodes: 3,
    clients: 1,
    bounds: { timers: ELECTIONS, timeouts: 1, storage: 'at-once' },
    states: 3_108,
    depth: 21,
  },
];

interface Found {
  readonly defect: RaftDefect;
  readonly clients: number;
  readonly bounds: Bounds;
  readonly broken: string;
  readonly steps: number;
}

/** Defects, what they break, and in how few steps. */
const FOUND: readonly Found[] = [
  {
    defect: 'vote-not-persisted',
    clients: 0,
    bounds: { timers: ELECTIONS, timeouts: 2, crashes: 1 },
    broken: 'election safety',
    steps: 8,
  },
  {
    defect: 'no-up-to-date-check',
    clients: 0,
    bounds: { timers: ELECTIONS, timeouts: 2, storage: 'at-once' },
    broken: 'leader completeness',
    steps: 8,
  },
  {
    defect: 'forgets-on-restart',
    clients: 0,
    bounds: { timers: ELECTIONS, timeouts: 2, crashes: 1, storage: 'at-once' },
    broken: 'election safety',
    steps: 8,
  },
  {
    defect: 'reply-before-fsync',
    clients: 0,
    bounds: { timers: ELECTIONS, timeouts: 2, crashes: 1 },
    broken: 'leader completeness',
    steps: 14,
  },
];

function run(nodes: number, clients: number, bounds: Bounds, defect?: RaftDefect): ExploreResult {
  return explore(raftSystem({ name: 'raft', nodes, clients, options: { defect } }), bounds);
}

describe('the Raft core, explored', () => {
  for (const { nodes, clients, bounds, states, depth } of EXPLORED) {
    it(`S3.23 keeps its promises in all ${states} states of ${nodes} nodes, ${clients} requests, ${JSON.stringify(bounds)}`, () => {
      const result = run(nodes, clients, bounds);
      expect(result).toMatchObject({ status: 'holds', end: 'complete', states, depth, clipped: {} });
      expect(result.properties.map(({ name }) => name)).toEqual([
        'election safety',
        'log matching',
        'state machine safety',
        'leader completeness',
      ]);
    });
  }

  for (const { defect, clients, bounds, broken, steps } of FOUND) {
    it(`S3.23 shows that ${defect} breaks ${broken} in ${steps} steps`, () => {
      const result = run(3, clients, bounds, defect);
      expect(result).toMatchObject({ status: 'violated', end: 'violated' });
      expect(result.counterexample?.property).toBe(broken);
      expect(result.counterexample?.steps).toHaveLength(steps);
    });
  }

  it('S3.23 raises no alarm where a defect cannot show: no crash, no forgotten vote', () => {
    const bounds = { timers: ELECTIONS, timeouts: 2, storage: 'at-once' } as const;
    expect(run(3, 0, bounds, 'vote-not-persisted').status).toBe('holds');
  });

  it('S3.23 finds the same with and without symmetry, in nearly six times the states', () => {
    const bounds = { timers: ELECTIONS, timeouts: 2, storage: 'at-once' } as const;
    const model = raftSystem({ name: 'raft', nodes: 3 });
    const orbits = explore(model, bounds);
    const all = explore(model, bounds, { symmetry: false });
    expect(all).toMatchObject({ status: 'holds', states: 49_090, depth: orbits.depth });
    expect(all.states / orbits.states).toBeGreaterThan(5.9);
    const broken = raftSystem({ name: 'raft', nodes: 3, options: { defect: 'no-up-to-date-check' } });
    const short = explore(broken, bounds).counterexample;
    const long = explore(broken, bounds, { symmetry: false }).counterexample;
    expect(short?.steps).toHaveLength(long?.steps.length ?? 0);
  });

  it('S3.23 a check of what to commit that stops early leaves an entry uncommitted for good that a majority holds; the correct core leaves none', () => {
    const atRest = ofNodes<RaftState, { term: number; leads: boolean; left: number }>({
      name: 'all is committed at rest',
      kind: 'terminal',
      view: ({ state }) => {
        if (state === null) return { term: 0, leads: false, left: 0 };
        const { log, term, role } = state;
        return { term, leads: role === 'leader', left: log.offset + log.entries.length - log.committed };
      },
      holds: (views) =>
        views.every(({ leads, term, left }) => {
          const followed = views.filter((other) => other.term === term).length > views.length / 2;
          return !leads || !followed || left === 0;
        }),
    });
    const bounds = { timers: ELECTIONS, timeouts: 2, storage: 'at-once' } as const;
    const ends = (defect?: RaftFieldDefect): ExploreResult =>
      explore(raftSystem({ name: 'raft', nodes: 3, promises: [atRest], options: { defect } }), bounds);
    expect(ends()).toMatchObject({ status: 'holds', states: 8_185 });
    const { counterexample } = ends('commit-check-stops-early');
    expect(counterexample?.property).toBe('all is committed at rest');
    expect(counterexample?.steps).toHaveLength(13);
  });
});
