import type { Boot, Core, CoreEvent, NodeView, Outbox } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import { unpackReplicated } from './sessions.ts';
import type { RaftCommand, RaftResult } from './client.ts';
import { type RaftConfig, type RaftOptions, raftConfig } from './config.ts';
import { restoreMembers } from './confchange/restore.ts';
import { drain, stored } from './drain.ts';
import { lastIndex, lastTerm } from './log.ts';
import { type RaftMessage, raftMessageName } from './messages.ts';
import { RaftNode, type RaftState } from './node.ts';
import { handleRequest, resendReads, settleReads } from './requests.ts';
import { newConsensus } from './state.ts';
import { fireTimer, receive } from './step.ts';
import { loadRecords } from './storage.ts';
import { armElection, armLeaderFresh } from './timers.ts';
import { progressOf } from './tracker/tracker.ts';

type Out = Outbox<RaftMessage, RaftResult>;

/**
 * Raft (Ongaro and Ousterhout 2014; Ongaro's dissertation) over a replicated state machine: pre-vote, check-quorum, leadership transfer,
 * learners, joint consensus, snapshots, pipelining, ReadIndex and lease reads, client sessions. Follows etcd-io/raft in what it does
 * when, which its transcripts judge. Throws `RaftOptionsError` for options no group can run with.
 */
export function raft(
  options: RaftOptions,
  machine: Machine,
): Core<RaftState, RaftMessage, RaftCommand, RaftResult> {
  const config = raftConfig(options);
  return {
    name: 'raft',
    boot: (boot, out): RaftState => bootNode(config, machine, boot, out),
    step: (state, event, out): void => stepNode(new RaftNode(config, machine, state, out), event),
    messageType: raftMessageName,
    view: raftView,
  };
}

function bootNode(config: RaftConfig, machine: Machine, { self, records }: Boot, out: Out): RaftState {
  // Broken twin: the disk was lost, the id kept.
  const loaded = loadRecords(config.defect === 'forgets-on-restart' ? {} : records);
  const { log, snapshot } = loaded;
  const first = {
    voters: config.voters,
    votersOutgoing: [],
    learners: config.learners,
    learnersNext: [],
    autoLeave: false,
  };
  const members = restoreMembers(snapshot?.membership ?? first, lastIndex(log));
  const state: RaftState = {
    ...newConsensus(self, log, members, snapshot?.membershipIndex ?? 0, loaded),
    machine: machine.init(),
    sessions: {},
    sessionCount: 0,
    snapshot,
    stores: [],
    diskFirst: loaded.diskFirst,
    diskLast: loaded.diskLast,
    waitingWrites: [],
    waitingReads: [],
    lastContext: 0,
    readEpoch: loaded.readEpoch,
    readEpochToken: 0,
  };
  if (snapshot !== null) unpackReplicated(state, snapshot.data);
  const node = new RaftNode(config, machine, state, out);
  out.note('role', { role: state.role, term: state.term, leader: 0 });
  armElection(node);
  // Before the crash it may have told a leader that it follows, and that leader may hold a lease because of it.
  if (config.leaseReads && state.term > 0) armLeaderFresh(node);
  drain(node);
  return state;
}

function stepNode(node: RaftNode, event: CoreEvent<RaftMessage, RaftCommand>): void {
  const { state } = node;
  const { term, leader } = state;
  switch (event.kind) {
    case 'message':
      if (accepts(node, event.from, event.message)) receive(node, event.from, event.message);
      break;
    case 'timer':
      fireTimer(node, event.timer);
      break;
    case 'request':
      handleRequest(node, event.id, event.command);
      break;
    case 'stored':
      stored(node, event.token);
      break;
  }
  drain(node);
  if (state.waitingReads.length === 0) return;
  settleReads(node, state.term !== term || state.leader !== leader);
  if (event.kind === 'message' && event.message.type === 'heartbeat') resendReads(node);
}

/** Answers of nodes that are not, or no longer, of the configuration count for nothing. */
function accepts({ state }: RaftNode, from: number, { type }: RaftMessage): boolean {
  switch (type) {
    case 'append-reply':
    case 'heartbeat-reply':
    case 'vote-reply':
    case 'pre-vote-reply':
      return progressOf(state.tracker, from) !== undefined;
    default:
      return true;
  }
}

/** What observers see of a node: role, term, leader, commit index, configuration. */
export function raftView(state: RaftState): NodeView {
  const { log } = state;
  return {
    role: state.role,
    term: state.term,
    vote: state.vote,
    leader: state.leader,
    commit: log.committed,
    applied: log.applied,
    lastIndex: lastIndex(log),
    lastTerm: lastTerm(log),
    snapshotIndex: state.snapshot?.index ?? 0,
    voters: state.votersText,
    configVersion: state.membershipIndex,
  };
}
