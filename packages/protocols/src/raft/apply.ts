import type { Plain } from '@holdfast/plain';
import { applyDone } from './ready.ts';
import type { Entry, Snapshot } from './log.ts';
import { applyChange } from './membership.ts';
import type { RaftNode, WaitingWrite } from './node.ts';
import { type Applied, applyOnce, type ClientEntry, unpackReplicated } from './sessions.ts';

/** Applies committed entries, in order, and answers the requests that wait for them. */
export function applyEntries(node: RaftNode, entries: readonly Entry[]): void {
  for (let i = 0; i < entries.length; i++) applyEntry(node, entries[i] as Entry);
  applyDone(node, (entries[entries.length - 1] as Entry).index);
}

function applyEntry(node: RaftNode, entry: Entry): void {
  const { state, port } = node;
  const { index, term } = entry;
  if (entry.kind === 'config') {
    const made = applyChange(node, entry.data, index);
    port.note('apply', { index, term, client: 0, sequence: 0, operation: entry.data });
    answer(node, index, term, { value: made });
    return;
  }
  if (entry.data === null) {
    port.note('apply', { index, term, client: 0, sequence: 0, operation: null });
    answer(node, index, term, { value: null });
    return;
  }
  const command = entry.data as unknown as ClientEntry;
  const applied = applyOnce(state, command, index, node.machine, node.config);
  const { client, sequence, operation } = command;
  port.note('apply', { index, term, client, sequence, operation });
  answer(node, index, term, applied);
}

function answer(node: RaftNode, index: number, term: number, applied: Applied): void {
  const { waitingWrites } = node.state;
  while (waitingWrites.length > 0 && (waitingWrites[0] as WaitingWrite).index <= index) {
    const waiting = waitingWrites.shift() as WaitingWrite;
    // Another entry has taken its place. This one never was and never will be applied, but a retry of it may have been.
    if (waiting.index !== index || waiting.term !== term) giveUp(node, waiting, 'its entry was replaced');
    else if ('value' in applied) node.port.reply(waiting.id, { ok: true, value: applied.value });
    else {
      const { leader } = node.state;
      node.port.reply(waiting.id, {
        ok: false,
        error: applied.error,
        leader,
        detail: 'the client has gone on',
      });
    }
  }
}

/** Says that nobody here can tell what became of a request. */
export function giveUp(node: RaftNode, waiting: WaitingWrite, detail: string): void {
  node.port.reply(waiting.id, { ok: false, error: 'unknown', leader: node.state.leader, detail });
}

/** Keeps a request until its entry is applied. Requests whose place in the log it takes are given up. */
export function awaitEntry(node: RaftNode, id: number, index: number): void {
  const { state } = node;
  const { waitingWrites } = state;
  while (waitingWrites.length > 0) {
    const last = waitingWrites[waitingWrites.length - 1] as WaitingWrite;
    if (last.index < index) break;
    waitingWrites.pop();
    giveUp(node, last, 'its entry was replaced');
  }
  waitingWrites.push({ id, index, term: state.term });
}

/** A received snapshot is durable: it becomes the state machine's state. */
export function installSnapshot(node: RaftNode, snapshot: Snapshot): void {
  const { state, port } = node;
  unpackReplicated(state, snapshot.data as Plain);
  state.snapshot = snapshot;
  port.note('snapshot', { action: 'install', index: snapshot.index, term: snapshot.term });
  while (state.waitingWrites.length > 0 && (state.waitingWrites[0] as WaitingWrite).index <= snapshot.index) {
    giveUp(node, state.waitingWrites.shift() as WaitingWrite, 'its place is inside a snapshot');
  }
}
