import type { ByzantineResult } from '../byzantine/command.ts';
import type { Desk, Pending } from '../byzantine/desk.ts';
import type { Execution } from '../byzantine/execution.ts';
import { isSignedBy, nodePrincipal, type Signed, signAs, type Unsigned } from '../byzantine/signer.ts';
import type { NodeId, Outbox, StoreToken } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import type { PbftConfig } from './config.ts';
import type {
  Checkpoint,
  Commit,
  CommitCertificate,
  NewView,
  PbftMessage,
  PreparedCertificate,
  PrePrepare,
  Prepare,
  ViewChange,
} from './messages.ts';

/** What a replica knows of one sequence number. Votes are one per sender, of the highest view heard: a liar fills no memory. */
export interface Slot {
  /** Accepted in the view it names. */
  prePrepare: PrePrepare | null;
  prepares: Record<number, Prepare>;
  commits: Record<number, Commit>;
  /** That of the highest view in which it was prepared here; outlives the view. */
  prepared: PreparedCertificate | null;
  committed: CommitCertificate | null;
}

/** A replica's whole state: plain data. */
export interface PbftState {
  readonly self: NodeId;
  view: number;
  /** False from the call for `view` until its new-view message is believed. */
  active: boolean;
  /** The last stable checkpoint: the low watermark h. */
  stable: number;
  stableProof: readonly Checkpoint[];
  /** By sequence number, above `stable` and up to `stable + logSize`. */
  slots: Record<number, Slot>;
  /** Own states at checkpoints from `stable` on. */
  snapshots: Record<number, Execution>;
  /** By sequence number and sender. */
  checkpoints: Record<number, Record<number, Checkpoint>>;
  execution: Execution;
  /** Oldest first. */
  pending: Pending[];
  /** Primary: the commands that have a number in this view, and the last number given. */
  assigned: Record<string, number>;
  lastSequence: number;
  /** The latest of each replica. */
  viewChanges: Record<number, ViewChange>;
  /** What made the current view, for those who missed it. */
  newView: NewView | null;
  /** The view whose new-view message is waited for while that timer runs; -1 when it does not. */
  timedView: number;
  /** The request waited for while the timer runs; empty when it does not. */
  timedFor: string;
  /** Whether that request was passed on to everybody. */
  relayed: boolean;
  /** View changes since something was last carried out. */
  attempts: number;
  /** Messages of this node to itself, each to be heard when a store is durable. */
  own: { readonly after: StoreToken; readonly message: PbftMessage }[];
}

/** One replica, for the length of one step. */
export interface PbftNode {
  readonly config: PbftConfig;
  readonly machine: Machine;
  readonly state: PbftState;
  readonly out: Outbox<PbftMessage, ByzantineResult>;
}

/** A message of this node, signed. */
export function signed<T extends PbftMessage & Signed>({ config, state }: PbftNode, body: Unsigned<T>): T {
  return signAs<T>(config.signer, nodePrincipal(state.self), body);
}

/** Whether a message is what its author signed. */
export function isAuthentic({ config }: PbftNode, message: Signed & { readonly by: NodeId }): boolean {
  // Broken twin: anybody speaks in anybody's name.
  if (config.defect === 'believes-signatures') return true;
  return config.nodes.includes(message.by) && isSignedBy(config.signer, nodePrincipal(message.by), message);
}

/** Sends to all others, and tells itself, once the store is durable: a vote counts nowhere before it can be lost no more. */
export function broadcast(
  { config, state, out }: PbftNode,
  message: PbftMessage,
  after: StoreToken = 0,
): void {
  for (const to of config.nodes) if (to !== state.self) out.send(to, message, after);
  state.own.push({ after, message });
}

/** The slot of a sequence number between the watermarks, or undefined. */
export function slotAt({ config, state }: PbftNode, sequence: number): Slot | undefined {
  const between = sequence > state.stable && sequence <= state.stable + config.logSize;
  if (!between || !Number.isSafeInteger(sequence)) return undefined;
  const empty = { prePrepare: null, prepares: {}, commits: {}, prepared: null, committed: null };
  return (state.slots[sequence] ??= empty);
}

/** Writes down what must survive a crash of a slot: what was accepted, prepared and committed. */
export function storeSlot({ state, out }: PbftNode, sequence: number): StoreToken {
  const { prePrepare, prepared, committed } = state.slots[sequence] as Slot;
  return out.store([{ key: `slot/${sequence}`, value: { prePrepare, prepared, committed } }]);
}

/** Where clients are received. */
export function deskOf({ config, state, out }: PbftNode): Desk<PbftMessage> {
  const { signer, maxPending, defect } = config;
  const trusting = defect === 'believes-signatures';
  return { state, out, signer, maxPending, trusting, forgetful: defect === 'no-dedup' };
}
