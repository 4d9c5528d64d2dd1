import type { SignedCommand } from '../byzantine/command.ts';
import type { NodeId } from '../core/core.ts';

/** The first of the two votes of a round; null says that nothing acceptable was proposed in time. */
export interface Prevote {
  readonly type: 'prevote';
  readonly by: NodeId;
  readonly height: number;
  readonly round: number;
  readonly digest: string | null;
  readonly signature: string;
}

/** The second: a quorum of prevotes was seen for this block (or null: for none). */
export interface Precommit {
  readonly type: 'precommit';
  readonly by: NodeId;
  readonly height: number;
  readonly round: number;
  readonly digest: string | null;
  readonly signature: string;
}

/** What the proposer of a round would have decided at this height. */
export interface Proposal {
  readonly type: 'proposal';
  readonly by: NodeId;
  readonly height: number;
  readonly round: number;
  readonly commands: readonly SignedCommand[];
  /** Of height and commands. */
  readonly digest: string;
  /** The round in which a quorum prevoted for this block; -1 when none is known. */
  readonly validRound: number;
  /** Those prevotes: the proof of lock. */
  readonly pol: readonly Prevote[];
  readonly signature: string;
}

/** A block and 2f + 1 precommits for it. */
export interface Decision {
  readonly height: number;
  readonly round: number;
  readonly commands: readonly SignedCommand[];
  readonly digest: string;
  readonly precommits: readonly Precommit[];
}

/** What Tendermint nodes say to each other (Buchman, Kwon and Milosevic 2018, algorithm 1). */
export type TendermintMessage =
  /** A client's request, passed on. */
  | { readonly type: 'request'; readonly command: SignedCommand }
  | Proposal
  | Prevote
  | Precommit
  /** Where a node is: the others send what it lacks. A false one costs messages only. */
  | { readonly type: 'status'; readonly height: number; readonly round: number }
  /** A height that is decided, for one that is behind. */
  | ({ readonly type: 'decided' } & Decision);

const NAMES: Readonly<Record<TendermintMessage['type'], string>> = {
  request: 'Request',
  proposal: 'Proposal',
  prevote: 'Prevote',
  precommit: 'Precommit',
  status: 'Status',
  decided: 'Decided',
};

/** The short name of a message. */
export function tendermintMessageName(message: TendermintMessage): string {
  return NAMES[message.type];
}
