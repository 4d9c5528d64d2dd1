import type { NodeId, RecordKey, RecordWrite } from '../core/core.ts';
import { type Entry, newLog, type RaftLog, type Snapshot } from './log.ts';
import type { RaftState } from './node.ts';
import type { HardState, Ready } from './ready.ts';

/** The record of term, vote and commit index. */
export const HARD_KEY = 'hard';
/** The record of the last snapshot. */
export const SNAPSHOT_KEY = 'snapshot';
/** The record of how many starts of the node have sent reads to a leader. */
export const READS_KEY = 'reads';
/** Records of entries: `log/<index>`. */
export const LOG_PREFIX = 'log/';

/**
 * The records of a Ready, in an order in which a crash between any two leaves a sound disk:
 * a snapshot before the removal of what it stands for; the old tail removed from its end before new entries take its place, so that no
 * mixed log appears; the commit index after the removal, as it may speak of entries that replace the tail, and before them.
 */
export function readyWrites(state: RaftState, ready: Ready): RecordWrite[] {
  const writes: RecordWrite[] = [];
  const { snapshot, entries } = ready;
  if (snapshot !== null) {
    writes.push({ key: SNAPSHOT_KEY, value: snapshot });
    for (let i = state.diskLast; i >= state.diskFirst; i--) writes.push({ key: LOG_PREFIX + i, value: null });
    state.diskFirst = snapshot.index + 1;
    state.diskLast = snapshot.index;
  }
  const first = entries[0]?.index ?? 0;
  if (first > 0) {
    for (let i = state.diskLast; i >= first; i--) writes.push({ key: LOG_PREFIX + i, value: null });
  }
  // A commit index alone is not worth a store. With entries it must be there: a node that holds entries sent under a later
  // configuration must, after a restart, not stand for election under an earlier one.
  if (ready.hard !== null && ready.mustSync) writes.push({ key: HARD_KEY, value: ready.hard });
  else if (first > 0) writes.push({ key: HARD_KEY, value: hardOf(state) });
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[i] as Entry;
    writes.push({ key: LOG_PREFIX + entry.index, value: entry });
  }
  if (first > 0) {
    state.diskLast = (entries[entries.length - 1] as Entry).index;
    if (state.diskFirst > first) state.diskFirst = first;
  }
  return writes;
}

function hardOf(state: RaftState): HardState {
  return { term: state.term, vote: state.vote, commit: state.log.committed };
}

/** What was found on a disk. */
export interface Loaded {
  readonly term: number;
  readonly vote: NodeId;
  readonly snapshot: Snapshot | null;
  readonly log: RaftLog;
  readonly diskFirst: number;
  readonly diskLast: number;
  readonly readEpoch: number;
}

/** Reads a node's records; sound after any crash between two records of a store. */
export function loadRecords(records: Readonly<Record<RecordKey, unknown>>): Loaded {
  const hard = (records[HARD_KEY] ?? { term: 0, vote: 0, commit: 0 }) as HardState;
  const snapshot = (records[SNAPSHOT_KEY] ?? null) as Snapshot | null;
  const found: Entry[] = [];
  for (const key in records) if (key.startsWith(LOG_PREFIX)) found.push(records[key] as Entry);
  found.sort((a, b) => a.index - b.index);
  const base = snapshot?.index ?? 0;
  // A snapshot that came without a term (a broken twin) is taken to be of the term known last.
  const baseTerm = snapshot === null ? 0 : snapshot.term || hard.term;
  const log = loadLog(found, base, baseTerm);
  const last = log.offset + log.entries.length;
  log.stable = last;
  log.handed = last;
  log.committed = Math.max(base, Math.min(hard.commit, last));
  log.applying = base;
  log.applied = base;
  return {
    term: hard.term,
    vote: hard.vote,
    snapshot,
    log,
    diskFirst: found[0]?.index ?? base + 1,
    diskLast: found[found.length - 1]?.index ?? base,
    readEpoch: (records[READS_KEY] ?? 0) as number,
  };
}

/** The entries that follow the snapshot, with those kept behind it as far as they are whole. */
function loadLog(found: readonly Entry[], base: number, baseTerm: number): RaftLog {
  const at = found.findIndex((entry) => entry.index > base);
  const split = at < 0 ? found.length : at;
  const seam = found[split - 1];
  const seamed = seam !== undefined && seam.index === base;
  // Another entry in the snapshot's place: the log is from before the snapshot was installed, and not its continuation.
  if (seamed && seam.term !== baseTerm) return newLog(base, baseTerm);
  let start = split;
  if (seamed) {
    while (start > 0 && (found[start - 1] as Entry).index === base - (split - start)) start--;
  }
  const first = found[start];
  const log =
    seamed && first !== undefined && first.index <= base
      ? newLog(first.index, first.term)
      : newLog(base, baseTerm);
  let next = log.offset + 1;
  for (const entry of found) {
    if (entry.index !== next) continue;
    log.entries.push(entry);
    next++;
  }
  return log;
}
