import { describe, expect, it } from 'vitest';
import { collisionOdds, Fingerprints } from '../../src/engine/fingerprints.ts';
import { Deliveries } from '../../src/engine/cores/deliveries.ts';
import { Lineage } from '../../src/engine/lineage.ts';
import { pack, unpack } from '../../src/engine/packed.ts';
import { TableFullError } from '../../src/engine/segmentedTable.ts';
import { WideFingerprints } from '../../src/engine/wideFingerprints.ts';
import {
  type Checkpoint,
  Exploration,
  type ExploreOptions,
  type ExploreResult,
  NAMED_MODELS,
  type SpillFile,
} from '../../src/index.ts';
import { estimatedStates } from '../../src/report/estimate.ts';

function model(name: string): ReturnType<(typeof NAMED_MODELS)[number]['load']> {
  const found = NAMED_MODELS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no model ${name}`);
  return found.load();
}

function finished(name: string, options: ExploreOptions, checkpoint?: Checkpoint): ExploreResult {
  const exploration = new Exploration(model(name), undefined, options, checkpoint);
  while (exploration.advance(1_000_000));
  return exploration.result();
}

/** Files in memory with room for so many words; counts what went through them. */
class Disk {
  written = 0;
  private readonly room: number;
  /** Spoils what is read back. */
  private readonly spoilt: boolean;

  constructor(room = Infinity, spoilt = false) {
    this.room = room;
    this.spoilt = spoilt;
  }

  open = (): SpillFile => {
    const words: number[] = [];
    return {
      append: (added): number => {
        if (words.length + added.length > this.room) throw new Error('ENOSPC: no space left on device');
        this.written += added.length;
        const position = words.length;
        for (const word of added) words.push(word);
        return position;
      },
      read: (position, into): void => {
        for (let i = 0; i < into.length; i++) into[i] = words[position + i] as number;
        if (this.spoilt) into.set([1 ^ (into.at(-1) ?? 0)], into.length - 1);
      },
      clear: (): void => {
        words.length = 0;
      },
    };
  };
}

const spilling = (disk: Disk): ExploreOptions => ({
  spilling: { residentBytes: 0, segmentWords: 1 << 12, open: disk.open },
});

describe('states that wait on disk', () => {
  it.each(['raft-joint-consensus', 'raft-vote-not-persisted'])(
    'S3.23 of %s make no difference to what is found',
    (name) => {
      const disk = new Disk();
      const { states, generated, depth, status, counterexample } = finished(name, {});
      const found = finished(name, spilling(disk));
      expect(found).toMatchObject({ states, generated, depth, status });
      expect(found.counterexample).toEqual(counterexample);
      expect(disk.written).toBeGreaterThan(10_000);
    },
  );

  it('S3.23 are told apart from ones that came back spoilt', () => {
    const { states } = finished('raft-joint-consensus', {});
    let spoilt: unknown;
    try {
      spoilt = finished('raft-joint-consensus', spilling(new Disk(Infinity, true))).states;
    } catch (error) {
      spoilt = error;
    }
    expect(spoilt).not.toBe(states);
  });

  it('S3.23 end the search in good order when the disk is full, and it goes on from there', () => {
    const disk = new Disk(5_000);
    const exploration = new Exploration(model('raft-joint-consensus'), undefined, spilling(disk));
    while (exploration.advance(1_000_000));
    const result = exploration.result();
    expect(result).toMatchObject({ status: 'undecided', end: 'disk' });
    expect(result.reason).toMatch(
      /^stopped as states that wait found no room on disk \(ENOSPC: no space left on device\), [\d,]+ states: all runs of up to \d+ steps were looked at, [\d,]+ states were left$/,
    );
    const again = finished('raft-joint-consensus', {}, exploration.checkpoint());
    const { states, generated, depth } = finished('raft-joint-consensus', {});
    expect(again).toMatchObject({ states, generated, depth, end: 'complete', status: 'holds' });
  });
});

describe('fingerprints', () => {
  it('S3.23 of 96 bits keep states apart that 64 bits take for one', () => {
    const [narrow, wide] = [new Fingerprints(), new WideFingerprints()];
    expect([narrow.add(1, 2), narrow.add(1, 2)]).toEqual([true, false]);
    const [a, b] = [Int32Array.of(7, 8, 9), Int32Array.of(7, 9, 8)];
    expect([wide.add(1, 2, a, 0, 3), wide.add(1, 2, b, 0, 3), wide.add(1, 2, b, 0, 3)]).toEqual([
      true,
      true,
      false,
    ]);
    let fresh = 0;
    for (let i = 0; i < 20_000; i++) if (wide.insert(Math.imul(i, 0x9e3779b1), i << 18, 6)) fresh++;
    expect(fresh).toBe(20_000);
    expect(wide.insert(0, 0, 6)).toBe(false);
    expect(wide.size).toBe(20_002);
  });

  it.each(['raft-election-crash', 'two-phase-commit', 'abd-writers'])(
    'S3.23 of 96 bits give %s the same counts, and go on from a checkpoint',
    (name) => {
      const { states, generated, depth } = finished(name, {});
      const wide: ExploreOptions = { fingerprintBits: 96 };
      expect(finished(name, wide)).toMatchObject({ states, generated, depth, fingerprintBits: 96 });
      const half = new Exploration(model(name), undefined, wide);
      half.advance(states >> 1);
      const saved = half.checkpoint();
      expect(finished(name, wide, saved)).toMatchObject({ states, generated, depth });
      expect(() => finished(name, {}, saved)).toThrow(/length of fingerprints differs: it has '96 bits'/);
    },
  );

  it('S3.23 say how likely it is that two states were taken for one', () => {
    expect(collisionOdds(1e9)).toBeCloseTo(0.0271, 4);
    expect(collisionOdds(1e9, 96)).toBeLessThan(1e-11);
  });

  it('S3.23 fill a table that cannot grow to the brim, and then say so', () => {
    const full = new Fingerprints(64, 64);
    const filled: number[] = [];
    expect(() => {
      for (let i = 1; ; i++) {
        full.add(Math.imul(i, 0x9e3779b1), i);
        if (full.isFull) filled.push(full.size);
      }
    }).toThrow(TableFullError);
    // Room is left for the steps of the state that was being expanded when it became full.
    expect(filled).toEqual([60, 61, 62]);
  });

  it('S3.23 hold what a set holds while their table grows, segment by segment, and come back from what was saved', () => {
    const random = (i: number): [number, number] => [
      Math.imul(i + 1, 0x9e3779b1) ^ (i >>> 7),
      Math.imul(i + 7, 0x85ebca77) ^ (i << 9),
    ];
    const seen = new Fingerprints();
    const held = new Set<string>();
    const wrong: string[] = [];
    for (let i = 0; i < 60_000; i++) {
      const [low, high] = random((i * 7_919) % 40_000);
      const key = `${low} ${high}`;
      if (seen.add(low, high) === held.has(key)) wrong.push(key);
      held.add(key);
    }
    expect(wrong).toEqual([]);
    expect(seen.add(0, 0)).toBe(true);
    expect(seen.add(0, 0)).toBe(false);
    expect(seen.size).toBe(held.size + 1);
    const again = Fingerprints.restored(seen.tables);
    expect(again.size).toBe(seen.size);
    expect(again.add(...random(5))).toBe(false);
  });

  it('S3.23 lately met are sifted out, others never', () => {
    const seen = new Fingerprints();
    const rows = Int32Array.from([1, 1, 2, 2, 1, 1, 0, 0, 0, 0]);
    const fresh = new Int32Array(5);
    const kept = (): number[] => Array.from(fresh.subarray(0, seen.sift(rows, 5, 2, fresh)));
    expect(kept()).toEqual([0, 1, 3, 4]);
    expect(kept()).toEqual([3, 4]);
  });
});

describe('states made small', () => {
  it('S3.23 come back word for word, whatever their words are', () => {
    const states = [[], [0], [127, 128, 16_384, 2_147_483_647, -1, -2_147_483_648], [5, 300, 70_000]];
    const words = Int32Array.from(states.flatMap((state, i) => [state.length, i * 0x9e3779b1, -i, ...state]));
    const packed = pack(words, words.length);
    const again = new Int32Array(words.length);
    unpack(packed, again, words.length);
    expect([...again]).toEqual([...words]);
    const small = Int32Array.from(Array.from({ length: 100 }, () => [2, 77, 78, 3, 4]).flat());
    expect(pack(small, small.length).byteLength).toBeLessThan(0.6 * small.byteLength);
  });
});

describe('the short cut to deliveries', () => {
  it.each([2 ** 12, 2 ** 14, 2 ** 22])('S3.23 answers what it was told or nothing, with %i cells', (most) => {
    const envelopes = {
      nodes: [1, 2, 3],
      envelopeCount: 3_000,
      recipient: (envelope: number) => envelope % 3,
    };
    const deliveries = new Deliveries(envelopes, most);
    const told = new Map<string, number>();
    let known = 0;
    for (let i = 0; i < 6_000; i++) {
      const [situation, envelope] = [(i * 31) % 500, Math.floor(i / 6) + (i % 3)];
      if (told.has(`${situation} ${envelope}`)) continue;
      deliveries.set(situation, envelope, i);
      told.set(`${situation} ${envelope}`, i);
    }
    const { cells, shift, lines, ranks } = deliveries;
    for (const [key, row] of told) {
      const [situation = 0, envelope = 0] = key.split(' ').map(Number);
      const rank = ranks[envelope] ?? 0;
      const cell = situation < lines && rank >> shift === 0 ? cells[(situation << shift) + rank] : 0;
      if (cell !== 0) expect(cell).toBe(row + 1);
      known += cell === 0 ? 0 : 1;
    }
    expect(cells.length).toBeLessThanOrEqual(most);
    expect(known).toBeGreaterThan(most === 2 ** 22 ? 0.99 * told.size : 0);
  });
});

describe('how many states there may be', () => {
  it('S3.23 is told within a tenth once levels shrink like a bell, and not before', () => {
    const bell = Array.from({ length: 36 }, (_, i) => Math.ceil(100_000 * Math.exp(-((i - 18) ** 2) / 30)));
    const all = bell.reduce((sum, count) => sum + count, 0);
    for (let end = 2; end <= bell.length; end++) {
      const estimate = estimatedStates(bell.slice(0, end));
      if (end <= 19) expect(estimate).toBeUndefined();
      else expect(Math.abs((estimate ?? 0) / all - 1)).toBeLessThan(0.1);
    }
    // Where they shrink evenly the rest is a geometric sum.
    expect(estimatedStates([100, 800, 400])).toBeGreaterThan(1_300);
    expect(estimatedStates([800, 400, 200, 100])).toBe(1_600);
  });
});

describe('how states were found', () => {
  it('S3.23 is told again from two bytes a state, however far apart parents and steps are', () => {
    const lineage = new Lineage();
    const parents: number[] = [];
    const vias: number[] = [];
    for (let state = 0; state < 200_000; state++) {
      const parent = state < 3 ? -1 : Math.floor(state / (state % 70_000 < 50 ? 900 : 2.5)) - 1;
      const via = state === 150_000 ? 100_000 : state % 200;
      parents.push(parent);
      vias.push(via);
      lineage.push(parent, via);
    }
    const path = (state: number): number[] =>
      state < 0 ? [] : [...path(at(parents, state)), at(vias, state)];
    const asked = [0, 2, 3, 1_023, 1_024, 65_536, 70_010, 150_000, 199_999];
    for (const state of asked) expect(lineage.pathTo(state)).toEqual(path(state));
    const again = new Lineage(lineage.save());
    expect(again.push(77, 300)).toBe(200_000);
    for (const state of asked) expect(again.pathTo(state)).toEqual(path(state));
    expect(again.pathTo(200_000)).toEqual([...path(77), 300]);
  });
});

function at(numbers: readonly number[], position: number): number {
  return numbers[position] ?? Number.NaN;
}
