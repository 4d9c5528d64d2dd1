import type { NodeId } from '../core/core.ts';
import type { ZabMessage, ZabVote } from './messages.ts';
import { compareZxids, isLeading, lastOf, tell, type ZabNode } from './state.ts';

type Vote = Extract<ZabMessage, { readonly type: 'vote' }>;

/**
 * Phase 0: looks for a leader. Zab asks of it only that at last a live node is chosen that a quorum follows; this one, in the manner of
 * ZooKeeper's fast leader election, tends to choose who has most.
 */
export function startElection(node: ZabNode): void {
  const { config, state, out } = node;
  for (const ids of Object.values(state.waiting)) {
    for (const id of ids) out.reply(id, { ok: false, error: 'leadership-lost' });
  }
  state.waiting = {};
  state.phase = 'election';
  state.leader = 0;
  state.epoch = 0;
  state.early = {};
  // What this node told itself it told as a follower of a leader it has left.
  state.own = [];
  state.round++;
  state.vote = ownVote(node);
  state.votes = {};
  out.cancelTimer('ping');
  out.note('role', { role: 'looking', round: state.round });
  sayVote(node);
  if (config.quorum <= 1) join(node, state.self);
}

function ownVote({ state }: ZabNode): ZabVote {
  return { leader: state.self, currentEpoch: state.currentEpoch, last: lastOf(state.history) };
}

/** Tells all, now and until there is a leader. */
export function sayVote(node: ZabNode): void {
  const { config, state, out } = node;
  out.setTimer('election', config.electionMs, config.electionMs * 2);
  const message: Vote = { type: 'vote', round: state.round, vote: state.vote, leading: false };
  for (const to of config.nodes) if (to !== state.self) out.send(to, message);
}

/** Counts a vote; a better one becomes this node's own. */
export function hearVote(node: ZabNode, from: NodeId, { round, vote, leading }: Vote): void {
  const { config, state, out } = node;
  if (state.phase !== 'election') {
    if (leading) return;
    if (isLeading(state))
      out.send(from, { type: 'vote', round: state.round, vote: state.vote, leading: true });
    else if (from === state.leader && (round > state.round || isUndecided(node, vote))) {
      // Whom it follows looks for a leader too.
      startElection(node);
    }
    return;
  }
  if (leading) {
    join(node, from);
    return;
  }
  if (round < state.round) {
    out.send(from, { type: 'vote', round: state.round, vote: state.vote, leading: false });
    return;
  }
  const later = round > state.round;
  if (later) {
    state.round = round;
    state.votes = {};
    state.vote = ownVote(node);
  }
  const better = beats(node, vote, state.vote);
  if (better) state.vote = vote;
  if (later || better) sayVote(node);
  state.votes[from] = vote;
  const same = Object.values(state.votes).filter(({ leader }) => leader === state.vote.leader);
  if (same.length + 1 >= config.quorum) join(node, state.vote.leader);
}

/** Whom it follows has not led it yet, and wants another by now. */
function isUndecided({ state }: ZabNode, vote: ZabVote): boolean {
  return state.phase === 'discovery' && vote.leader !== state.leader;
}

function beats({ config }: ZabNode, a: ZabVote, b: ZabVote): boolean {
  const epochs = a.currentEpoch - b.currentEpoch;
  const zxids = compareZxids(a.last, b.last);
  const ids = a.leader - b.leader;
  // Broken twin: where the transactions are equal, ids decide without a look at the epochs.
  if (config.defect === 'votes-in-a-circle' && zxids === 0 && ids > 0) return true;
  return (epochs || zxids || ids) > 0;
}

/** Leads, or follows, and tells the leader the last epoch it promised. */
function join(node: ZabNode, leader: NodeId): void {
  const { config, state, out } = node;
  state.phase = 'discovery';
  state.leader = leader;
  state.infos = {};
  state.reports = {};
  state.synced = {};
  state.heard = [];
  out.note('role', { role: isLeading(state) ? 'leading' : 'following', leader });
  out.setTimer('election', config.electionMs * 2, config.electionMs * 3);
  introduce(node);
}

/** Phase 1, first step; again until the leader lets this node take part. */
export function introduce(node: ZabNode): void {
  const { config, state, out } = node;
  if (state.phase !== 'discovery' && state.phase !== 'synchronisation') return;
  if (!isLeading(state)) out.setTimer('ping', config.pingMs);
  tell(node, state.leader, { type: 'follower-info', epoch: state.acceptedEpoch });
}

/** A follower has heard its leader. */
export function hearLeader({ config, state, out }: ZabNode): void {
  if (isLeading(state)) return;
  out.setTimer('election', config.electionMs * 2, config.electionMs * 3);
}
