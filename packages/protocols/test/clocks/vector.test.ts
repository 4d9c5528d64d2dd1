import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  addVersion,
  advanceVector,
  ClockOverflowError,
  compareVectors,
  counterOf,
  descends,
  EMPTY_VECTOR,
  incarnation,
  MalformedClockError,
  meetVectors,
  mergeVectors,
  mergeVersions,
  parseDot,
  parseVector,
  receiveVectorClock,
  tickVectorClock,
  updateVersion,
  type Vector,
  vectorFrom,
  vectorToRecord,
  type Versions,
  versionsContext,
} from '../../src/clocks/index.ts';

const anyVector = fc
  .dictionary(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.integer({ min: 0, max: 3 }))
  .map(vectorFrom);

/** The definition, entry by entry, over all actors of both. */
function byDefinition(a: Vector, b: Vector): string {
  const actors = ['a', 'b', 'c', 'd', 'e'];
  const less = actors.some((n) => counterOf(a, n) < counterOf(b, n));
  const more = actors.some((n) => counterOf(a, n) > counterOf(b, n));
  if (less && more) return 'concurrent';
  return less ? 'before' : more ? 'after' : 'equal';
}

describe('vectors', () => {
  test('S2.16 comparison gives one of four relations, by definition, and mirrors itself', () => {
    const mirror = { before: 'after', after: 'before', concurrent: 'concurrent', equal: 'equal' } as const;
    const seen = new Set<string>();
    fc.assert(
      fc.property(anyVector, anyVector, (a, b) => {
        const found = compareVectors(a, b);
        seen.add(found);
        expect(found).toBe(byDefinition(a, b));
        expect(compareVectors(b, a)).toBe(mirror[found]);
        expect(descends(b, a)).toBe(found === 'before' || found === 'equal');
      }),
      { seed: 216, numRuns: 2_000 },
    );
    expect([...seen].sort()).toEqual(['after', 'before', 'concurrent', 'equal']);
  });

  test('merge is the least upper bound and meet the greatest lower bound, sharing actors or not', () => {
    fc.assert(
      fc.property(anyVector, anyVector, anyVector, (a, b, c) => {
        const up = mergeVectors(a, b);
        const down = meetVectors(a, b);
        expect(parseVector(up)).toEqual(up);
        expect(parseVector(down)).toEqual(down);
        for (const n of ['a', 'b', 'c', 'd', 'e']) {
          expect(counterOf(up, n)).toBe(Math.max(counterOf(a, n), counterOf(b, n)));
          expect(counterOf(down, n)).toBe(Math.min(counterOf(a, n), counterOf(b, n)));
        }
        // Vectors that share their list of actors take the short way, which must not differ.
        expect(compareVectors(mergeVectors(up, c), up)).toBe(byDefinition(mergeVectors(up, c), up));
      }),
      { seed: 217, numRuns: 2_000 },
    );
  });

  test('S2.16 equal clocks are equal, not concurrent, and the code of the source throws (X9)', () => {
    const clock = vectorFrom({ A: 1, B: 2 });
    expect(compareVectors(clock, vectorFrom({ A: 1, B: 2 }))).toBe('equal');
    // The twin has the shape of the source: `concurrent` calls a static method that is defined nowhere.
    class SourceClock {
      readonly clock: number[];
      constructor(clock: number[]) {
        this.clock = clock;
      }
      happensBefore(other: number[]): boolean {
        return this.clock.every((s, i) => s <= other[i]!) && this.clock.some((s, i) => s < other[i]!);
      }
      concurrent(other: number[]): boolean {
        const type = SourceClock as unknown as { compare(a: number[], b: number[]): boolean };
        return !this.happensBefore(other) && !type.compare(other, this.clock);
      }
    }
    expect(() => new SourceClock([1, 2]).concurrent([1, 2])).toThrow(TypeError);
    // Even with `compare` supplied as meant, equal clocks come out as concurrent.
    Object.assign(SourceClock, {
      compare: (a: number[], b: number[]) => new SourceClock(a).happensBefore(b),
    });
    expect(new SourceClock([1, 2]).concurrent([1, 2])).toBe(true);
  });

  test('a malformed vector is refused with its place', () => {
    const bad: [unknown, string][] = [
      [undefined, 'vector'],
      [[], 'vector'],
      [{ actors: 'ab', counters: [] }, 'vector.actors'],
      [{ actors: ['a'], counters: [] }, 'vector.counters'],
      [{ actors: ['a', 'a'], counters: [1, 1] }, 'vector.actors[1]'],
      [{ actors: ['b', 'a'], counters: [1, 1] }, 'vector.actors[1]'],
      [{ actors: ['a'], counters: [0] }, 'vector.counters[0]'],
      [{ actors: ['a'], counters: [2 ** 53] }, 'vector.counters[0]'],
      [{ actors: [7], counters: [1] }, 'vector.actors[0]'],
      [{ actors: ['x'.repeat(257)], counters: [1] }, 'vector.actors[0]'],
      [{ actors: Array.from({ length: 65_537 }, (_, i) => `${i}`), counters: [] }, 'vector.actors'],
    ];
    for (const [value, path] of bad) {
      expect(() => parseVector(value)).toThrow(expect.objectContaining({ code: 'MALFORMED_CLOCK', path }));
    }
    expect(() => vectorFrom({ a: -1 })).toThrow(MalformedClockError);
    expect(() => parseDot(['a', 0])).toThrow(MalformedClockError);
    expect(() => parseDot(['a'])).toThrow(MalformedClockError);
  });

  test('a counter at the limit is refused and the vector unchanged', () => {
    const full = vectorFrom({ a: Number.MAX_SAFE_INTEGER });
    expect(() => advanceVector(full, 'a')).toThrow(ClockOverflowError);
    expect(() => advanceVector(full, 'a', 0)).toThrow(MalformedClockError);
    expect(() => advanceVector(full, '')).toThrow(MalformedClockError);
    expect(vectorToRecord(full)).toEqual({ a: Number.MAX_SAFE_INTEGER });
  });
});

