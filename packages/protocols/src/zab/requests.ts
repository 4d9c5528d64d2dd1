import type { RequestId } from '../core/core.ts';
import { answerFromTable, type ClientCommand } from '../kv/clientTable.ts';
import type { ZabTransaction } from './messages.ts';
import { isLeading, storeTransaction, tell, type ZabNode } from './state.ts';

/** A client's command: the primary broadcasts it as the next transaction of its epoch. */
export function request(node: ZabNode, id: RequestId, { client, sequence, operation }: ClientCommand): void {
  const { config, state, out } = node;
  if (!isLeading(state) || state.phase !== 'broadcast') {
    const leader = isLeading(state) ? 0 : state.leader;
    out.reply(id, { ok: false, error: 'not-leader', leader });
    return;
  }
  const command: ClientCommand = { client, sequence, operation };
  if (isKnown(node, id, command)) return;
  if (state.history.length - state.committed >= config.maxOpen) {
    out.reply(id, { ok: false, error: 'too-many-open' });
    return;
  }
  const { epoch } = state;
  const last = state.history.at(-1);
  const counter = last?.epoch === epoch ? last.counter + 1 : 1;
  const transaction: ZabTransaction = { epoch, counter, command };
  const position = state.history.push(transaction);
  state.waiting[position] = [id];
  storeTransaction(node, position, transaction);
  for (const to of Object.keys(state.synced).map(Number)) {
    if (to !== state.self) out.send(to, { type: 'propose', epoch, position, transaction });
  }
  tell(node, state.self, { type: 'ack', epoch, position }, state.historyToken);
}

/** Answers from the client table, or waits for the transaction that is under way. */
function isKnown({ state, out }: ZabNode, id: RequestId, command: ClientCommand): boolean {
  const known = answerFromTable(state.clients, command);
  if (known !== undefined) {
    out.reply(id, known);
    return true;
  }
  if (command.client === 0) return false;
  for (let position = state.history.length; position > state.committed; position--) {
    const open = (state.history[position - 1] as ZabTransaction).command;
    if (open.client !== command.client || open.sequence !== command.sequence) continue;
    state.waiting[position] = [...(state.waiting[position] ?? []), id];
    return true;
  }
  return false;
}
