import { clonePlain, type Plain } from '@holdfast/plain';
import type { RequestId } from '../core/core.ts';
import { awaitEntry } from './apply.ts';
import type { RaftCommand, RaftError, ReadMode } from './client.ts';
import type { MembershipChange } from './confchange/change.ts';
import { tryChange } from './membership.ts';
import type { RaftNode, WaitingRead } from './node.ts';
import { changeProblem, proposalRefusal, propose, proposeChange } from './proposals.ts';
import { leaderRead } from './reads.ts';
import { forgetLeader } from './roles.ts';
import { READS_KEY } from './storage.ts';
import { transferLeadership } from './transfer.ts';

/** Handles a client's request. */
export function handleRequest(node: RaftNode, id: RequestId, command: RaftCommand): void {
  if ('transfer' in command) {
    // Answered when it has begun; who leads in the end shows in the view.
    const problem = transferLeadership(node, command.transfer);
    if (problem === undefined) node.port.reply(id, { ok: true, value: null });
    else refuse(node, id, problem === 'not-leader' ? problem : 'refused', problem);
  } else if ('forgetLeader' in command) {
    if (forgetLeader(node)) node.port.reply(id, { ok: true, value: null });
    else refuse(node, id, 'refused', 'follows nobody, or lease reads rely on it');
  } else if ('reconfigure' in command) reconfigure(node, id, command.reconfigure);
  else {
    const { client, sequence, operation, read = 'log' } = command;
    if (read === 'log' || node.machine.query === undefined) write(node, id, { client, sequence, operation });
    else startRead(node, id, operation, read);
  }
}

function refuse(node: RaftNode, id: RequestId, error: RaftError, detail: string): void {
  node.port.reply(id, { ok: false, error, leader: node.state.leader, detail });
}

function refused(node: RaftNode, id: RequestId): boolean {
  const refusal = proposalRefusal(node);
  if (refusal === undefined) return false;
  refuse(node, id, refusal === 'not-leader' || refusal === 'removed' ? 'not-leader' : 'busy', refusal);
  return true;
}

function write(
  node: RaftNode,
  id: RequestId,
  entry: { readonly client: number; readonly sequence: number; readonly operation: Plain },
): void {
  if (refused(node, id)) return;
  const index = propose(node, entry);
  if (node.config.defect === 'ack-on-append') {
    // Broken twin: being in this log is taken for being done.
    const value = node.machine.apply(clonePlain(node.state.machine), entry.operation);
    node.port.reply(id, { ok: true, value });
    return;
  }
  awaitEntry(node, id, index);
}

function reconfigure(node: RaftNode, id: RequestId, change: MembershipChange): void {
  if (refused(node, id)) return;
  const problem = changeProblem(node, change);
  if (problem !== undefined) {
    refuse(node, id, 'refused', problem);
    return;
  }
  const outcome = tryChange(node, change);
  if ('refusal' in outcome && !node.config.skipChangeChecks) refuse(node, id, 'refused', outcome.refusal);
  else awaitEntry(node, id, proposeChange(node, change));
}

function startRead(node: RaftNode, id: RequestId, operation: Plain, mode: ReadMode): void {
  const { state, config } = node;
  // Broken twin: every read is local.
  if (mode === 'local' || config.defect === 'local-read') {
    answerRead(node, id, operation, mode, state.log.applied);
    return;
  }
  if (state.leader === 0) {
    refuse(node, id, 'not-leader', 'nobody leads');
    return;
  }
  if (state.waitingReads.length >= config.maxPendingReads) {
    refuse(node, id, 'busy', 'too many reads');
    return;
  }
  const leads = state.role === 'leader';
  if (!leads) reserveContexts(node);
  const context = ++state.lastContext;
  const lease = mode === 'lease' && config.leaseReads;
  state.waitingReads.push({ id, context, operation, index: -1, lease, overdue: false });
  if (leads) leaderRead(node, state.self, context, lease);
  else sendRead(node, context, lease);
}

/** Reads per start of a node that are told apart from those of other starts. */
const CONTEXTS_PER_EPOCH = 2 ** 24;

/**
 * Takes a range of names no earlier start of this node has used, PERSISTED BEFORE the first is sent: a late answer to a read from before a
 * crash must not pass for the answer to a new one.
 */
function reserveContexts({ state, port }: RaftNode): void {
  if (state.readEpochToken !== 0 && state.lastContext + 1 < (state.readEpoch + 1) * CONTEXTS_PER_EPOCH)
    return;
  state.readEpoch++;
  state.lastContext = state.readEpoch * CONTEXTS_PER_EPOCH;
  state.readEpochToken = port.store([{ key: READS_KEY, value: state.readEpoch }]);
  state.stores.push({ token: state.readEpochToken, mark: null, own: [] });
}

function sendRead({ state, port }: RaftNode, context: number, lease: boolean): void {
  port.send(state.leader, { type: 'read', term: state.term, context, lease }, state.readEpochToken);
}

function answerRead(node: RaftNode, id: RequestId, operation: Plain, mode: string, index: number): void {
  const { state, machine, port } = node;
  const value = machine.query?.(state.machine, operation) ?? null;
  port.note('read', { mode, index, applied: state.log.applied });
  port.reply(id, { ok: true, value });
}

/** The leader was heard: reads it was asked about some time ago, without an answer, are sent again. */
export function resendReads(node: RaftNode): void {
  const { state } = node;
  if (state.role !== 'follower' || state.leader === 0) return;
  for (const read of state.waitingReads) {
    if (read.index >= 0) continue;
    if (read.overdue) sendRead(node, read.context, read.lease);
    else read.overdue = true;
  }
}

/**
 * Ends what can be ended of the reads that wait: confirmed ones are answered once their index is applied. With `leadershipChanged`
 * the others are refused: whoever was to confirm them no longer leads, and as a read has no effect the client may simply ask again.
 */
export function settleReads(node: RaftNode, leadershipChanged: boolean): void {
  const { state, readStates } = node;
  for (const { context, index } of readStates) {
    const waiting = state.waitingReads.find((read) => read.context === context);
    if (waiting !== undefined && waiting.index < 0) waiting.index = index;
  }
  if (!leadershipChanged && readStates.length === 0 && !state.waitingReads.some(isDue(state.log.applied)))
    return;
  const due = isDue(state.log.applied);
  const still: WaitingRead[] = [];
  for (const read of state.waitingReads) {
    if (due(read)) answerRead(node, read.id, read.operation, 'confirmed', read.index);
    else if (leadershipChanged && read.index < 0) refuse(node, read.id, 'not-leader', 'leadership changed');
    else still.push(read);
  }
  state.waitingReads = still;
}

function isDue(applied: number): (read: WaitingRead) => boolean {
  return (read) => read.index >= 0 && read.index <= applied;
}
