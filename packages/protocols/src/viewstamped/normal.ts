import type { NodeId, RequestId } from '../core/core.ts';
import { answerFromTable, type ClientCommand } from '../kv/clientTable.ts';
import type { ViewstampedMessage } from './messages.ts';
import { awaitPrimary, commitTo, primaryOf, tellOthers, type ViewstampedNode } from './state.ts';
import { askForState } from './transfer.ts';

type Message<T extends ViewstampedMessage['type']> = Extract<ViewstampedMessage, { readonly type: T }>;

/** A client's request (section 4.1, steps 1 to 3). */
export function request(
  node: ViewstampedNode,
  id: RequestId,
  { client, sequence, operation }: ClientCommand,
): void {
  const { config, state, out } = node;
  const command: ClientCommand = { client, sequence, operation };
  const primary = primaryOf(config, state.view);
  if (state.status !== 'normal') out.reply(id, { ok: false, error: 'not-normal' });
  else if (!state.leads) out.reply(id, { ok: false, error: 'not-primary', primary });
  else if (config.defect === 'no-client-table' || !isKnown(node, id, command)) {
    if (state.log.length - state.commit >= config.maxOpen) {
      out.reply(id, { ok: false, error: 'too-many-open' });
      return;
    }
    const op = state.log.push(command);
    state.waiting[op] = [id];
    tellOthers(node, { type: 'prepare', view: state.view, op, request: command, commit: state.commit });
    commitPrepared(node);
  }
}

/** Answers from the client table, or waits for the operation that is under way. */
function isKnown({ state, out }: ViewstampedNode, id: RequestId, command: ClientCommand): boolean {
  const known = answerFromTable(state.clients, command);
  if (known !== undefined) {
    out.reply(id, known);
    return true;
  }
  if (command.client === 0) return false;
  for (let op = state.log.length; op > state.commit; op--) {
    const open = state.log[op - 1] as ClientCommand;
    if (open.client !== command.client || open.sequence !== command.sequence) continue;
    state.waiting[op] = [...(state.waiting[op] ?? []), id];
    return true;
  }
  return false;
}

/** Step 4: a backup takes operations in order only. */
export function prepare(node: ViewstampedNode, from: NodeId, message: Message<'prepare'>): void {
  const { config, state, out } = node;
  if (!hearPrimary(node, from, message.view, false)) return;
  const { op } = message;
  if (op > state.log.length) state.early[op] = message.request;
  for (let next = state.log.length + 1; state.early[next] !== undefined; next++) {
    state.log.push(state.early[next] as ClientCommand);
    delete state.early[next];
  }
  if (Object.keys(state.early).length > config.maxOpen) state.early = {};
  // Broken twin: what it acknowledges it may lack the beginning of.
  const has = config.defect === 'acknowledges-over-gap' ? Math.max(op, state.log.length) : state.log.length;
  out.send(from, { type: 'prepare-ok', view: state.view, op: has });
  commitTo(node, message.commit);
}

/** Step 5: an operation is committed once f backups have it and all before it. */
export function prepareOk(node: ViewstampedNode, from: NodeId, message: Message<'prepare-ok'>): void {
  const { state } = node;
  if (!state.leads || message.view !== state.view) return;
  state.prepared[from] = Math.max(state.prepared[from] ?? 0, message.op);
  commitPrepared(node);
}

function commitPrepared(node: ViewstampedNode): void {
  const { config, state } = node;
  // Broken twin: of four replicas two, of five two.
  const quorum = config.defect === 'commits-at-half' ? config.nodes.length >> 1 : config.quorum;
  const others = config.nodes.filter((id) => id !== state.self).map((id) => state.prepared[id] ?? 0);
  const sorted = others.sort((a, b) => b - a);
  commitTo(node, quorum <= 1 ? state.log.length : (sorted[quorum - 2] ?? 0));
}

/** Step 6: the primary says what is committed also when nobody asks for anything. */
export function beat(node: ViewstampedNode): void {
  const { config, state, out } = node;
  if (!state.leads) return;
  out.setTimer('commit', config.commitMs);
  tellOthers(node, { type: 'commit', view: state.view, op: state.log.length, commit: state.commit });
}

/** A backup learns what is committed, and asks for what it lacks. */
export function hearCommit(node: ViewstampedNode, from: NodeId, message: Message<'commit'>): void {
  const { state, out } = node;
  if (!hearPrimary(node, from, message.view, true)) return;
  commitTo(node, message.commit);
  if (message.op > state.log.length) askForState(node, from, state.view, state.log.length);
  else if (message.op > message.commit) {
    // The acknowledgement may have been lost.
    out.send(from, { type: 'prepare-ok', view: state.view, op: state.log.length });
  }
}

/** Whether this is a backup of the sender's view. One that hears of a view it is not in asks for that view's state. */
function hearPrimary(node: ViewstampedNode, from: NodeId, view: number, idle: boolean): boolean {
  const { config, state } = node;
  if (from !== primaryOf(config, view) || from === state.self || view < state.view) return false;
  if (view === state.view && state.status === 'normal') {
    awaitPrimary(node);
    return true;
  }
  // Broken twin: the view is entered, and the log cut, before there is anything to put in its place.
  if (config.defect === 'truncates-before-transfer') {
    state.log.length = state.commit;
    state.status = 'normal';
    state.leads = false;
    state.view = view;
    state.lastNormal = view;
    state.early = {};
    awaitPrimary(node);
  }
  // A busy primary would be asked with each of its operations.
  if (idle) askForState(node, from, view, state.commit);
  return false;
}
