import {
  addVersion,
  compareVectors,
  type HybridStamp,
  type LamportStamp,
  LWWRegister,
  mergeVersions,
  ORSet,
  updateVersion,
  type Vector,
  type Versions,
  versionsContext,
} from '@holdfast/protocols';
import { encodePlain, type Plain } from '@holdfast/plain';

/** The clocks of a replica at one event. */
export interface Stamps {
  readonly wallMs: number;
  readonly lamport: LamportStamp;
  readonly vector: Vector;
  readonly hybrid: HybridStamp;
}

/** How replicas decide between edits of one field. */
export type ConflictRule = 'wall-clock' | 'lamport' | 'hybrid' | 'version-vectors' | 'crdt';

/** All of them, the simplest first. */
export const CONFLICT_RULES: readonly ConflictRule[] = [
  'wall-clock',
  'lamport',
  'hybrid',
  'version-vectors',
  'crdt',
];

/** What a rule keeps of a field. Edits are numbers; several are shown when none of them has been decided against. */
export interface FieldRule<S> {
  readonly empty: S;
  /** What is sent of an edit by `actor`, who sees `state`. */
  readonly edit: (state: S, actor: string, edit: number, stamps: Stamps) => S;
  readonly join: (a: S, b: S) => S;
  readonly shown: (state: S) => readonly number[];
  /** What one edit carries to be ordered by, in bytes of text. */
  readonly bytes: (delta: S) => number;
  /** Whether two edits' own metadata tell that neither author had seen the other. */
  readonly tellsConcurrent: (a: S, b: S) => boolean;
}

/** The write with the largest time wins; ties by count and actor. */
function lastWrite(
  timeOf: (stamps: Stamps) => readonly [time: number, count: number],
): Omit<FieldRule<LWWRegister>, 'bytes' | 'tellsConcurrent'> {
  return {
    empty: LWWRegister.empty,
    edit: (state, actor, value, stamps) => {
      const [time, count] = timeOf(stamps);
      return LWWRegister.write(state, { actor, time, count, value });
    },
    join: LWWRegister.join,
    shown: (state) => (state.write === null ? [] : [state.write.value as number]),
  };
}

function textBytes(value: unknown): number {
  return encodePlain(value as Plain).length;
}

const WALL: FieldRule<LWWRegister> = {
  ...lastWrite(({ wallMs }) => [wallMs, 0]),
  bytes: ({ write }) => textBytes(write?.time ?? 0),
  tellsConcurrent: () => false,
};

const LAMPORT: FieldRule<LWWRegister> = {
  ...lastWrite(({ lamport }) => [lamport.counter, 0]),
  bytes: ({ write }) => textBytes({ counter: write?.time ?? 0, node: write?.actor ?? '' }),
  // Equal stamps of different nodes are the one certain case (X34).
  tellsConcurrent: (a, b) => a.write?.time === b.write?.time && a.write?.actor !== b.write?.actor,
};

const HYBRID: FieldRule<LWWRegister> = {
  ...lastWrite(({ hybrid }) => [hybrid.l, hybrid.c]),
  bytes: ({ write }) => textBytes({ l: write?.time ?? 0, c: write?.count ?? 0, node: write?.actor ?? '' }),
  tellsConcurrent: (a, b) =>
    a.write?.time === b.write?.time && a.write?.count === b.write?.count && a.write?.actor !== b.write?.actor,
};

const VERSIONS: FieldRule<Versions<number>> = {
  empty: [],
  edit: (state, actor, value) => [{ version: updateVersion(versionsContext(state), actor), value }],
  join: (a, b) =>
    b.reduce((all, { version, value }) => addVersion(all, version, value), mergeVersions(a, [])),
  shown: (state) => state.map(({ value }) => value),
  bytes: ([delta]) => textBytes(delta?.version ?? null),
  tellsConcurrent: ([a], [b]) =>
    a !== undefined && b !== undefined && compareVectors(a.version, b.version) === 'concurrent',
};

/** Every edit is an element of its own: nothing is decided against, so nothing need be told apart. */
const MERGED: FieldRule<ORSet> = {
  empty: ORSet.empty,
  edit: (state, actor, value) => ORSet.add(state, actor, String(value)),
  join: ORSet.join,
  shown: (state) => ORSet.values(state).map(Number),
  bytes: (delta) => textBytes(delta) - textBytes(ORSet.values(delta)[0] ?? ''),
  tellsConcurrent: () => false,
};

/** The rule of that name. What it keeps is its own affair. */
export function fieldRule(rule: ConflictRule): FieldRule<unknown> {
  const rules = {
    'wall-clock': WALL,
    lamport: LAMPORT,
    hybrid: HYBRID,
    'version-vectors': VERSIONS,
    crdt: MERGED,
  };
  return rules[rule] as unknown as FieldRule<unknown>;
}