describe('vector clocks and version vectors', () => {
  test('S1.37 v1 [1,0,0], v2 [1,1,0], v3 [1,0,1] are version vectors (X10)', () => {
    const v1 = updateVersion(EMPTY_VECTOR, 'A');
    const v2 = updateVersion(v1, 'B');
    const v3 = updateVersion(v1, 'C');
    expect([v1, v2, v3].map((v) => ['A', 'B', 'C'].map((n) => counterOf(v, n)))).toEqual([
      [1, 0, 0],
      [1, 1, 0],
      [1, 0, 1],
    ]);
    expect(compareVectors(v1, v2)).toBe('before');
    expect(compareVectors(v1, v3)).toBe('before');
    expect(compareVectors(v2, v3)).toBe('concurrent');
    // With vector clocks the receive of v1 counts at B too, so B's write would carry 2.
    const atB = tickVectorClock(receiveVectorClock(EMPTY_VECTOR, 'B', v1), 'B');
    expect(vectorToRecord(atB)).toEqual({ A: 1, B: 2 });
  });

  test('S2.17 vectors count receives, version vectors only updates; both find the siblings', () => {
    let clockA = tickVectorClock(EMPTY_VECTOR, 'A');
    let clockB = EMPTY_VECTOR;
    const versionA = updateVersion(EMPTY_VECTOR, 'A');
    for (let i = 0; i < 100; i++) {
      clockB = receiveVectorClock(clockB, 'B', clockA);
      clockA = receiveVectorClock(clockA, 'A', clockB);
    }
    expect(vectorToRecord(clockB)).toEqual({ A: 100, B: 100 });
    expect(vectorToRecord(versionA)).toEqual({ A: 1 });
    // Size follows the actors, not the hundred events.
    expect(clockB.actors).toHaveLength(2);
    const left = updateVersion(versionA, 'A');
    const right = updateVersion(versionA, 'B');
    expect(compareVectors(left, right)).toBe('concurrent');
    expect(compareVectors(tickVectorClock(clockA, 'A'), tickVectorClock(clockB, 'B'))).toBe('concurrent');
  });

  test('S1.101 siblings are kept and shown, and a resolution supersedes both', () => {
    const first = updateVersion(EMPTY_VECTOR, 'A');
    let versions: Versions<string> = addVersion([], first, 'milk');
    versions = addVersion(versions, updateVersion(first, 'B'), 'milk, eggs');
    versions = addVersion(versions, updateVersion(first, 'C'), 'milk, bread');
    expect(versions.map((v) => v.value)).toEqual(['milk, eggs', 'milk, bread']);
    const resolution = updateVersion(versionsContext(versions), 'B');
    const resolved = addVersion(versions, resolution, 'milk, eggs, bread');
    expect(resolved.map((v) => v.value)).toEqual(['milk, eggs, bread']);
    expect(mergeVersions(versions, resolved)).toEqual(resolved);
    expect(mergeVersions(resolved, versions)).toEqual(resolved);
    expect(() => addVersion(versions, { actors: ['B'], counters: [-1] }, 'x')).toThrow(MalformedClockError);
  });

  test('an incarnation is another actor', () => {
    expect(incarnation('A', 2)).toBe('A#2');
    expect(() => incarnation('A', 0)).toThrow(MalformedClockError);
  });
});
