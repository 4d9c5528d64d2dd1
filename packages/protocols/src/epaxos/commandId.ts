import type { NodeId } from '../core/core.ts';
import type { ClientCommand } from '../kv/clientTable.ts';

/** Names a command for all time: the replica that coordinated it first, and its number there, as `2.17`. */
export type CommandId = string;

/** A command, or null for one whose recovery was given up. */
export type Payload = ClientCommand | null;

/** The id of the `number`th command (from 1) of a replica. */
export function commandId(coordinator: NodeId, number: number): CommandId {
  return `${coordinator}.${number}`;
}

/** The replica that coordinated the command first. */
export function coordinatorOf(id: CommandId): NodeId {
  return Number(id.slice(0, id.indexOf('.')));
}

/** The command's number at that replica. */
export function numberOf(id: CommandId): number {
  return Number(id.slice(id.indexOf('.') + 1));
}

/** Orders ids: by number, then by coordinator. Negative when `a` comes first. */
export function compareIds(a: CommandId, b: CommandId): number {
  return numberOf(a) - numberOf(b) || coordinatorOf(a) - coordinatorOf(b);
}

/** Ids in order, each once. */
export function sortedIds(ids: Iterable<CommandId>): CommandId[] {
  return [...new Set(ids)].sort(compareIds);
}

/** Whether both sorted lists hold the same ids. */
export function sameIds(a: readonly CommandId[], b: readonly CommandId[]): boolean {
  return a.length === b.length && a.every((id, at) => id === b[at]);
}

/**
 * Whether the order of two commands matters: they touch the same key and are not both reads, or they are of one client, whose entry in the client
 * table both change.
 */
export function conflict(a: ClientCommand, b: ClientCommand): boolean {
  if (a.client !== 0 && a.client === b.client) return true;
  const first = a.operation as { readonly f?: unknown; readonly key?: unknown };
  const second = b.operation as { readonly f?: unknown; readonly key?: unknown };
  return first.key === second.key && !(first.f === 'get' && second.f === 'get');
}
