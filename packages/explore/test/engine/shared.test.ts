import { describe, expect, it } from 'vitest';
import { SharedFingerprints } from '../../src/engine/share/sharedFingerprints.ts';
import { CELLS, Control } from '../../src/engine/share/memory.ts';
import { textWords, wordsText } from '../../src/engine/share/numbered.ts';
import { SharedLog } from '../../src/engine/share/sharedLog.ts';
import { Interner } from '../../src/engine/interner.ts';
import { IntLists } from '../../src/engine/intLists.ts';
import {
  Exploration,
  type ExploreResult,
  exploreShared,
  NAMED_MODELS,
  SharedExploration,
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

function shared(name: string, sizes = SIZES, maxStates = Infinity): ExploreResult {
  const loaded = model(name);
  const memory = sharedMemory(sizes);
  const options = { workers: 1, bounds: loaded.bounds, symmetry: true, maxStates, stopAtViolation: true };
  const exploration = new SharedExploration(loaded, memory, options);
  return exploration.result([exploreShared(loaded, memory, 0, options)]);
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
    Atomics.store(cells, CELLS.slots, 1 << 10);
    const seen = new SharedFingerprints(memory.table, cells);
    const keys = Array.from(
      { length: 400 },
      (_, i) => [Math.imul(i, 0x9e3779b1), Math.imul(i, 0x85ebca77)] as const,
    );
    expect(keys.every(([low, high]) => seen.add(low, high))).toBe(true);
    expect(seen.strain(500)).toBe('grow');
    seen.grow();
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
    const part = exploreShared(model('commit-prepares-in-memory'), memory, 0, options);
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
    const part = exploreShared(model('raft-joint-consensus'), memory, 0, options, () => ++looks === 20);
    const { status, end, states, reason } = exploration.result([part]);
    expect({ status, end }).toEqual({ status: 'undecided', end: 'bytes' });
    expect(states).toBeLessThan(10_141);
    expect(reason).toMatch(/^stopped for want of memory at [\d,]+ states: all runs of up to \d+ steps/);
  });
});
