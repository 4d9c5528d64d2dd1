import { assertPlain, clonePlain, type Plain } from '@holdfast/plain';
import { MalformedClockError, readFields } from './boundary.ts';
import { compareDots, type Dot, parseDot } from './dot.ts';
import { advanceVector, counterOf, EMPTY_VECTOR, mergeVectors, parseVector, type Vector } from './vector.ts';

/**
 * The values of one object under dotted version vectors: each sibling keeps the dot of the write that made it, beside
 * one context of everything this replica has seen. A write removes exactly the siblings its author had read, so
 * concurrent writes through one replica make true siblings and no false ones. Immutable plain data.
 * Source: Preguica et al., "Dotted Version Vectors", 2010; Almeida et al., "Scalable and Accurate Causality Tracking
 * for Eventually Consistent Stores", 2014.
 */
export interface DottedVersions<V extends Plain> {
  readonly context: Vector;
  /** By dot, each covered by `context`. */
  readonly siblings: readonly (readonly [dot: Dot, value: V])[];
}

/** Most siblings a value read from outside may hold. */
export const SIBLING_LIMIT = 65_536;

/** An object never written. */
export function emptyDotted<V extends Plain>(): DottedVersions<V> {
  return { context: EMPTY_VECTOR, siblings: [] };
}

/**
 * A write of `value` handled by replica `actor`, for a client whose last read returned `read` (checked;
 * `EMPTY_VECTOR` for a blind write). Siblings that read had seen go; all others stay beside the new one.
 */
export function writeDotted<V extends Plain>(
  held: DottedVersions<V>,
  actor: string,
  read: unknown,
  value: V,
): DottedVersions<V> {
  const seen = parseVector(read, 'read');
  const context = advanceVector(mergeVectors(held.context, seen), actor);
  const dot: Dot = [actor, counterOf(context, actor)];
  const kept = held.siblings.filter(([sibling]) => !covers(seen, sibling));
  return { context, siblings: sorted([...kept, [dot, value]]) };
}

/** Two replicas' states together: a sibling goes when the other side had seen its dot and no longer holds it. */
export function syncDotted<V extends Plain>(a: DottedVersions<V>, b: DottedVersions<V>): DottedVersions<V> {
  const inBoth = a.siblings.filter(([dot]) => holds(b, dot));
  const onlyA = a.siblings.filter(([dot]) => !covers(b.context, dot));
  const onlyB = b.siblings.filter(([dot]) => !covers(a.context, dot));
  return {
    context: mergeVectors(a.context, b.context),
    siblings: sorted([...inBoth, ...onlyA, ...onlyB]),
  };
}

/** Reads a replica's state that came from elsewhere, or throws `MalformedClockError` (`NotPlainError` for a value). */
export function parseDotted(value: unknown, path = 'dotted'): DottedVersions<Plain> {
  const fields = readFields(value, path, 'dotted versions {context, siblings}');
  const context = parseVector(fields.context, `${path}.context`);
  const { siblings } = fields;
  if (!Array.isArray(siblings) || siblings.length > SIBLING_LIMIT) {
    throw new MalformedClockError(`${path}.siblings`, `at most ${SIBLING_LIMIT} siblings`, siblings);
  }
  const read = siblings.map((item: unknown, i): readonly [Dot, Plain] => {
    const at = `${path}.siblings[${i}]`;
    if (!Array.isArray(item) || item.length !== 2) throw new MalformedClockError(at, '[dot, value]', item);
    const dot = parseDot(item[0], `${at}[0]`);
    if (!covers(context, dot)) throw new MalformedClockError(`${at}[0]`, 'a dot its context covers', item[0]);
    const held: unknown = item[1];
    assertPlain(held, `${at}[1]`);
    return [dot, clonePlain(held)];
  });
  for (let i = 1; i < read.length; i++) {
    const pair = [read[i - 1], read[i]] as const;
    if (pair[0] && pair[1] && compareDots(pair[0][0], pair[1][0]) >= 0) {
      throw new MalformedClockError(`${path}.siblings[${i}]`, 'a dot after the one before it', pair[1][0]);
    }
  }
  return { context, siblings: read };
}

function covers(context: Vector, dot: Dot): boolean {
  return counterOf(context, dot[0]) >= dot[1];
}

function holds<V extends Plain>(state: DottedVersions<V>, dot: Dot): boolean {
  return state.siblings.some(([held]) => compareDots(held, dot) === 0);
}

function sorted<V>(siblings: (readonly [Dot, V])[]): readonly (readonly [Dot, V])[] {
  return siblings.sort((x, y) => compareDots(x[0], y[0]));
}
