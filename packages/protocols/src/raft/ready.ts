import type { NodeId } from '../core/core.ts';
import {
  appliableIndex,
  type Entry,
  entriesFrom,
  hasAppliable,
  lastIndex,
  lastTerm,
  markStable,
  type Snapshot,
} from './log.ts';
import { leaveJointIfDue } from './proposals.ts';
import type { Raft } from './state.ts';

/** What must survive a crash besides the log. */
export interface HardState {
  readonly term: number;
  readonly vote: NodeId;
  readonly commit: number;
}

/**
 * What has accumulated for storage and the state machine. PERSIST hard state, snapshot and entries, in one
 * ordered store, BEFORE the messages of `Raft.afterAppend` leave.
 */
export interface Ready {
  /** Null when unchanged. */
  readonly hard: HardState | null;
  readonly snapshot: Snapshot | null;
  /** Entries to be stored, in place of whatever storage has from the first one's index on. */
  readonly entries: readonly Entry[];
  /** Entries to be applied. */
  readonly committed: readonly Entry[];
  /** Whether messages wait for this store: only then must it be flushed at once. */
  readonly mustSync: boolean;
  /** To be given back to `storageDone` once all this is durable; null when the log has nothing that is not. */
  readonly mark: StoreMark | null;
}

/** What a store makes durable. */
export interface StoreMark {
  /** The node's term when the store was issued. */
  readonly term: number;
  /** The log's end at that moment; 0 when all of it was durable. */
  readonly index: number;
  readonly logTerm: number;
  /** The index of the snapshot stored; 0 without one. */
  readonly snapshot: number;
}

/** Whether storage or the state machine have something to do. */
export function hasReady(raft: Raft, applyUnstable: boolean): boolean {
  const { state } = raft;
  const { log } = state;
  return (
    lastIndex(log) > log.handed ||
    hardChanged(raft) ||
    (log.snapshot !== null && !log.snapshotHanded) ||
    hasAppliable(log, applyUnstable)
  );
}

function hardChanged({ state }: Raft): boolean {
  return (
    state.term !== state.handedTerm ||
    state.vote !== state.handedVote ||
    state.log.committed !== state.handedCommit
  );
}

/**
 * Takes what has accumulated; it counts as handed over. With `applyUnstable`, committed entries may be applied although they
 * are not durable here yet, as the caller stores them first.
 */
export function takeReady(raft: Raft, applyUnstable: boolean): Ready {
  const { state } = raft;
  const { log } = state;
  const entries = lastIndex(log) > log.handed ? entriesFrom(log, log.handed + 1, Infinity) : [];
  const snapshot = log.snapshot !== null && !log.snapshotHanded ? log.snapshot : null;
  const mustSync = entries.length > 0 || state.term !== state.handedTerm || state.vote !== state.handedVote;
  const hard = hardChanged(raft) ? { term: state.term, vote: state.vote, commit: log.committed } : null;
  const committed = takeCommitted(raft, applyUnstable);
  log.handed = lastIndex(log);
  if (snapshot !== null) log.snapshotHanded = true;
  state.handedTerm = state.term;
  state.handedVote = state.vote;
  state.handedCommit = log.committed;
  return { hard, snapshot, entries, committed, mustSync, mark: storeMark(raft, snapshot) };
}

function storeMark({ state }: Raft, snapshot: Snapshot | null): StoreMark | null {
  const { log } = state;
  const pending = lastIndex(log) > log.stable;
  if (!pending && snapshot === null) return null;
  return {
    term: state.term,
    index: pending ? lastIndex(log) : 0,
    logTerm: pending ? lastTerm(log) : 0,
    snapshot: snapshot?.index ?? 0,
  };
}

function takeCommitted(raft: Raft, applyUnstable: boolean): Entry[] {
  const { config } = raft;
  const { log } = raft.state;
  if (!hasAppliable(log, applyUnstable)) return [];
  const limit = appliableIndex(log, applyUnstable);
  const room = Math.max(1, config.maxApplying - (log.applying - log.applied));
  const committed = entriesFrom(log, log.applying + 1, Math.min(limit - log.applying, room));
  log.applying += committed.length;
  log.applyingPaused = log.applying - log.applied >= config.maxApplying || log.applying < limit;
  return committed;
}

/**
 * A store is durable. Marks of an earlier term say nothing of the log: it may have been overwritten twice since, back to entries
 * that look the same (ABA); the store that raised the term covers what is there now. Returns the snapshot that became durable.
 */
export function storageDone(raft: Raft, mark: StoreMark): Snapshot | null {
  const { log, term } = raft.state;
  if (mark.index > 0 && mark.term === term) markStable(log, mark.index, mark.logTerm);
  const { snapshot } = log;
  if (mark.snapshot === 0 || snapshot === null || snapshot.index !== mark.snapshot) return null;
  log.snapshot = null;
  log.snapshotHanded = false;
  log.applying = Math.max(log.applying, snapshot.index);
  applyDone(raft, snapshot.index);
  return snapshot;
}

/** The state machine has applied everything up to `index`. */
export function applyDone(raft: Raft, index: number): void {
  const { log } = raft.state;
  if (index > log.applied) log.applied = index;
  log.applyingPaused = log.applying - log.applied >= raft.config.maxApplying;
  leaveJointIfDue(raft);
}
