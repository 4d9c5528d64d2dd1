import type { Core, NodeId, Outbox } from '@holdfast/protocols';
import type { RegisterMessage } from './registerClient.ts';

/** Ordered by round, then by node. */
export interface PaxosBallot {
  readonly round: number;
  readonly node: NodeId;
}

/** A client's put on its way to being decided. */
export interface PaxosProposal {
  readonly request: number;
  readonly client: NodeId;
  readonly value: string;
}

/** A proposal accepted in a ballot. */
export interface PaxosAccepted {
  readonly ballot: PaxosBallot;
  readonly proposal: PaxosProposal;
}

/** What servers say to each other. */
export type PaxosPeerMessage =
  | { readonly type: 'prepare'; readonly ballot: PaxosBallot }
  | { readonly type: 'prepared'; readonly ballot: PaxosBallot; readonly accepted: PaxosAccepted | null }
  | { readonly type: 'accept'; readonly ballot: PaxosBallot; readonly proposal: PaxosProposal }
  | { readonly type: 'accepted'; readonly ballot: PaxosBallot }
  | { readonly type: 'decided'; readonly ballot: PaxosBallot; readonly proposal: PaxosProposal };

/** All messages of the system. */
export type PaxosMessage = PaxosPeerMessage | RegisterMessage;

/** A server: proposer and acceptor in one. */
export interface PaxosState {
  ballot: PaxosBallot;
  proposal: PaxosProposal | null;
  /** What each acceptor promised the current ballot with, by node. */
  promises: Record<string, PaxosAccepted | null>;
  /** Who accepted in the current ballot, sorted. */
  acceptances: NodeId[];
  accepted: PaxosAccepted | null;
  decided: boolean;
}

type Out = Outbox<PaxosMessage, never>;

/**
 * Single-decree Paxos serving a register that is written once: the first put to be decided is what every get answers. Promises and
 * acceptances to oneself take no message. The protocol Stateright's example explores.
 */
export function singleDecreePaxos(
  self: NodeId,
  peers: readonly NodeId[],
): Core<PaxosState, PaxosMessage, never, never> {
  const server: Server = { self, peers, majority: Math.floor((peers.length + 1) / 2) + 1 };
  return {
    name: 'single-decree paxos',
    boot: (): PaxosState => ({
      ballot: { round: 0, node: 0 },
      proposal: null,
      promises: {},
      acceptances: [],
      accepted: null,
      decided: false,
    }),
    step(state, event, out): void {
      if (event.kind === 'message') receive(server, state, event.from, event.message, out);
    },
    messageType: ({ type }): string => type,
    view: ({ ballot, decided, accepted }) => ({
      round: ballot.round,
      leader: ballot.node,
      decided,
      value: accepted?.proposal.value ?? null,
    }),
  };
}

interface Server {
  readonly self: NodeId;
  readonly peers: readonly NodeId[];
  readonly majority: number;
}

function receive(server: Server, state: PaxosState, from: NodeId, message: PaxosMessage, out: Out): void {
  if (state.decided) {
    // Whether it was decided is known for sure only here, so only here gets are answered.
    if (message.type === 'get' && state.accepted !== null)
      out.send(from, { type: 'get-ok', request: message.request, value: state.accepted.proposal.value });
    return;
  }
  switch (message.type) {
    case 'put':
      if (state.proposal === null) propose(server, state, from, message, out);
      return;
    case 'prepare':
      if (compareBallots(state.ballot, message.ballot) < 0) {
        state.ballot = message.ballot;
        out.send(from, { type: 'prepared', ballot: message.ballot, accepted: state.accepted });
      }
      return;
    case 'prepared':
      if (compareBallots(state.ballot, message.ballot) === 0)
        promised(server, state, from, message.accepted, out);
      return;
    case 'accept':
      if (compareBallots(state.ballot, message.ballot) <= 0) {
        state.ballot = message.ballot;
        state.accepted = { ballot: message.ballot, proposal: message.proposal };
        out.send(from, { type: 'accepted', ballot: message.ballot });
      }
      return;
    case 'accepted':
      if (compareBallots(state.ballot, message.ballot) === 0) countAcceptance(server, state, from, out);
      return;
    case 'decided':
      state.ballot = message.ballot;
      state.accepted = { ballot: message.ballot, proposal: message.proposal };
      state.decided = true;
      return;
    default:
  }
}

function propose(
  { self, peers }: Server,
  state: PaxosState,
  client: NodeId,
  { request, value }: { readonly request: number; readonly value: string },
  out: Out,
): void {
  state.proposal = { request, client, value };
  state.ballot = { round: state.ballot.round + 1, node: self };
  state.promises = { [self]: state.accepted };
  state.acceptances = [];
  for (const peer of peers) out.send(peer, { type: 'prepare', ballot: state.ballot });
}

function promised(
  { self, peers, majority }: Server,
  state: PaxosState,
  from: NodeId,
  accepted: PaxosAccepted | null,
  out: Out,
): void {
  state.promises[from] = accepted;
  const promises = Object.values(state.promises);
  if (promises.length !== majority) return;
  // What a majority may have accepted before must be proposed again.
  const latest = promises.reduce((a, b) => (compareAccepted(a, b) < 0 ? b : a));
  const proposal = latest?.proposal ?? state.proposal;
  if (proposal === null) return;
  const { ballot } = state;
  state.proposal = proposal;
  state.accepted = { ballot, proposal };
  state.acceptances = [self];
  for (const peer of peers) out.send(peer, { type: 'accept', ballot, proposal });
}

function countAcceptance({ peers, majority }: Server, state: PaxosState, from: NodeId, out: Out): void {
  if (!state.acceptances.includes(from))
    state.acceptances = [...state.acceptances, from].sort((a, b) => a - b);
  const { ballot, proposal } = state;
  if (state.acceptances.length !== majority || proposal === null) return;
  state.decided = true;
  for (const peer of peers) out.send(peer, { type: 'decided', ballot, proposal });
  out.send(proposal.client, { type: 'put-ok', request: proposal.request });
}

function compareBallots(a: PaxosBallot, b: PaxosBallot): number {
  return a.round - b.round || a.node - b.node;
}

/** Nothing accepted comes before everything accepted. */
function compareAccepted(a: PaxosAccepted | null, b: PaxosAccepted | null): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  return compareBallots(a.ballot, b.ballot);
}
