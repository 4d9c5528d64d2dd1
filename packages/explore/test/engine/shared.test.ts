import { describe, expect, it } from 'vitest';
import { SharedFingerprints } from '../../src/engine/share/sharedFingerprints.ts';
import { CELLS, Control } from '../../src/engine/share/memory.ts';
import { textWords, wordsText } from '../../src/engine/share/numbered.ts';
import { locked } from '../../src/engine/share/lock.ts';
import { SharedLog } from '../../src/engine/share/sharedLog.ts';
import { SharedSearch } from '../../src/engine/share/sharedSearch.ts';
import { resolveBounds } from '../../src/bounds/bounds.ts';
import { Interner } from '../../src/engine/interner.ts';
import { IntLists } from '../../src/engine/intLists.ts';
import {
  Exploration,
  type ExploreResult,
  exploreShared,
  NAMED_MODELS,
  SharedExploration,
  type SharedExplorationOptions,
  type SharedPart,
  sharedMemory,
} from '../../src/index.ts';

const SIZES = { workers: 1, tableBytes: 2 ** 24, frontierBytes: 2 ** 24, logBytes: 2 ** 22 };

function model(name: string): ReturnType<(typeof NAMED_MODELS)[number]['load']> {
  const found = NAMED_MODELS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no model ${name}`);
  return found.load();
}

function alone(name: string): ExploreResult {
  const exploration = new Exploration(model(name));
  while (exploration.advance(1_000_000));
  return exploration.result();
}

/** The part of the only thread there is. */
function onlyPart(
  loaded: ReturnType<typeof model>,
  memory: ReturnType<typeof sharedMemory>,
  options: SharedExplorationOptions,
  starved?: () => boolean,
): SharedPart {
  const part = exploreShared(loaded, memory, 0, options, starved);
  if (part === undefined) throw new Error('the search had ended before it began');
  return part;
}

/** What a thread that joins brings with it. */
function joining(
  loaded: ReturnType<typeof model>,
  memory: ReturnType<typeof sharedMemory>,
  options: SharedExplorationOptions,
): ConstructorParameters<typeof SharedSearch> {
  const { workers, symmetry, maxStates, stopAtViolation } = options;
  const space = loaded.open(resolveBounds(options.bounds), { symmetry, threads: workers });
  const log = new SharedLog(memory.log);
  log.join(space.parts, space.memory);
  const own = { worker: 1, workers, maxStates, stopAtViolation, maxDepth: Infinity, starved: () => false };
  return [space, memory, log, own];
}

/** What threads find that take turns. */
function byTurns(threads: readonly Generator<undefined, SharedPart | undefined, undefined>[]): SharedPart[] {
  const parts: SharedPart[] = [];
  const done = new Set<unknown>();
  while (done.size < threads.length)
    for (const thread of threads) {
      const step = done.has(thread) ? undefined : thread.next();
      if (step?.done !== true) continue;
      done.add(thread);
      if (step.value !== undefined) parts.push(step.value);
    }
  return parts;
}

function shared(name: string, sizes = SIZES, maxStates = Infinity): ExploreResult {
  const loaded = model(name);
  const memory = sharedMemory(sizes);
  const options = { workers: 1, bounds: loaded.bounds, symmetry: true, maxStates, stopAtViolation: true };
  const exploration = new SharedExploration(loaded, memory, options);
  return exploration.result([onlyPart(loaded, memory, options)]);
}

describe('a search in common memory', () => {
  it.each([
    'register-paxos',
    'raft-election-crash',
    'raft-joint-consensus',
    'termination-detection',
    'two-phase-commit',
  ])('S3.23 finds of %s what a search alone finds', (name) => {
    const { states, generated, depth, status, end, clipped } = alone(name);
    expect(shared(name)).toMatchObject({ states, generated, depth, status, end, clipped });
  });

  it('S3.23 finds a violation as near, and the run that leads to it', () => {
    const { counterexample } = shared('raft-vote-not-persisted');
    expect(counterexample?.property).toBe('election safety');
    expect(counterexample?.steps).toHaveLength(8);
    expect(counterexample?.seen).toMatch(/"leaders":\{"1":\[1,2\]\}/);
  });

  it('S3.23 ends in good order when states, table, segments or parts have no more room', () => {
    expect(shared('raft-election', SIZES, 5_000)).toMatchObject({ status: 'undecided', end: 'states' });
    expect(shared('register-paxos-3', { ...SIZES, tableBytes: 2 ** 19 })).toMatchObject({ end: 'bytes' });
    expect(shared('register-paxos-3', { ...SIZES, frontierBytes: 2 ** 20 })).toMatchObject({ end: 'bytes' });
    expect(shared('register-paxos', { ...SIZES, logBytes: 2 ** 14 })).toMatchObject({ end: 'bytes' });
  });

  it('S3.23 a table that grows keeps what it has', () => {
    const memory = sharedMemory({ ...SIZES, tableBytes: 2 ** 23 });
    const { cells } = new Control(memory);
    Atomics.store(cells, CELLS.slots, 1 << 12);
    const seen = new SharedFingerprints(memory.table, cells);
    const keys = Array.from(
      { length: 2_000 },
      (_, i) => [Math.imul(i, 0x9e3779b1), Math.imul(i, 0x85ebca77)] as const,
    );
    expect(keys.every(([low, high]) => seen.add(low, high))).toBe(true);
    expect(seen.strain(3_500)).toBe('grow');
    seen.enlarge();
    seen.refresh();
    seen.move();
    expect(keys.some(([low, high]) => seen.add(low, high))).toBe(false);
    expect(seen.add(7, 7)).toBe(true);
  });

  it('S3.23 two threads that number the same things by turns agree on every number', () => {
    const memory = new SharedArrayBuffer(2 ** 20);
    const threads = [0, 1].map(() => {
      const parts = { values: new Interner(), lists: new IntLists() };
      const log = new SharedLog(memory);
      parts.values.intern(null);
      log.join([parts.values, parts.lists]);
      return { ...parts, log };
    });
    const [a, b] = threads as [(typeof threads)[0], (typeof threads)[0]];
    expect(a.values.intern({ x: 'é😀', y: [1, -2.5] })).toBe(1);
    expect(b.values.intern({ y: 1 })).toBe(2);
    expect(b.values.intern({ y: [1, -2.5], x: 'é😀' })).toBe(1);
    expect([a.lists.intern([5, 6]), b.lists.intern([7]), a.lists.intern([7])]).toEqual([1, 2, 2]);
    b.log.catchUp();
    expect(b.values.value(1)).toEqual({ x: 'é😀', y: [1, -2.5] });
    expect(b.lists.toArray(1)).toEqual([5, 6]);
    expect(wordsText(textWords('odd'), 0)).toBe('odd');
  });

  it('S3.23 of a thread that is gone the count is kept and nothing is concluded', () => {
    const memory = sharedMemory(SIZES);
    const { bounds } = model('commit-prepares-in-memory');
    const options = { workers: 1, bounds, symmetry: true, maxStates: Infinity, stopAtViolation: true };
    const exploration = new SharedExploration(model('commit-prepares-in-memory'), memory, options);
    const part = onlyPart(model('commit-prepares-in-memory'), memory, options);
    expect(exploration.result([part]).status).toBe('violated');
    const { status, end, states, counterexample, properties } = exploration.result([]);
    expect({ status, end, counterexample }).toEqual({
      status: 'undecided',
      end: 'bytes',
      counterexample: undefined,
    });
    expect(states).toBe(exploration.result([part]).states);
    expect(properties.map((property) => property.status)).not.toContain('violated');
  });

  it('S3.23 what a thread numbered is read after it ended inside the lock', () => {
    const memory = new SharedArrayBuffer(2 ** 16);
    const numbers = new Interner();
    new SharedLog(memory).join([numbers]);
    numbers.intern('first');
    Atomics.store(new Int32Array(memory), 0, 1);
    const log = new SharedLog(memory);
    const later = new Interner();
    log.free();
    log.join([later]);
    expect(later.intern('first')).toBe(0);
  });

  it('S3.23 a thread that its host finds starved ends the search in good order', () => {
    const memory = sharedMemory(SIZES);
    const { bounds } = model('raft-joint-consensus');
    const options = { workers: 1, bounds, symmetry: true, maxStates: Infinity, stopAtViolation: true };
    const exploration = new SharedExploration(model('raft-joint-consensus'), memory, options);
    let looks = 0;
    const part = onlyPart(model('raft-joint-consensus'), memory, options, () => ++looks === 20);
    const { status, end, states, reason } = exploration.result([part]);
    expect({ status, end }).toEqual({ status: 'undecided', end: 'bytes' });
    expect(states).toBeLessThan(10_141);
    expect(reason).toMatch(/^stopped for want of memory at [\d,]+ states: all runs of up to \d+ steps/);
  });

  it('S3.23 a thread that comes late finds with the first what one finds alone, and works out no step of a core twice', () => {
    const loaded = model('register-paxos');
    const memory = sharedMemory({ ...SIZES, workers: 2 });
    const options = {
      workers: 2,
      bounds: loaded.bounds,
      symmetry: true,
      maxStates: Infinity,
      stopAtViolation: true,
    };
    const exploration = new SharedExploration(loaded, memory, options);
    const first = exploration.firstPart();
    for (let step = 0; step < 10; step++) first.next();
    const second = new SharedSearch(...joining(loaded, memory, options)).steps();
    const parts = byTurns([first, second]);
    expect(exploration.joined).toBe(2);
    expect(parts.map(({ count }) => count > 1_000)).toEqual([true, true]);
    const { states, generated, depth, status, work } = exploration.result(parts);
    const by = alone('register-paxos');
    expect({ states, generated, depth, status }).toEqual({
      states: by.states,
      generated: by.generated,
      depth: by.depth,
      status: by.status,
    });
    const worked = (of: ExploreResult['work']): number => of.calls - of.rechecks;
    // Of the few they work out at the same time each does its own.
    expect(worked(work)).toBeLessThan(1.1 * worked(by.work));
    expect(exploreShared(loaded, memory, 1, options)).toBeUndefined();
  });

  it('S3.23 a lock whose thread is gone is not waited for without end', () => {
    const cells = new Int32Array(new SharedArrayBuffer(8));
    expect(locked(cells, 1, () => 'inside')).toBe('inside');
    Atomics.store(cells, 1, 1);
    expect(() => locked(cells, 1, () => 'inside', 20)).toThrow(/must leave it: it has not for 20 ms/);
  });
});
