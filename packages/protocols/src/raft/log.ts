import type { Plain } from '@holdfast/plain';
import type { MembershipChange } from './confchange/change.ts';
import type { MembershipRecord } from './tracker/membership.ts';

/** One entry of the replicated log; never changed once made. A `normal` entry with null data is a leader's first, empty entry. */
export type Entry =
  | { readonly term: number; readonly index: number; readonly kind: 'normal'; readonly data: Plain }
  | {
      readonly term: number;
      readonly index: number;
      readonly kind: 'config';
      readonly data: MembershipChange;
    };

/** Everything up to and including entry `index`, in place of the entries. */
export interface Snapshot {
  readonly index: number;
  /** The term of entry `index`: the log goes on from (index, term). */
  readonly term: number;
  readonly membership: MembershipRecord;
  /** The entry that made `membership`; 0 for the first configuration. */
  readonly membershipIndex: number;
  /** The state machine and whatever belongs to it. */
  readonly data: Plain;
}

/**
 * The log: entries (offset, offset + entries.length], and how far each thing has come. Always
 * applied <= applying <= committed and stable <= handed <= last index.
 */
export interface RaftLog {
  /** The entry just before the first one held: compacted away, or 0. */
  offset: number;
  offsetTerm: number;
  entries: Entry[];
  /** The last entry known to be durable here. */
  stable: number;
  /** The last entry handed to storage. */
  handed: number;
  committed: number;
  /** The last entry handed to the state machine. */
  applying: number;
  applied: number;
  /** A snapshot received that is not durable here yet. */
  snapshot: Snapshot | null;
  snapshotHanded: boolean;
  /** The state machine holds as much as it may until it reports back. */
  applyingPaused: boolean;
}

/** A log that begins after (index, term), everything before it durable, committed and applied. */
export function newLog(index: number, term: number): RaftLog {
  return {
    offset: index,
    offsetTerm: term,
    entries: [],
    stable: index,
    handed: index,
    committed: index,
    applying: index,
    applied: index,
    snapshot: null,
    snapshotHanded: false,
    applyingPaused: false,
  };
}

/** Index of the last entry. */
export function lastIndex(log: RaftLog): number {
  return log.offset + log.entries.length;
}

/** Term of the last entry. */
export function lastTerm(log: RaftLog): number {
  const { entries } = log;
  return entries.length === 0 ? log.offsetTerm : (entries[entries.length - 1] as Entry).term;
}

/** Term of entry `index`; -1 when it is compacted away or not there yet. */
export function termAt(log: RaftLog, index: number): number {
  const at = index - log.offset - 1;
  if (at < -1 || at >= log.entries.length) return -1;
  return at === -1 ? log.offsetTerm : (log.entries[at] as Entry).term;
}

/** Entries from `from`, at most `limit`; `from` must be above the offset. */
export function entriesFrom(log: RaftLog, from: number, limit: number): Entry[] {
  const start = from - log.offset - 1;
  return log.entries.slice(start, Math.min(start + limit, log.entries.length));
}

/** Whether a log that ends with (term, index) has all that this one may have committed (Raft, 5.4.1). */
export function isUpToDate(log: RaftLog, term: number, index: number): boolean {
  const own = lastTerm(log);
  return term > own || (term === own && index >= lastIndex(log));
}

/**
 * The last position at or below `index` whose term is at most `term`: below it a log with (index, term) may agree with this one. Lets a
 * refused append skip whole terms. The answer's term is 0 when it is not known here.
 */
export function agreementBelow(
  log: RaftLog,
  index: number,
  term: number,
): { readonly index: number; readonly term: number } {
  for (let i = index; i > 0; i--) {
    const own = termAt(log, i);
    if (own < 0) return { index: i, term: 0 };
    if (own <= term) return { index: i, term: own };
  }
  return { index: 0, term: 0 };
}

/** Position in `entries` of the first one this log does not already have; `entries.length` when it has all. */
export function firstNews(log: RaftLog, entries: readonly Entry[]): number {
  let at = 0;
  while (at < entries.length) {
    const entry = entries[at] as Entry;
    if (termAt(log, entry.index) !== entry.term) break;
    at++;
  }
  return at;
}

/**
 * Puts entries, from position `at` of the list on, in their place; whatever was there or after is gone, and no longer counts as durable
 * or handed to storage.
 */
export function overwrite(log: RaftLog, entries: readonly Entry[], at: number): void {
  if (at >= entries.length) return;
  const before = (entries[at] as Entry).index - 1;
  if (before < lastIndex(log)) {
    log.entries.length = before - log.offset;
    if (log.stable > before) log.stable = before;
    if (log.handed > before) log.handed = before;
  }
  for (let i = at; i < entries.length; i++) log.entries.push(entries[i] as Entry);
}

/** Forgets entries after `index`, which must be committed or later; those of memberships stay, and all before them. */
export function cutAfter(log: RaftLog, index: number): void {
  const kept = log.entries.findLast(({ kind }) => kind === 'config')?.index ?? 0;
  const last = Math.max(index, kept, log.offset);
  if (last >= lastIndex(log)) return;
  log.entries.length = last - log.offset;
  log.stable = Math.min(log.stable, last);
  log.handed = Math.min(log.handed, last);
}

/**
 * Storage reports that the log is durable up to (index, term). Ignored when the log now has another entry there: it was
 * overwritten meanwhile, and what is durable is not what is in the log (ABA).
 */
export function markStable(log: RaftLog, index: number, term: number): void {
  if (index <= log.stable || termAt(log, index) !== term) return;
  log.stable = index;
  if (log.handed < index) log.handed = index;
}

/** The log becomes the snapshot, to be made durable; entries are gone. */
export function replaceBySnapshot(log: RaftLog, snapshot: Snapshot, term: number): void {
  log.snapshot = snapshot;
  log.snapshotHanded = false;
  log.offset = snapshot.index;
  log.offsetTerm = term;
  log.entries = [];
  log.stable = snapshot.index;
  log.handed = snapshot.index;
  log.committed = snapshot.index;
}

/** The last entry that may be applied: committed, and durable here unless `applyUnstable`. */
export function appliableIndex(log: RaftLog, applyUnstable: boolean): number {
  return applyUnstable ? log.committed : Math.min(log.committed, log.stable);
}

/** Whether entries wait to be applied. */
export function hasAppliable(log: RaftLog, applyUnstable: boolean): boolean {
  if (log.applyingPaused || log.snapshot !== null) return false;
  return appliableIndex(log, applyUnstable) > log.applying;
}

/** Forgets entries up to `index`, which must be applied. */
export function compactTo(log: RaftLog, index: number): void {
  if (index <= log.offset) return;
  const term = termAt(log, index);
  log.entries.splice(0, index - log.offset);
  log.offset = index;
  log.offsetTerm = term;
}
