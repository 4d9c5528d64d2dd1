import type { ByzantineResult } from '../byzantine/command.ts';
import type { Desk, Pending } from '../byzantine/desk.ts';
import type { Execution } from '../byzantine/execution.ts';
import { isSignedBy, nodePrincipal, type Signed, signAs, type Unsigned } from '../byzantine/signer.ts';
import type { NodeId, Outbox, StoreToken } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import type { HotStuffConfig } from './config.ts';
import type { Block, HotStuffMessage, NewView, Proposal, QuorumCertificate, Vote } from './messages.ts';

/** The certificate of the beginning: everything extends it. */
export const GENESIS: QuorumCertificate = { view: 0, digest: 'genesis', votes: [] };

/** A replica's whole state: plain data. */
export interface HotStuffState {
  readonly self: NodeId;
  /** The view this replica is in. */
  view: number;
  /** The last view it voted in, or gave up on: it votes in later ones only. */
  voted: number;
  /** The last view it proposed in. */
  proposed: number;
  /** The last certificate it told everybody, having nothing to propose. */
  announced: number;
  /** The view it calls for. */
  wanted: number;
  /** The certificate with the highest view (prepareQC). */
  high: QuorumCertificate;
  /** The certificate of the block this replica is locked on (lockedQC). */
  locked: QuorumCertificate;
  /** By digest. */
  blocks: Record<string, Block>;
  /** Positions of the blocks carried out, by digest. */
  positions: Record<string, number>;
  /** The last block carried out. */
  decided: string;
  /** The latest vote of each replica, for the leader of the next view. */
  votes: Record<number, Vote>;
  /** The latest call for a view of each replica. */
  newViews: Record<number, NewView>;
  /** Proposals for views this replica has not reached, or whose past it does not know; the latest of each leader. */
  early: Record<number, Proposal>;
  /** Blocks asked for. */
  fetching: string[];
  /** Views given up on since the last certificate. */
  failures: number;
  /** The view whose timer runs; 0 for none. */
  timedView: number;
  execution: Execution;
  pending: Pending[];
  /** Messages of this node to itself, each to be heard when a store is durable. */
  own: { readonly after: StoreToken; readonly message: HotStuffMessage }[];
}

/** One replica, for the length of one step. */
export interface HotStuffNode {
  readonly config: HotStuffConfig;
  readonly machine: Machine;
  readonly state: HotStuffState;
  readonly out: Outbox<HotStuffMessage, ByzantineResult>;
}

/** A message of this node, signed. */
export function signed<T extends HotStuffMessage & Signed>(
  { config, state }: HotStuffNode,
  body: Unsigned<T>,
): T {
  return signAs<T>(config.signer, nodePrincipal(state.self), body);
}

/** Whether a message is what its author signed. */
export function isAuthentic({ config }: HotStuffNode, message: Signed & { readonly by: NodeId }): boolean {
  // Broken twin: anybody speaks in anybody's name.
  if (config.defect === 'believes-signatures') return true;
  return config.nodes.includes(message.by) && isSignedBy(config.signer, nodePrincipal(message.by), message);
}

/** Sends to a node, or tells itself, once the store is durable. */
export function tell(
  { state, out }: HotStuffNode,
  to: NodeId,
  message: HotStuffMessage,
  after: StoreToken,
): void {
  if (to === state.self) state.own.push({ after, message });
  else out.send(to, message, after);
}

/** Tells all, itself too. */
export function tellAll(node: HotStuffNode, message: HotStuffMessage, after: StoreToken): void {
  for (const to of node.config.nodes) tell(node, to, message, after);
}

/** Writes down what a restart must not forget. */
export function storeSafety({ state, out }: HotStuffNode): StoreToken {
  const { view, voted, proposed, wanted, high, locked } = state;
  return out.store([{ key: 'safety', value: { view, voted, proposed, wanted, high, locked } }]);
}

/** Where clients are received. */
export function deskOf({ config, state, out }: HotStuffNode): Desk<HotStuffMessage> {
  const { signer, maxPending, defect } = config;
  return { state, out, signer, maxPending, trusting: defect === 'believes-signatures' };
}
