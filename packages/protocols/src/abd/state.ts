import type { Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import {
  replicaCount,
  ReplicationOptionsError,
  replicaDefect,
  replicaNodes,
} from '../replication/optionsError.ts';
import { ABD_DEFECTS, type AbdDefect } from './defects.ts';

/** What a group of ABD replicas is asked to be. Durations are in milliseconds of the node's own clock. */
export interface AbdOptions {
  readonly nodes: readonly NodeId[];
  /** The only node that may write, which then needs no first phase; any node when left out. */
  readonly writer?: NodeId | undefined;
  /** A phase without a majority of answers asks again after this long. Default 100. */
  readonly retryMs?: number;
  /** Operations a node coordinates at once; beyond it they are refused. Default 1,000. */
  readonly maxOpen?: number;
  /** Breaks the protocol on purpose. */
  readonly defect?: AbdDefect | undefined;
}

/** Options with nothing left open. */
export interface AbdConfig {
  readonly nodes: readonly NodeId[];
  readonly writer: NodeId | undefined;
  readonly majority: number;
  readonly retryMs: number;
  readonly maxOpen: number;
  readonly defect: AbdDefect | undefined;
}

/** Validates options once and fills in what is left open. Throws `ReplicationOptionsError`. */
export function abdConfig(options: AbdOptions): AbdConfig {
  const nodes = replicaNodes('nodes', options.nodes);
  if (options.writer !== undefined && !nodes.includes(options.writer)) {
    throw new ReplicationOptionsError('writer', `one of the nodes ${nodes.join(', ')}`, options.writer);
  }
  return {
    nodes,
    writer: options.writer,
    majority: Math.floor(nodes.length / 2) + 1,
    retryMs: replicaCount('retryMs', options.retryMs ?? 100),
    maxOpen: replicaCount('maxOpen', options.maxOpen ?? 1_000),
    defect: replicaDefect(ABD_DEFECTS, options.defect),
  };
}

/** Names a write: by counter, then writer. No two writes have one tag. */
export interface Tag {
  readonly counter: number;
  readonly writer: NodeId;
}

/** A value with the tag of the write that made it; counter 0 for nothing written. */
export interface Tagged {
  readonly tag: Tag;
  readonly value: Plain;
}

/** Which of two tags is later: positive when `a` is. */
export function compareTags(a: Tag, b: Tag): number {
  return a.counter - b.counter || a.writer - b.writer;
}

/** Before the first write. */
export const NOTHING: Tagged = { tag: { counter: 0, writer: 0 }, value: null };

/** What a client asks. */
export type AbdCommand =
  | { readonly f: 'read'; readonly key: string }
  | { readonly f: 'write'; readonly key: string; readonly value: Plain };

/** What a client hears. An operation without an answer may have an effect; both errors mean it had none. */
export type AbdResult =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly error: 'not-the-writer' | 'too-many-open'; readonly writer: NodeId };

/** Names one phase of a coordinator, across its restarts. */
export interface PhaseName {
  readonly life: number;
  readonly phase: number;
}

/** What nodes say to each other. */
export type AbdMessage =
  | { readonly type: 'query'; readonly name: PhaseName; readonly key: string }
  | { readonly type: 'holds'; readonly name: PhaseName; readonly held: Tagged }
  | { readonly type: 'update'; readonly name: PhaseName; readonly key: string; readonly held: Tagged }
  | { readonly type: 'updated'; readonly name: PhaseName };

/** An operation in one of its two phases. */
export interface AbdOperation {
  readonly request: RequestId;
  readonly command: AbdCommand;
  phase: 'query' | 'update';
  /** Who answered in this phase. */
  heard: NodeId[];
  /** The latest seen, or what is being stored. */
  held: Tagged;
}

/** A node's whole state: plain data. */
export interface AbdState {
  readonly self: NodeId;
  /** How often the node has started; durable before anything is sent. */
  readonly life: number;
  nextPhase: number;
  values: Record<string, Tagged>;
  /** The highest counter this node has given to a write, by key. */
  used: Record<string, number>;
  /** By phase. */
  operations: Record<number, AbdOperation>;
  lastStore: StoreToken;
  /** Own copies, heard of when the store is durable. */
  storing: { readonly token: StoreToken; readonly phase: number }[];
}

/** One node, for the length of one step. */
export interface AbdNode {
  readonly config: AbdConfig;
  readonly state: AbdState;
  readonly out: Outbox<AbdMessage, AbdResult>;
}
