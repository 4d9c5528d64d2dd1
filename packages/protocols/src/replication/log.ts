import { clonePlain, hashPlain, type Plain } from '@holdfast/plain';
import type { RecordWrite } from '../core/core.ts';
import type { ReplicaSnapshot, ReplicatedEntry } from './messages.ts';
import type { ReplicaNode, ReplicationState } from './state.ts';

/** The last index of the log. */
export function lastOf({ base, log }: ReplicationState): number {
  return base.index + log.length;
}

/** The entry at an index, or undefined when it is not held. */
export function entryAt({ base, log }: ReplicationState, index: number): ReplicatedEntry | undefined {
  return log[index - base.index - 1];
}

/** The epoch of the entry at an index; undefined when it is not known. */
export function epochAt(state: ReplicationState, index: number): number | undefined {
  return index === state.base.index ? state.base.epoch : entryAt(state, index)?.epoch;
}

/** The record's name of an entry. */
export function entryKey(index: number): string {
  return `entry/${index}`;
}

/** Stores the epoch with other records, and remembers up to where the log will then be durable. */
export function persist({ state, out }: ReplicaNode, writes: readonly RecordWrite[]): void {
  const mark = { key: 'promise', value: { epoch: state.epoch, acknowledged: state.acknowledged } };
  state.lastStore = out.store([...writes, mark]);
  state.storing.push({ token: state.lastStore, index: lastOf(state) });
}

/** A store is durable: so is the log up to where it was then, unless it was cut since. */
export function persisted({ state }: ReplicaNode, token: number): void {
  while (state.storing[0] !== undefined && state.storing[0].token <= token) {
    state.durable = Math.max(state.durable, state.storing.shift()?.index ?? 0);
  }
}

/** Adds entries at the end; gives the records to store. */
export function extend(state: ReplicationState, entries: readonly ReplicatedEntry[]): RecordWrite[] {
  const first = lastOf(state) + 1;
  state.log.push(...entries);
  return entries.map((entry, i) => ({ key: entryKey(first + i), value: entry }));
}

/** Cuts everything after `index`; gives the records to remove. What was applied from there on is undone. */
export function truncate(node: ReplicaNode, index: number): RecordWrite[] {
  const { state, out } = node;
  const last = lastOf(state);
  if (index >= last) return [];
  const removed: RecordWrite[] = [];
  // From the end, so that a torn store leaves no gap.
  for (let i = last; i > index; i--) removed.push({ key: entryKey(i), value: null });
  state.log.length = index - state.base.index;
  state.durable = Math.min(state.durable, index);
  for (const store of state.storing) store.index = Math.min(store.index, index);
  state.acknowledged = Math.min(state.acknowledged, index);
  out.note('discarded', { from: index + 1, to: last, applied: state.applied });
  if (state.applied > index) {
    restore(node, state.base);
    applyAcknowledged(node);
  }
  return removed;
}

/** Sets machine and sessions to a snapshot. */
export function restore({ state }: ReplicaNode, snapshot: ReplicaSnapshot): void {
  state.applied = snapshot.index;
  state.machine = clonePlain(snapshot.machine);
  state.sessions = clonePlain(snapshot.sessions);
  state.sessionCount = Object.keys(state.sessions).length;
  state.audits = state.audits.filter(({ index }) => index <= snapshot.index);
}

/** Carries out entries up to the acknowledged index, in order. */
export function applyAcknowledged(node: ReplicaNode): void {
  const { state } = node;
  while (state.applied < Math.min(state.acknowledged, lastOf(state))) applyNext(node);
}

/** Carries out the next entry; answers whoever waits for it. */
export function applyNext(node: ReplicaNode): void {
  const { config, state, out } = node;
  const index = state.applied + 1;
  const entry = entryAt(state, index);
  if (entry === undefined) return;
  const value = entry.command === null ? null : carryOut(node, index, entry);
  state.applied = index;
  out.note('applied', { index, epoch: entry.epoch, by: state.epoch });
  if (config.auditEvery > 0 && index % config.auditEvery === 0) {
    state.audits = [...state.audits.slice(-(AUDITS_KEPT - 1)), { index, digest: auditDigest(state) }];
  }
  const request = state.waiting[index];
  if (request === undefined) return;
  delete state.waiting[index];
  if (value === STALE) out.reply(request, { ok: false, error: 'stale-sequence' });
  else out.reply(request, { ok: true, value, applied: index });
}

/** Digests a node keeps for comparison. */
const AUDITS_KEPT = 16;

const STALE = '\u0000stale';

/** A digest of all that a replica must have in common with the others. */
export function auditDigest({ machine, sessions }: ReplicationState): number {
  return hashPlain([machine, sessions]);
}

function carryOut({ config, machine, state }: ReplicaNode, index: number, entry: ReplicatedEntry): Plain {
  const { client, sequence, operation } = entry.command ?? { client: 0, sequence: 0, operation: null };
  // Broken twin: a command sent again is carried out again.
  if (client === 0 || config.defect === 'no-dedup') return machine.apply(state.machine, operation);
  const session = state.sessions[client];
  if (session !== undefined && sequence <= session.sequence) {
    return sequence === session.sequence ? session.result : STALE;
  }
  const result = machine.apply(state.machine, operation);
  if (session === undefined) state.sessionCount++;
  state.sessions[client] = { sequence, result, index };
  if (state.sessionCount > config.maxSessions) forgetOldest(state);
  return result;
}

function forgetOldest(state: ReplicationState): void {
  let oldest: string | undefined;
  let index = Number.POSITIVE_INFINITY;
  for (const [client, session] of Object.entries(state.sessions)) {
    if (session.index < index) [oldest, index] = [client, session.index];
  }
  if (oldest === undefined) return;
  delete state.sessions[Number(oldest)];
  state.sessionCount--;
}

/** The state as applied, as a snapshot. */
export function snapshotOf(state: ReplicationState): ReplicaSnapshot {
  return {
    index: state.applied,
    epoch: epochAt(state, state.applied) ?? state.base.epoch,
    machine: clonePlain(state.machine) as Plain,
    sessions: clonePlain(state.sessions),
  };
}

/** Records of a snapshot: one, so that no crash comes between its index and its state. */
export function snapshotWrites({ config }: ReplicaNode, snapshot: ReplicaSnapshot): RecordWrite[] {
  // Broken twin: two records, which a crash can tear apart.
  if (config.defect === 'torn-snapshot') {
    const { index, epoch, machine, sessions } = snapshot;
    return [
      { key: 'snapshot', value: { machine, sessions } },
      { key: 'snapshot-at', value: { index, epoch } },
    ];
  }
  return [{ key: 'snapshot', value: snapshot }];
}

/** Takes a snapshot when enough was applied since the last, and drops the entries it covers. */
export function compact(node: ReplicaNode): void {
  const { config, state } = node;
  // Only what is durable: the snapshot must not run ahead of the log it replaces.
  if (state.applied - state.base.index < config.snapshotEvery || state.durable < state.applied) return;
  const snapshot = snapshotOf(state);
  const removed: RecordWrite[] = [];
  for (let i = state.base.index + 1; i <= snapshot.index; i++)
    removed.push({ key: entryKey(i), value: null });
  state.log = state.log.slice(snapshot.index - state.base.index);
  state.base = snapshot;
  persist(node, [...snapshotWrites(node, snapshot), ...removed]);
}
