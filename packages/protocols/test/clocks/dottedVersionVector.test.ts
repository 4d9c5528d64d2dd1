import { describe, expect, test } from 'vitest';
import {
  type DottedVersions,
  EMPTY_VECTOR,
  emptyDotted,
  incarnation,
  mergeVectors,
  parseDotted,
  syncDotted,
  updateVersion,
  type Vector,
  writeDotted,
  descends,
} from '../../src/clocks/index.ts';
import { Draws } from './executions.ts';

const values = (state: DottedVersions<string>) => state.siblings.map(([, value]) => value);

/**
 * The twin: one version vector for the whole object, as stores with server-side version vectors had it. A write
 * whose context does not cover it must keep every value, because it cannot tell which of them were read.
 */
interface OneVector {
  readonly version: Vector;
  readonly values: readonly string[];
}

function writeOneVector(held: OneVector, actor: string, read: Vector, value: string): OneVector {
  const seenAll = descends(read, held.version);
  return {
    version: updateVersion(mergeVectors(held.version, read), actor),
    values: seenAll ? [value] : [...held.values, value],
  };
}

describe('dotted version vectors', () => {
  test('S2.17 concurrent writes through one replica make true siblings and no false ones (X10)', () => {
    // Two clients write blindly through replica A, then the first overwrites what it had read.
    const one = writeDotted(emptyDotted<string>(), 'A', EMPTY_VECTOR, 'v1');
    const two = writeDotted(one, 'A', EMPTY_VECTOR, 'v2');
    expect(values(two)).toEqual(['v1', 'v2']);
    const three = writeDotted(two, 'A', one.context, 'v3');
    expect(values(three)).toEqual(['v2', 'v3']);

    const twin1 = writeOneVector({ version: EMPTY_VECTOR, values: [] }, 'A', EMPTY_VECTOR, 'v1');
    const twin2 = writeOneVector(twin1, 'A', EMPTY_VECTOR, 'v2');
    const twin3 = writeOneVector(twin2, 'A', twin1.version, 'v3');
    expect(twin3.values).toEqual(['v1', 'v2', 'v3']);
  });

  test('S2.17 two clients taking turns: one vector explodes, dots stay at two siblings', () => {
    let dotted = emptyDotted<string>();
    let plain: OneVector = { version: EMPTY_VECTOR, values: [] };
    const read: [Vector, Vector] = [EMPTY_VECTOR, EMPTY_VECTOR];
    const readPlain: [Vector, Vector] = [EMPTY_VECTOR, EMPTY_VECTOR];
    for (let i = 0; i < 50; i++) {
      const client = i % 2 === 0 ? 0 : 1;
      dotted = writeDotted(dotted, 'A', read[client], `v${i}`);
      plain = writeOneVector(plain, 'A', readPlain[client], `v${i}`);
      // Each write is answered with the values and their context; that is what the client has read.
      read[client] = dotted.context;
      readPlain[client] = plain.version;
    }
    expect(dotted.siblings.length).toBeLessThanOrEqual(2);
    expect(plain.values.length).toBe(50);
  });

  test('sync equals the set of writes nobody who read them overwrote, in every order', () => {
    for (let seed = 0; seed < 300; seed++) {
      const draws = new Draws(seed);
      const replicas = ['A', 'B', 'C'];
      const states = replicas.map(() => emptyDotted<string>());
      // The oracle: explicit sets of writes seen and overwritten.
      const seen: Set<string>[] = replicas.map(() => new Set());
      const overwritten: Set<string>[] = replicas.map(() => new Set());
      for (let i = 0; i < 25; i++) {
        const r = draws.below(3);
        if (draws.below(2) === 0) {
          const blind = draws.below(3) === 0;
          const gone = blind ? [] : values(states[r]!);
          states[r] = writeDotted(
            states[r]!,
            replicas[r]!,
            blind ? EMPTY_VECTOR : states[r]!.context,
            `w${i}`,
          );
          for (const value of gone) overwritten[r]!.add(value);
          seen[r]!.add(`w${i}`);
        } else {
          const from = draws.below(3);
          states[r] = syncDotted(states[r]!, states[from]!);
          for (const value of seen[from]!) seen[r]!.add(value);
          for (const value of overwritten[from]!) overwritten[r]!.add(value);
        }
        const expected = [...seen[r]!].filter((value) => !overwritten[r]!.has(value));
        expect(values(states[r]!).sort()).toEqual(expected.sort());
      }
      const all = draws.shuffle(states).reduce(syncDotted);
      expect(draws.shuffle(states).reduce(syncDotted)).toEqual(all);
      expect(parseDotted(JSON.parse(JSON.stringify(all)))).toEqual(all);
    }
  });

  test('catalogue 108: a replica that lost its counters and kept its name loses new writes', () => {
    let peer = emptyDotted<string>();
    let own = writeDotted(peer, 'A', EMPTY_VECTOR, 'old');
    own = writeDotted(own, 'A', own.context, 'older');
    peer = syncDotted(peer, own);
    // A comes back with an empty disk. Under its old name its acknowledged write is dominated and vanishes.
    const reused = writeDotted(emptyDotted<string>(), 'A', EMPTY_VECTOR, 'acknowledged');
    expect(values(syncDotted(peer, reused))).not.toContain('acknowledged');
    const renamed = writeDotted(emptyDotted<string>(), incarnation('A', 2), EMPTY_VECTOR, 'acknowledged');
    expect(values(syncDotted(peer, renamed))).toContain('acknowledged');
  });

  test('a malformed state is refused with its place', () => {
    const context = { actors: ['A'], counters: [2] };
    const bad: [unknown, string][] = [
      [{ context, siblings: {} }, 'dotted.siblings'],
      [{ context, siblings: [['A', 1]] }, 'dotted.siblings[0][0]'],
      [{ context, siblings: [[['A', 3], 'x']] }, 'dotted.siblings[0][0]'],
      [
        {
          context,
          siblings: [
            [['A', 2], 'x'],
            [['A', 1], 'y'],
          ],
        },
        'dotted.siblings[1]',
      ],
    ];
    for (const [value, path] of bad) {
      expect(() => parseDotted(value)).toThrow(expect.objectContaining({ code: 'MALFORMED_CLOCK', path }));
    }
    expect(() => parseDotted({ context, siblings: [[['A', 1], () => 1]] })).toThrow(
      expect.objectContaining({ code: 'NOT_PLAIN' }),
    );
    expect(() => writeDotted(emptyDotted(), 'A', { actors: [] }, 'x')).toThrow(/read\.counters/);
  });
});
