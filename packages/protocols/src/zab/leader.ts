import type { NodeId } from '../core/core.ts';
import { startElection } from './election.ts';
import type { ZabMessage, ZabTransaction } from './messages.ts';
import { compareZxids, deliverTo, isLeading, lastOf, tell, type ZabNode, type ZabReport } from './state.ts';

type Message<T extends ZabMessage['type']> = Extract<ZabMessage, { readonly type: T }>;

/** Discovery: with a quorum's epochs known the leader proposes a later one. */
export function followerInfo(node: ZabNode, from: NodeId, epoch: number): void {
  const { config, state } = node;
  if (!isLeading(state)) return;
  if (state.epoch > 0) {
    // Somebody else was promised more: this leader is of the past.
    if (epoch > state.epoch) startElection(node);
    // It promised this epoch, to this leader or in vain to another: nothing is left to promise.
    else if (epoch === state.epoch && state.currentEpoch === epoch) synchronise(node, from);
    else tell(node, from, { type: 'new-epoch', epoch: state.epoch });
    return;
  }
  state.infos[from] = epoch;
  const infos = Object.entries(state.infos);
  if (infos.length < config.quorum || state.infos[state.self] === undefined) return;
  state.epoch = Math.max(...Object.values(state.infos)) + 1;
  for (const [to] of infos) tell(node, Number(to), { type: 'new-epoch', epoch: state.epoch });
}

/** Discovery ends with a quorum's histories: the latest is the history of the new epoch. */
export function ackEpoch(node: ZabNode, from: NodeId, message: Message<'ack-epoch'>): void {
  const { config, state } = node;
  if (!isLeading(state) || message.epoch !== state.epoch) return;
  const { epoch } = state;
  if (state.phase !== 'discovery') {
    if (state.currentEpoch === epoch) synchronise(node, from);
    return;
  }
  state.reports[from] = { currentEpoch: message.currentEpoch, history: message.history };
  const reports = Object.entries(state.reports);
  if (reports.length < config.quorum || state.reports[state.self] === undefined) return;
  state.phase = 'synchronisation';
  const latest = reports.map(([, report]) => report).reduce((a, b) => (isLater(b, a) ? b : a));
  // Broken twin: what others have committed may be missing.
  const history = config.defect === 'leads-with-own-history' ? [...state.history] : [...latest.history];
  for (const [to] of reports) tell(node, Number(to), { type: 'new-leader', epoch, history });
  state.reports = {};
}

/** One that comes later gets all there is now. */
function synchronise(node: ZabNode, to: NodeId): void {
  const { epoch, history } = node.state;
  tell(node, to, { type: 'new-leader', epoch, history: [...history] });
}

function isLater(a: ZabReport, b: ZabReport): boolean {
  return (a.currentEpoch - b.currentEpoch || compareZxids(lastOf(a.history), lastOf(b.history))) > 0;
}

/** Synchronisation ends with a quorum that has the history: all of it is committed, and broadcast begins. */
export function ackNewLeader(node: ZabNode, from: NodeId, message: Message<'ack-new-leader'>): void {
  const { config, state, out } = node;
  if (!isLeading(state) || message.epoch !== state.epoch || state.phase === 'discovery') return;
  hearFollower(node, from, message.position);
  if (state.phase === 'synchronisation') {
    const synced = Object.keys(state.synced).length;
    // Broken twin: its own acknowledgement will do.
    const enough = config.defect === 'broadcasts-before-sync' ? 1 : config.quorum;
    if (synced < enough || state.synced[state.self] === undefined) return;
    state.phase = 'broadcast';
    out.note('established', { epoch: state.epoch });
    deliverTo(node, state.history.length);
    out.setTimer('ping', config.pingMs);
    out.setTimer('election', config.electionMs * 2, config.electionMs * 3);
    for (const to of Object.keys(state.synced)) commitLeader(node, Number(to));
  } else commitLeader(node, from);
}

function commitLeader(node: ZabNode, to: NodeId): void {
  const { state, out } = node;
  if (to === state.self) return;
  out.send(to, { type: 'commit-leader', epoch: state.epoch, committed: state.committed });
}

function hearFollower({ state }: ZabNode, from: NodeId, position: number): void {
  state.synced[from] = Math.max(state.synced[from] ?? 0, position);
  if (!state.heard.includes(from)) state.heard.push(from);
}

/** Broadcast: what a quorum has is committed, with all before it. */
export function ack(node: ZabNode, from: NodeId, message: Message<'ack' | 'pong'>): void {
  const { config, state, out } = node;
  if (!isLeading(state) || message.epoch !== state.epoch || state.phase !== 'broadcast') return;
  if (state.synced[from] === undefined) return;
  hearFollower(node, from, message.position);
  const positions = Object.values(state.synced).sort((a, b) => b - a);
  const position = positions[config.quorum - 1] ?? 0;
  if (position > state.committed) {
    deliverTo(node, position);
    for (const to of Object.keys(state.synced).map(Number)) {
      if (to !== state.self) out.send(to, { type: 'commit', epoch: state.epoch, position });
    }
  }
  if (message.type === 'pong') resend(node, from, message.position);
}

/** Proposals may have been lost: the paper's channels lose nothing, ours do. */
function resend({ config, state, out }: ZabNode, to: NodeId, after: number): void {
  const last = Math.min(state.history.length, after + config.maxOpen);
  for (let position = after + 1; position <= last; position++) {
    const transaction = state.history[position - 1] as ZabTransaction;
    out.send(to, { type: 'propose', epoch: state.epoch, position, transaction });
  }
}

/** Pings its followers. */
export function ping({ config, state, out }: ZabNode): void {
  out.setTimer('ping', config.pingMs);
  for (const to of Object.keys(state.synced).map(Number)) {
    if (to !== state.self) out.send(to, { type: 'ping', epoch: state.epoch, committed: state.committed });
  }
}

/** A leader that no quorum answers leads no more. */
export function checkQuorum(node: ZabNode): void {
  const { config, state, out } = node;
  const heard = new Set([...state.heard, state.self]);
  state.heard = [];
  if (state.phase !== 'broadcast' || heard.size < config.quorum) startElection(node);
  else out.setTimer('election', config.electionMs * 2, config.electionMs * 3);
}
