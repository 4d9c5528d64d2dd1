import type { Plain } from '@holdfast/plain';
import type { Machine } from './machine.ts';

/** A client's command for a replicated state machine; `client` 0 asks for no deduplication, else each command of a client has the next `sequence`. */
export interface ClientCommand {
  readonly client: number;
  readonly sequence: number;
  readonly operation: Plain;
}

/** The last command of each client and what it answered: a retry is answered from here, and changes nothing. */
export interface ClientTable {
  readonly sessions: Record<number, ClientSession>;
  count: number;
}

/** The last command of one client that was carried out, at `position` of the log. */
export interface ClientSession {
  readonly sequence: number;
  readonly result: Plain;
  readonly position: number;
}

/** A command's result, or that a later command of the same client was carried out before. */
export type Executed =
  | { readonly ok: true; readonly value: Plain }
  | { readonly ok: false; readonly error: 'stale-sequence' };

/** A table that knows no client. */
export function clientTable(): ClientTable {
  return { sessions: {}, count: 0 };
}

/** What the table alone says of a command; undefined when it must be carried out. */
export function answerFromTable(
  { sessions }: ClientTable,
  { client, sequence }: ClientCommand,
): Executed | undefined {
  const session = client === 0 ? undefined : sessions[client];
  if (session === undefined || sequence > session.sequence) return undefined;
  if (sequence === session.sequence) return { ok: true, value: session.result };
  return { ok: false, error: 'stale-sequence' };
}

/**
 * Carries out a command at `position`, at most once for each sequence of a client. Positions only grow. With more than `limit` clients
 * the one whose last command is the oldest is forgotten, the same one on every replica.
 */
export function executeOnce(
  machine: Machine,
  replica: { readonly machine: unknown; readonly clients: ClientTable },
  command: ClientCommand,
  { position, limit }: { readonly position: number; readonly limit: number },
): Executed {
  const { clients } = replica;
  const known = answerFromTable(clients, command);
  if (known !== undefined) return known;
  const { client, sequence, operation } = command;
  const value = machine.apply(replica.machine, operation);
  if (client === 0) return { ok: true, value };
  if (clients.sessions[client] === undefined) clients.count++;
  clients.sessions[client] = { sequence, result: value, position };
  if (clients.count > limit) {
    const [oldest] = Object.entries(clients.sessions).reduce((a, b) =>
      b[1].position < a[1].position ? b : a,
    );
    delete clients.sessions[Number(oldest)];
    clients.count--;
  }
  return { ok: true, value };
}
