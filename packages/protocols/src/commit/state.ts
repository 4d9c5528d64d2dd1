import type { NodeId, NodeView, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { CommitConfig } from './config.ts';

/** How a transaction ends. */
export type CommitDecision = 'committed' | 'aborted';

/**
 * Where a node is with the transaction. Coordinator: working, collecting votes, (precommitted,) committed or aborted. Participant: working,
 * prepared (it has said yes and may not decide alone), (precommitted,) committed or aborted.
 */
export type CommitPhase = 'working' | 'collecting' | 'prepared' | 'precommitted' | CommitDecision;

/** What a client asks of the coordinator. */
export type CommitCommand = 'commit';

/** What a client hears. `not-coordinator` and `already-asked` say nothing of the transaction. */
export type CommitResult =
  | { readonly ok: true; readonly decision: CommitDecision }
  | { readonly ok: false; readonly error: 'not-coordinator' | 'already-asked' };

/** What nodes say to each other. Three-phase commit only: precommit, precommit-ack, state-request and state. */
export type CommitMessage =
  | { readonly type: 'prepare' }
  | { readonly type: 'vote'; readonly yes: boolean }
  | { readonly type: 'precommit' }
  | { readonly type: 'precommit-ack' }
  | { readonly type: 'decision'; readonly decision: CommitDecision }
  | { readonly type: 'decision-ack' }
  | { readonly type: 'inquire' }
  | { readonly type: 'state-request' }
  | { readonly type: 'state'; readonly phase: CommitPhase };

/** A node's whole state: plain data. */
export interface CommitState {
  readonly self: NodeId;
  phase: CommitPhase;
  /** The store that makes the phase durable; 0 once it is. */
  token: StoreToken;
  /** Coordinator: who voted yes, acknowledged the precommit, acknowledged the decision. */
  yes: NodeId[];
  precommitted: NodeId[];
  done: NodeId[];
  request: RequestId;
  /** It crashed since the transaction began: it asks, and decides nothing for others. */
  recovering: boolean;
  /** Three-phase commit: phases heard while finishing without a coordinator; null otherwise. */
  heard: CommitPhase[] | null;
}

/** One node, for the length of one step. */
export interface CommitNode {
  readonly config: CommitConfig;
  readonly state: CommitState;
  readonly out: Outbox<CommitMessage, CommitResult>;
}

/** The one timer of a node. */
export const TIMEOUT = 'timeout';

/** A node in a phase. */
export function commitState(self: NodeId, phase: CommitPhase, recovering: boolean): CommitState {
  const lists = { yes: [], precommitted: [], done: [] };
  return { self, phase, token: 0, ...lists, request: 0, recovering, heard: null };
}

/** Enters a phase, durably; the answer is the store to wait for. */
export function enter({ state, out }: CommitNode, phase: CommitPhase): StoreToken {
  state.phase = phase;
  state.token = out.store([{ key: 'phase', value: phase }]);
  out.note('phase', phase);
  return state.token;
}

/** Whether nothing more can change. */
export function isDecided(phase: CommitPhase): phase is CommitDecision {
  return phase === 'committed' || phase === 'aborted';
}

/** Waits for the next message, as long as the options say. */
export function wait({ config, out }: CommitNode): void {
  out.setTimer(TIMEOUT, config.timeoutMs, config.timeoutMs * 2);
}

/** Sends to all participants but this node. */
export function tellParticipants(
  { config, state, out }: CommitNode,
  message: CommitMessage,
  after = 0,
): void {
  for (const to of config.participants) if (to !== state.self) out.send(to, message, after);
}

/** What observers see of a node. */
export function commitView(state: CommitState): NodeView {
  return {
    phase: state.phase,
    durable: state.token === 0,
    yes: state.yes.length,
    recovering: state.recovering,
  };
}
