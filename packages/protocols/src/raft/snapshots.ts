import { compactTo, type Snapshot, termAt } from './log.ts';
import type { RaftNode, RaftState } from './node.ts';
import { packReplicated } from './sessions.ts';
import { LOG_PREFIX, SNAPSHOT_KEY } from './storage.ts';
import { membershipRecord } from './tracker/membership.ts';

/** A snapshot of this moment: everything applied so far. */
export function makeSnapshot(state: RaftState): Snapshot {
  const index = state.log.applied;
  return {
    index,
    term: termAt(state.log, index),
    membership: membershipRecord(state.tracker.membership),
    membershipIndex: state.membershipIndex,
    data: packReplicated(state),
  };
}

/**
 * What a follower that needs compacted entries is given: the last snapshot, or a fresh one when the configuration has changed since, as
 * an old configuration may not know the follower.
 */
export function snapshotToSend(state: RaftState): Snapshot | null {
  const { snapshot, log } = state;
  if (
    snapshot !== null &&
    snapshot.index >= log.offset &&
    snapshot.membershipIndex === state.membershipIndex
  ) {
    return snapshot;
  }
  return log.applied >= log.offset ? makeSnapshot(state) : null;
}

/**
 * Takes a snapshot when enough was applied since the last, and forgets the entries behind it. The snapshot comes first in
 * the store: a crash between two records loses entries only when the snapshot that stands for them is there.
 */
export function snapshotIfDue(node: RaftNode): void {
  const { state, config, port } = node;
  const { log } = state;
  const since = state.snapshot?.index ?? 0;
  if (config.snapshotEvery === 0 || log.applied - since < config.snapshotEvery) return;
  if (log.snapshot !== null) return;
  const snapshot = makeSnapshot(state);
  state.snapshot = snapshot;
  const writes: { key: string; value: unknown }[] = [{ key: SNAPSHOT_KEY, value: snapshot }];
  const upTo = snapshot.index - config.keepEntries;
  for (; state.diskFirst <= upTo; state.diskFirst++) {
    writes.push({ key: LOG_PREFIX + state.diskFirst, value: null });
  }
  compactTo(log, upTo);
  const token = port.store(writes);
  state.stores.push({ token, mark: null, own: [] });
  port.note('snapshot', { action: 'take', index: snapshot.index, term: snapshot.term });
}
