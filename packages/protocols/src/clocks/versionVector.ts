import {
  advanceVector,
  compareVectors,
  descends,
  EMPTY_VECTOR,
  mergeVectors,
  parseVector,
  type Vector,
} from './vector.ts';

/*
 * Version vectors count updates of one object, so that two versions can be told apart as older, newer or in conflict.
 * Source: Parker et al., "Detection of Mutual Inconsistency in Distributed Systems", 1983; Dynamo, 2007, section 4.4.
 */

/** One version of an object that no other version here supersedes. */
export interface Version<V> {
  readonly version: Vector;
  readonly value: V;
}

/** The versions of one object held at a replica, pairwise concurrent. Immutable. */
export type Versions<V> = readonly Version<V>[];

/** The version of a write by `actor` who had read `context`. Receiving a version counts nothing. */
export function updateVersion(context: Vector, actor: string): Vector {
  return advanceVector(context, actor);
}

/** The context a reader of these versions must hand back with its write. */
export function versionsContext<V>(versions: Versions<V>): Vector {
  return versions.reduce((all, { version }) => mergeVectors(all, version), EMPTY_VECTOR);
}

/**
 * Adds a version and keeps only the ones that no other supersedes. `version` is checked. An equal version is the same
 * write, so a duplicate changes nothing.
 */
export function addVersion<V>(versions: Versions<V>, version: unknown, value: V): Versions<V> {
  const added = parseVector(version, 'version');
  if (versions.some((held) => descends(held.version, added))) return versions;
  const kept = versions.filter((held) => compareVectors(held.version, added) === 'concurrent');
  return [...kept, { version: added, value }];
}

/** The versions of two replicas together, superseded ones left out. */
export function mergeVersions<V>(a: Versions<V>, b: Versions<V>): Versions<V> {
  return b.reduce((all, { version, value }) => addVersion(all, version, value), a);
}
