import type { Plain } from '@holdfast/plain';
import type { Dot } from '../clocks/dot.ts';
import type { Vector } from '../clocks/vector.ts';
import type { MerkleHash } from '../merkle/merkleTree.ts';
import type { Cell } from './cell.ts';

/**
 * What a client may ask of any node. `read` is the context of its last read of the key, whose versions the write replaces; `held` stands
 * for what the coordinator holds. `time` decides for last-write-wins only.
 */
export type LeaderlessCommand =
  | { readonly kind: 'get'; readonly key: string }
  | {
      readonly kind: 'put';
      readonly key: string;
      readonly value: Plain;
      readonly read: Vector | 'held';
      readonly time: number;
    }
  | { readonly kind: 'delete'; readonly key: string; readonly read: Vector | 'held' };

/**
 * What a client hears: the versions nobody has overwritten (none after a write) and the context to hand back. After `unavailable` a write may have
 * an effect, now or later; after `too-many-open` nothing had.
 */
export type LeaderlessResult =
  | { readonly ok: true; readonly values: readonly Plain[]; readonly context: Vector }
  | { readonly ok: false; readonly error: 'unavailable' | 'too-many-open' };

/** Names one operation of a coordinator, also across its restarts. */
export interface OperationName {
  readonly life: number;
  readonly number: number;
}

/** What nodes of a leaderless group say to each other. */
export type LeaderlessMessage =
  /** A node that is no home of the key passes a write on. */
  | { readonly type: 'lead'; readonly name: OperationName; readonly command: LeaderlessCommand }
  | { readonly type: 'led'; readonly name: OperationName; readonly result: LeaderlessResult }
  /** `home` is 0, or the node for which the receiver stands in. */
  | {
      readonly type: 'store';
      readonly name: OperationName;
      readonly key: string;
      readonly cell: Cell;
      readonly home: number;
    }
  | { readonly type: 'stored'; readonly name: OperationName; readonly home: number }
  | { readonly type: 'fetch'; readonly name: OperationName; readonly key: string }
  | { readonly type: 'fetched'; readonly name: OperationName; readonly cell: Cell }
  | { readonly type: 'repair'; readonly key: string; readonly cell: Cell }
  | { readonly type: 'handoff'; readonly key: string; readonly cell: Cell }
  /** The home holds what was handed over; `digest` names it. */
  | { readonly type: 'handed'; readonly key: string; readonly digest: number }
  | { readonly type: 'compare'; readonly range: number; readonly hashes: readonly MerkleHash[] }
  /** All cells of some buckets; with `answer` the receiver sends back what it has beyond them. */
  | {
      readonly type: 'cells';
      readonly range: number;
      readonly buckets: readonly number[];
      readonly cells: readonly (readonly [key: string, cell: Cell])[];
      readonly answer: boolean;
    };

/** A write as it was made, for observers. */
export interface LeaderlessWrite {
  readonly key: string;
  /** Null for a deletion, which makes no version. */
  readonly dot: Dot | null;
  /** What its author had seen. */
  readonly read: Vector;
}

/** A message's name in pictures. */
export function leaderlessMessageName(message: LeaderlessMessage): string {
  if (message.type === 'store' && message.home !== 0) return 'Hint';
  return message.type[0]?.toUpperCase() + message.type.slice(1);
}
