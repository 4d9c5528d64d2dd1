import {
  applyOperation,
  operationLengths,
  parseOperation,
  type TextOperation,
  TextOperationError,
} from './operation.ts';
import { composeOperations, transformOperations } from './transform.ts';

/**
 * The text at the server, and every operation in the one order that decides. Plain data changed in place by
 * `receiveEdit` only. The order is what makes transformation enough: TP1 is all it needs.
 */
export interface ServerDocument {
  text: string;
  /** Operations dropped from the front of `history`; an edit made before them is refused. */
  dropped: number;
  /** The latest operations in order; a client that has seen the first n of all is at revision n. */
  readonly history: TextOperation[];
}

/** Most operations the server keeps; a client further behind fetches the text again. */
export const HISTORY_LIMIT = 10_000;

/** An edit on its way to the server: made after the first `revision` operations of the history. */
export interface Edit {
  readonly revision: number;
  readonly operation: TextOperation;
}

/** The text at a client, ahead of the server by what is on its way and what waits. Plain data changed in place. */
export interface ClientDocument {
  text: string;
  /** Operations of the server's history that are in `text`. */
  revision: number;
  /** Sent and not acknowledged; at most one at a time. */
  sent: TextOperation | null;
  /** Made since, to be sent after the acknowledgement. */
  waiting: TextOperation | null;
}

/** Starts a document at the server. */
export function startServerDocument(text: string): ServerDocument {
  return { text, dropped: 0, history: [] };
}

/** A client that has fetched the server's text at its present revision. */
export function startClientDocument(server: ServerDocument): ClientDocument {
  return { text: server.text, revision: server.dropped + server.history.length, sent: null, waiting: null };
}

/**
 * Takes an edit (checked) into the order and returns the operation as it stands there: broadcast it, and acknowledge it
 * to its author. Throws `TextOperationError`, changing nothing. An edit must arrive once: the channel is in order and
 * without duplicates, as one connection is.
 */
export function receiveEdit(server: ServerDocument, edit: unknown): TextOperation {
  const { revision, operation } = parseEdit(edit, server);
  // Earlier in the order stands first at one place.
  const placed = server.history
    .slice(revision - server.dropped)
    .reduce((later, earlier) => transformOperations(earlier, later)[1], operation);
  server.text = applyOperation(server.text, placed);
  server.history.push(placed);
  if (server.history.length > HISTORY_LIMIT) {
    server.history.shift();
    server.dropped++;
  }
  return placed;
}

/** Makes a local edit: it shows at once. Returns what to send now, if anything. Throws `TextOperationError`. */
export function editLocally(client: ClientDocument, operation: TextOperation): Edit | undefined {
  client.text = applyOperation(client.text, operation);
  if (client.sent !== null) {
    client.waiting = client.waiting === null ? operation : composeOperations(client.waiting, operation);
    return undefined;
  }
  client.sent = operation;
  return { revision: client.revision, operation };
}

/** Takes the server's next operation, made by someone else (checked), under the edits made here. */
export function receiveRemote(client: ClientDocument, value: unknown): void {
  const operation = parseOperation(value);
  const [afterSent, sent] = under(operation, client.sent);
  const [afterAll, waiting] = under(afterSent, client.waiting);
  client.text = applyOperation(client.text, afterAll);
  client.sent = sent;
  client.waiting = waiting;
  client.revision++;
}

/** Takes the acknowledgement of the edit that was sent. Returns what to send next, if anything. */
export function receiveAcknowledgement(client: ClientDocument): Edit | undefined {
  if (client.sent === null) throw new TextOperationError('acknowledge an edit', 'one that was sent', null);
  client.revision++;
  client.sent = client.waiting;
  client.waiting = null;
  return client.sent === null ? undefined : { revision: client.revision, operation: client.sent };
}

function under(
  remote: TextOperation,
  own: TextOperation | null,
): readonly [remote: TextOperation, own: TextOperation | null] {
  return own === null ? [remote, null] : transformOperations(remote, own);
}

function parseEdit(value: unknown, server: ServerDocument): Edit {
  if (typeof value !== 'object' || value === null) {
    throw new TextOperationError('read the edit', 'an object {revision, operation}', typeof value);
  }
  const { revision, operation } = value as Partial<Record<keyof Edit, unknown>>;
  const latest = server.dropped + server.history.length;
  if (!Number.isSafeInteger(revision) || Number(revision) < server.dropped || Number(revision) > latest) {
    const range = `made at a revision from ${server.dropped} to ${latest}`;
    throw new TextOperationError('read the edit', range, revision ?? null);
  }
  const parsed = parseOperation(operation);
  const { after } = operationLengths(parsed);
  if (after > TEXT_LIMIT) {
    throw new TextOperationError('take the edit', `a text of at most ${TEXT_LIMIT} characters`, after);
  }
  return { revision: Number(revision), operation: parsed };
}

/** Longest text, in UTF-16 code units. */
export const TEXT_LIMIT = 100_000_000;
