import type { StoreToken } from '../core/core.ts';
import { applyEntries, installSnapshot } from './apply.ts';
import type { Envelope, RaftMessage } from './messages.ts';
import type { PendingStore, RaftNode } from './node.ts';
import { hasReady, type StoreMark, storageDone, takeReady } from './ready.ts';
import { snapshotIfDue } from './snapshots.ts';
import { receive } from './step.ts';
import { readyWrites } from './storage.ts';

/** Hands over what an event has brought about: stores, messages that wait for them, entries to apply; until nothing is left. */
export function drain(node: RaftNode): void {
  const { afterAppend } = node;
  // Broken twin: what was handed to the disk is taken to be on it.
  const applyUnstable = node.config.defect === 'reply-before-fsync';
  for (;;) {
    if (!hasReady(node, applyUnstable)) {
      if (afterAppend.length === 0) break;
      release(node);
      continue;
    }
    const ready = takeReady(node, applyUnstable);
    const writes = readyWrites(node.state, ready);
    if (writes.length > 0) issue(node, node.port.store(writes), ready.mark);
    if (afterAppend.length > 0) release(node);
    if (ready.committed.length > 0) applyEntries(node, ready.committed);
  }
  snapshotIfDue(node);
}

function issue(node: RaftNode, token: StoreToken, mark: StoreMark | null): void {
  node.state.stores.push({ token, mark, own: [] });
}

/** Lets messages go once everything stored so far is durable. */
function release(node: RaftNode): void {
  const { state, port } = node;
  const { stores } = state;
  const last = stores[stores.length - 1];
  const envelopes = node.afterAppend.splice(0);
  for (let i = 0; i < envelopes.length; i++) {
    const { to, message } = envelopes[i] as Envelope;
    const waitsFor = last === undefined || leavesEarly(node, message) ? undefined : last;
    if (to !== state.self) port.send(to, message, waitsFor?.token);
    else if (waitsFor === undefined) receive(node, to, message);
    else waitsFor.own.push(message);
  }
}

/** Broken twins: answers that do not wait until what they promise is durable. */
function leavesEarly(node: RaftNode, message: RaftMessage): boolean {
  switch (node.config.defect) {
    case 'vote-not-persisted':
      return message.type === 'vote-reply';
    case 'reply-before-fsync':
      return message.type === 'append-reply';
    default:
      return false;
  }
}

/** A store, and every one before it, is durable. */
export function stored(node: RaftNode, token: StoreToken): void {
  const { state } = node;
  const { stores } = state;
  while (stores.length > 0 && (stores[0] as PendingStore).token <= token) {
    const { mark, own } = stores.shift() as PendingStore;
    if (mark !== null) {
      const snapshot = storageDone(node, mark);
      if (snapshot !== null) installSnapshot(node, snapshot);
    }
    for (let i = 0; i < own.length; i++) receive(node, state.self, own[i] as RaftMessage);
  }
}
