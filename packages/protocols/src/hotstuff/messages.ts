import type { SignedCommand } from '../byzantine/command.ts';
import type { NodeId } from '../core/core.ts';

/** A replica's vote for the block of a view: at most one a view. */
export interface Vote {
  readonly type: 'vote';
  readonly by: NodeId;
  readonly view: number;
  readonly digest: string;
  readonly signature: string;
}

/** 2f + 1 votes for one block. View 0 is the beginning, which needs none. */
export interface QuorumCertificate {
  readonly view: number;
  readonly digest: string;
  readonly votes: readonly Vote[];
}

/** A node of the tree: it extends the block that its certificate is for. */
export interface Block {
  readonly view: number;
  readonly commands: readonly SignedCommand[];
  readonly justify: QuorumCertificate;
  /** Of view, commands and the block it extends. */
  readonly digest: string;
}

/** The leader's block of a view. */
export interface Proposal {
  readonly type: 'proposal';
  readonly by: NodeId;
  readonly block: Block;
  readonly signature: string;
}

/** A replica gives up on the views before `view`, and says the highest certificate it knows. */
export interface NewView {
  readonly type: 'new-view';
  readonly by: NodeId;
  readonly view: number;
  readonly justify: QuorumCertificate;
  readonly signature: string;
}

/** What HotStuff replicas say to each other (Yin, Malkhi, Reiter, Gueta and Abraham 2019, sections 5 and 6). */
export type HotStuffMessage =
  /** A client's request, passed on. */
  | { readonly type: 'request'; readonly command: SignedCommand }
  | Proposal
  | Vote
  | NewView
  /** Where a replica is: the others send what it lacks. A false one costs messages only. */
  | { readonly type: 'status'; readonly view: number; readonly certified: number }
  /** The highest certificate, for one that is behind. */
  | { readonly type: 'certificate'; readonly certificate: QuorumCertificate }
  /** Asks for a block and some of those before it. */
  | { readonly type: 'fetch'; readonly digest: string }
  /** From the one asked for backwards. */
  | { readonly type: 'blocks'; readonly blocks: readonly Block[] };

const NAMES: Readonly<Record<HotStuffMessage['type'], string>> = {
  request: 'Request',
  proposal: 'Proposal',
  vote: 'Vote',
  'new-view': 'NewView',
  status: 'Status',
  certificate: 'Certificate',
  fetch: 'Fetch',
  blocks: 'Blocks',
};

/** The short name of a message. */
export function hotStuffMessageName(message: HotStuffMessage): string {
  return NAMES[message.type];
}
