import { type ByzantineResult, digestOf, isGenuine, type SignedCommand } from '../byzantine/command.ts';
import type { Desk, Pending } from '../byzantine/desk.ts';
import type { Execution } from '../byzantine/execution.ts';
import { isSignedBy, nodePrincipal, type Signed, signAs, type Unsigned } from '../byzantine/signer.ts';
import type { NodeId, Outbox, StoreToken } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import type { TendermintConfig } from './config.ts';
import type { Decision, Precommit, Prevote, Proposal, TendermintMessage } from './messages.ts';

/** What was heard of one round: of each sender the first vote of a kind. */
export interface RoundVotes {
  proposal: Proposal | null;
  prevotes: Record<number, Prevote>;
  precommits: Record<number, Precommit>;
}

/** A block, and the last round in which it had a quorum of prevotes. */
export interface Polled {
  readonly round: number;
  readonly commands: readonly SignedCommand[];
  readonly digest: string;
  readonly pol: readonly Prevote[];
}

/** A node's whole state: plain data. The names are the paper's. */
export interface TendermintState {
  readonly self: NodeId;
  height: number;
  round: number;
  step: 'propose' | 'prevote' | 'precommit';
  /** Whether there is anything to decide at this height: a node that has nothing to do waits without a timer. */
  awake: boolean;
  /** What this node precommitted for last: it prevotes for nothing else, unless shown a later quorum (lockedValue, lockedRound). */
  locked: Polled | null;
  /** The last block that might have been decided, as far as this node knows (validValue, validRound): what it will propose. */
  valid: Polled | null;
  /** By round, of this height; up to `ROUNDS_AHEAD` beyond the current one. */
  rounds: Record<number, RoundVotes>;
  /** The highest round of this height heard of from each node. */
  heard: Record<number, number>;
  /** Which timeouts of this round have been started. */
  timed: { propose: boolean; prevote: boolean; precommit: boolean };
  /** What this node has said in this round. */
  said: (Proposal | Prevote | Precommit)[];
  /** By height. */
  decisions: Record<number, Decision>;
  execution: Execution;
  pending: Pending[];
  /** Messages of this node to itself, each to be heard when a store is durable. */
  own: { readonly after: StoreToken; readonly message: TendermintMessage }[];
}

/** Votes are kept for so many rounds to come; a quorum further ahead is caught up with by its status. */
export const ROUNDS_AHEAD = 8;

/** One node, for the length of one step. */
export interface TendermintNode {
  readonly config: TendermintConfig;
  readonly machine: Machine;
  readonly state: TendermintState;
  readonly out: Outbox<TendermintMessage, ByzantineResult>;
}

/** A message of this node, signed. */
export function signed<T extends TendermintMessage & Signed>(
  { config, state }: TendermintNode,
  body: Unsigned<T>,
): T {
  return signAs<T>(config.signer, nodePrincipal(state.self), body);
}

/** Whether a message is what its author signed. */
export function isAuthentic({ config }: TendermintNode, message: Signed & { readonly by: NodeId }): boolean {
  // Broken twin: anybody speaks in anybody's name.
  if (config.defect === 'believes-signatures') return true;
  return config.nodes.includes(message.by) && isSignedBy(config.signer, nodePrincipal(message.by), message);
}

/** Writes down where this node stands and what it says there, and then says it: to all others, and to itself. */
export function say(node: TendermintNode, message: Proposal | Prevote | Precommit): void {
  const { config, state, out } = node;
  state.said.push(message);
  const token = storeStand(node);
  for (const to of config.nodes) if (to !== state.self) out.send(to, message, token);
  state.own.push({ after: token, message });
}

/** Writes down all that a restart must not forget: round, step, locks and votes. */
export function storeStand({ state, out }: TendermintNode): StoreToken {
  const { height, round, step, locked, valid, said } = state;
  return out.store([{ key: 'stand', value: { height, round, step, locked, valid, said: [...said] } }]);
}

/** The digest of a block. */
export function blockDigest(
  { signer }: Pick<TendermintConfig, 'signer'>,
  height: number,
  commands: readonly SignedCommand[],
): string {
  return digestOf(signer, [height, commands]);
}

/** valid(v) of the paper: commands of clients, not too many, and the digest is theirs. */
export function isValidBlock(
  { config }: TendermintNode,
  { height, commands, digest }: Pick<Decision, 'height' | 'commands' | 'digest'>,
): boolean {
  if (commands.length > config.maxBlock || digest !== blockDigest(config, height, commands)) return false;
  const trusting = config.defect === 'believes-signatures';
  return trusting || commands.every((command) => isGenuine(config.signer, command));
}

/** The votes of a round of this height. */
export function votesOf({ state }: TendermintNode, round: number): RoundVotes {
  return (state.rounds[round] ??= { proposal: null, prevotes: {}, precommits: {} });
}

/** Where clients are received. */
export function deskOf({ config, state, out }: TendermintNode): Desk<TendermintMessage> {
  const { signer, maxPending, defect } = config;
  return { state, out, signer, maxPending, trusting: defect === 'believes-signatures' };
}
