import type { Core, NodeId, NodeView, Outbox, RequestId, StoreToken } from '../core/core.ts';
import {
  paxos,
  type PaxosCommand,
  type PaxosMessage,
  type PaxosResult,
  type PaxosState,
} from '../paxos/index.ts';
import { type CommitConfig, type CommitOptions, commitConfig, CONSENSUS_COMMIT_DEFECTS } from './config.ts';
import type { CommitCommand, CommitDecision, CommitPhase, CommitResult } from './state.ts';

/** What nodes say to each other: votes, and the messages of the decision's Paxos. */
export type ConsensusCommitMessage =
  | { readonly type: 'prepare' }
  | { readonly type: 'vote'; readonly yes: boolean }
  | { readonly type: 'consensus'; readonly message: PaxosMessage };

/** A node's whole state: plain data. */
export interface ConsensusCommitState {
  readonly self: NodeId;
  phase: CommitPhase;
  /** The store that makes the phase durable; 0 once it is. */
  token: StoreToken;
  yes: NodeId[];
  request: RequestId;
  consensus: PaxosState;
}

type Out = Outbox<ConsensusCommitMessage, CommitResult>;
type DecisionCore = Core<PaxosState, PaxosMessage, PaxosCommand, PaxosResult>;

interface Node {
  readonly config: CommitConfig;
  readonly core: DecisionCore;
  readonly state: ConsensusCommitState;
  readonly out: Out;
}

const PREFIX = 'consensus/';

/**
 * Atomic commit of one transaction whose decision is a value of single-decree Paxos among coordinator and participants: the coordinator
 * proposes commit once all have said yes, and anybody who waits too long proposes abort. Never two decisions; one comes as long as
 * a majority is up and messages arrive in time. A slow vote may abort a transaction all agree on. Throws `CommitOptionsError`.
 */
export function consensusCommit(
  options: CommitOptions,
): Core<ConsensusCommitState, ConsensusCommitMessage, CommitCommand, CommitResult> {
  const config = commitConfig(options, CONSENSUS_COMMIT_DEFECTS);
  const core = paxos({ nodes: [config.coordinator, ...config.participants] });
  return {
    name: 'consensus-commit',
    boot({ self, records }, out): ConsensusCommitState {
      const own: Record<string, unknown> = {};
      for (const [key, value] of Object.entries(records)) {
        if (key.startsWith(PREFIX)) own[key.slice(PREFIX.length)] = value;
      }
      const consensus = core.boot({ self, records: own }, inner(out));
      const phase = (records['phase'] as CommitPhase | undefined) ?? 'working';
      out.setTimer('timeout', config.timeoutMs, config.timeoutMs * 2);
      return { self, phase, token: 0, yes: [], request: 0, consensus };
    },
    step(state, event, out): void {
      const node: Node = { config, core, state, out };
      if (event.kind === 'request') begin(node, event.id);
      else if (event.kind === 'timer') {
        if (event.timer === 'timeout') timeout(node);
        else
          core.step(state.consensus, { kind: 'timer', timer: event.timer.slice(PREFIX.length) }, inner(out));
      } else if (event.kind === 'stored') {
        if (event.token >= state.token) state.token = 0;
        core.step(state.consensus, event, inner(out));
      } else receive(node, event.from, event.message);
      takeDecision(node);
    },
    messageType: (message): string =>
      message.type === 'consensus' ? core.messageType(message.message) : message.type,
    view: (state): NodeView => ({
      phase: state.phase,
      durable: state.token === 0,
      yes: state.yes.length,
      promised: state.consensus.promised,
      accepted: state.consensus.acceptedBallot,
    }),
  };
}

/** The effects of the decision's Paxos, told apart from the commit's own. */
function inner(out: Out): Outbox<PaxosMessage, PaxosResult> {
  return {
    send: (to, message, after = 0): void => out.send(to, { type: 'consensus', message }, after),
    store: (writes): StoreToken =>
      out.store(writes.map(({ key, value }) => ({ key: `${PREFIX}${key}`, value }))),
    setTimer: (timer, minMs, maxMs = minMs): void => out.setTimer(`${PREFIX}${timer}`, minMs, maxMs),
    cancelTimer: (timer): void => out.cancelTimer(`${PREFIX}${timer}`),
    // The decision is read from the state.
    reply: (): void => undefined,
    choose: (label, among): number => out.choose(label, among),
    note: (kind, data): void => out.note(`${PREFIX}${kind}`, data),
  };
}

function begin({ config, state, out }: Node, id: RequestId): void {
  if (state.self !== config.coordinator) out.reply(id, { ok: false, error: 'not-coordinator' });
  else if (state.phase === 'committed' || state.phase === 'aborted') {
    out.reply(id, { ok: true, decision: state.phase });
  } else if (state.request > 0) out.reply(id, { ok: false, error: 'already-asked' });
  else {
    state.request = id;
    state.phase = 'collecting';
    for (const to of config.participants) out.send(to, { type: 'prepare' });
    out.setTimer('timeout', config.timeoutMs, config.timeoutMs * 2);
  }
}

function receive(node: Node, from: NodeId, message: ConsensusCommitMessage): void {
  const { config, core, state, out } = node;
  if (message.type === 'consensus') {
    core.step(state.consensus, { kind: 'message', from, message: message.message }, inner(out));
  } else if (message.type === 'vote') {
    if (state.self !== config.coordinator || state.yes.includes(from)) return;
    if (!message.yes) propose(node, 'aborted');
    else state.yes.push(from);
    if (state.yes.length === config.participants.length) {
      // Broken twin: what it proposes need not be what is decided.
      if (config.defect === 'decides-alone') take(node, 'committed');
      propose(node, 'committed');
    }
  } else {
    const yes = !config.refusing.includes(state.self);
    if (state.phase === 'working' && yes) {
      state.phase = 'prepared';
      state.token = out.store([{ key: 'phase', value: 'prepared' }]);
    }
    // Persist BEFORE send.
    out.send(from, { type: 'vote', yes }, state.token);
  }
}

function propose({ core, state, out }: Node, value: CommitDecision): void {
  core.step(state.consensus, { kind: 'request', id: 1, command: { value } }, inner(out));
}

function timeout(node: Node): void {
  const { phase } = node.state;
  if (phase !== 'committed' && phase !== 'aborted') propose(node, 'aborted');
}

function takeDecision(node: Node): void {
  const { decided } = node.state.consensus;
  if (decided !== null) take(node, decided.value === 'committed' ? 'committed' : 'aborted');
}

function take({ state, out }: Node, decision: CommitDecision): void {
  if (state.phase === 'committed' || state.phase === 'aborted') return;
  state.phase = decision;
  state.token = out.store([{ key: 'phase', value: decision }]);
  out.cancelTimer('timeout');
  out.note('phase', decision);
  if (state.request > 0) out.reply(state.request, { ok: true, decision });
  state.request = 0;
}
