import type { NodeId } from '../core/core.ts';
import { type Ballot, ballotOf, roundOf } from '../paxos/ballot.ts';
import { learn } from './learner.ts';
import type { ReportedSlot } from './messages.ts';
import { proposeIn } from './proposer.ts';
import { type MultiPaxosNode, tell } from './state.ts';

/** Phase 1a, for all slots this node does not know to be chosen. */
export function campaign(node: MultiPaxosNode): void {
  const { config, state } = node;
  if (state.role === 'leader') return;
  state.round = Math.max(state.round, roundOf(state.promised, config.nodes)) + 1;
  state.role = 'candidate';
  state.leader = 0;
  state.ballot = ballotOf(state.round, config.nodes, state.self);
  state.promisedBy = [];
  state.reports = {};
  armElection(node);
  for (const to of config.nodes) {
    tell(node, to, { type: 'prepare', ballot: state.ballot, from: state.chosenTo + 1 });
  }
}

/** Counts a promise; with a quorum this node leads, and finishes what others began. */
export function promised(
  node: MultiPaxosNode,
  from: NodeId,
  ballot: Ballot,
  slots: readonly ReportedSlot[],
): void {
  const { config, state } = node;
  if (state.role !== 'candidate' || ballot !== state.ballot || state.promisedBy.includes(from)) return;
  state.promisedBy.push(from);
  for (const report of slots) {
    const best = state.reports[report.slot];
    if (best === undefined || report.chosen || (!best.chosen && report.ballot > best.ballot)) {
      state.reports[report.slot] = report;
    }
  }
  if (state.promisedBy.length >= config.phase1Quorum) lead(node);
}

function lead(node: MultiPaxosNode): void {
  const { config, state, out } = node;
  state.role = 'leader';
  state.leader = state.self;
  out.note('role', { role: 'leader', ballot: state.ballot });
  out.cancelTimer('election');
  const first = state.chosenTo + 1;
  const last = Math.max(state.chosenMax, ...Object.keys(state.reports).map(Number));
  state.nextSlot = last + 1;
  const reports = state.reports;
  state.reports = {};
  for (const { slot, entry, chosen } of Object.values(reports)) if (chosen) learn(node, slot, entry);
  for (let slot = first; slot <= last; slot++) {
    if (state.chosen[slot] !== undefined) continue;
    const report = reports[slot];
    // Broken twin: a slot nobody reported stays empty, and holds up all that follow.
    if (report === undefined && config.defect === 'leaves-gaps') continue;
    proposeIn(node, slot, report?.entry ?? null);
  }
  beat(node);
}

/** Heartbeats, and accepts again that were not answered. */
export function beat(node: MultiPaxosNode): void {
  const { config, state, out } = node;
  if (state.role !== 'leader') return;
  out.setTimer('heartbeat', config.heartbeatMs);
  for (const to of config.nodes) {
    if (to === state.self) continue;
    out.send(to, { type: 'heartbeat', ballot: state.ballot, chosenTo: state.chosenTo });
    for (const [slot, { entry, heard }] of Object.entries(state.open)) {
      if (heard.includes(to)) continue;
      out.send(to, { type: 'accept', ballot: state.ballot, slot: Number(slot), entry });
    }
  }
}

/** Another node's ballot is in force: what this node led, it leads no more. */
export function follow(node: MultiPaxosNode, ballot: Ballot): void {
  const { state, out } = node;
  if (state.role !== 'follower' && ballot > state.ballot) {
    state.role = 'follower';
    state.ballot = 0;
    state.leader = 0;
    state.open = {};
    for (const id of Object.values(state.waiting)) {
      out.reply(id, { ok: false, error: 'leadership-lost' });
    }
    state.waiting = {};
    out.cancelTimer('heartbeat');
    out.note('role', { role: 'follower', ballot });
  }
  if (state.role === 'follower') armElection(node);
}

/** Follower and candidate: how long to wait for a leader. */
export function armElection({ config, out }: MultiPaxosNode): void {
  out.setTimer('election', config.electionTimeoutMs, config.electionTimeoutMs * 2);
}
