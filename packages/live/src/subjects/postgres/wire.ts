import type { TakeReply } from '../../wire/exchange.ts';

/** What a simple query gave (PostgreSQL protocol 3.0): rows of texts, or the error with its SQLSTATE. */
export interface QueryResult {
  readonly rows: readonly (readonly (string | null)[])[];
  readonly error?: { readonly state: string; readonly message: string };
}

/** The first message on a connection: who asks for which database. */
export function startupMessage(user: string, database: string): Buffer {
  const words = Buffer.from(`user\0${user}\0database\0${database}\0\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(words.length + 8);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, words]);
}

/** A simple query. */
export function queryMessage(sql: string): Buffer {
  const text = Buffer.from(`${sql}\0`);
  const head = Buffer.alloc(5);
  head.write('Q');
  head.writeInt32BE(text.length + 4, 1);
  return Buffer.concat([head, text]);
}

/** Takes everything up to ReadyForQuery, or a fatal error, as one reply. */
export const takeResult: TakeReply<QueryResult> = (bytes) => {
  const rows: (string | null)[][] = [];
  let error: QueryResult['error'];
  let at = 0;
  while (bytes.length >= at + 5) {
    const kind = bytes.toString('latin1', at, at + 1);
    const end = at + 1 + bytes.readInt32BE(at + 1);
    if (bytes.length < end) return undefined;
    const body = bytes.subarray(at + 5, end);
    at = end;
    if (kind === 'D') rows.push(rowOf(body));
    if (kind === 'E') error = errorOf(body);
    const isOver = kind === 'Z' || (error !== undefined && error.message.startsWith('FATAL'));
    if (isOver) return { reply: { rows, ...(error === undefined ? {} : { error }) }, length: at };
  }
  return undefined;
};

function rowOf(body: Buffer): (string | null)[] {
  const row: (string | null)[] = [];
  let at = 2;
  for (let i = 0; i < body.readInt16BE(0); i++) {
    const length = body.readInt32BE(at);
    at += 4;
    row.push(length < 0 ? null : body.toString('utf8', at, at + length));
    at += Math.max(0, length);
  }
  return row;
}

function errorOf(body: Buffer): { state: string; message: string } {
  const fields = new Map(
    body
      .toString('utf8')
      .split('\0')
      .map((field) => [field.slice(0, 1), field.slice(1)] as const),
  );
  return { state: fields.get('C') ?? '', message: `${fields.get('S') ?? ''}: ${fields.get('M') ?? ''}` };
}

/** SQLSTATE classes whose statement certainly had no effect: data, constraint, transaction state, rollback, syntax. */
const CERTAIN = /^(22|23|25|40|42|0A|53)/;

/** Whether an error says that the statement had no effect. */
export function isCertain(state: string): boolean {
  // 57P03: the server is starting up or in recovery, and nothing was run. 40003: it does not know itself whether it has committed.
  return (CERTAIN.test(state) && state !== '40003') || state === '57P03';
}
