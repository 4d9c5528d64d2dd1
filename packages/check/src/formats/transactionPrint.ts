import type { History, Operation } from '../history/operation.ts';
import { isMicroOperations, type MicroOperation, TRANSACTION } from '../history/transaction.ts';
import { HistoryPrintError } from './printError.ts';

/** One process's transactions, in its order. */
export interface Session {
  readonly process: number;
  readonly transactions: {
    readonly id: number;
    readonly committed: boolean;
    readonly micros: readonly MicroOperation[];
  }[];
}

/** The sessions of a history of read-write transactions, in order of first appearance; throws where one does not fit. */
export function sessionsOf(history: History, format: string): Session[] {
  const sessions = new Map<number, Session>();
  for (const operation of history.operations) {
    let session = sessions.get(operation.process);
    if (session === undefined) {
      session = { process: operation.process, transactions: [] };
      sessions.set(operation.process, session);
    }
    const committed = operation.outcome === 'ok';
    session.transactions.push({ id: operation.id, committed, micros: microsOf(operation, format) });
  }
  return [...sessions.values()];
}

function microsOf(operation: Operation, format: string): readonly MicroOperation[] {
  const { id, f, input, output, outcome } = operation;
  if (f !== TRANSACTION) throw new HistoryPrintError(format, id, `its f is '${f}', not '${TRANSACTION}'`);
  if (outcome === 'unknown')
    throw new HistoryPrintError(format, id, 'the format has no word for an unknown outcome');
  const micros = outcome === 'ok' ? output : input;
  if (!isMicroOperations(micros))
    throw new HistoryPrintError(format, id, 'its value is not a list of micro-operations');
  for (const [name] of micros) {
    if (name !== 'r' && name !== 'w')
      throw new HistoryPrintError(format, id, `it has a micro-operation '${name}'`);
  }
  return micros;
}

function whole(value: unknown, format: string, id: number): string {
  const text = String(value);
  if (/^\d+$/.test(text)) return text;
  throw new HistoryPrintError(
    format,
    id,
    `the format holds whole numbers only, and it has ${JSON.stringify(value)}`,
  );
}

/** Read-write transactions in the text format of Plume and PolySI. A read of null is one of 0, the initial value. */
export function printPlume(history: History): string {
  const lines: string[] = [];
  for (const { process, transactions } of sessionsOf(history, 'plume')) {
    for (const { id, committed, micros } of transactions) {
      for (const [f, key, value] of micros) {
        if (!committed && f === 'r') continue;
        if (value === 0)
          throw new HistoryPrintError('plume', id, 'its value 0 means the initial value there');
        const shown = value === null ? '0' : whole(value, 'plume', id);
        const transaction = committed ? id : -1;
        lines.push(`${f}(${whole(key, 'plume', id)},${shown},${whole(process, 'plume', id)},${transaction})`);
      }
    }
  }
  lines.push('');
  return lines.join('\n');
}

/** Read-write transactions in AWDIT's text. It has no initial value and no aborted transactions. */
export function printAwdit(history: History): string {
  const sessions = sessionsOf(history, 'awdit').map(({ transactions }) => {
    const texts = transactions.map(({ id, committed, micros }) => {
      if (!committed)
        throw new HistoryPrintError('awdit', id, 'the format has no word for an aborted transaction');
      return micros
        .map(([f, key, value]) => `${f} ${whole(key, 'awdit', id)} ${whole(value, 'awdit', id)}\n`)
        .join('');
    });
    return texts.join('-----\n');
  });
  return sessions.join('=====\n');
}

/** Read-write transactions in dbcop's `.hist` language. */
export function printDbcopHist(history: History): string {
  const sessions = sessionsOf(history, 'dbcop-hist').map(({ transactions }) => {
    const texts = transactions.map(({ id, committed, micros }) => {
      if (micros.length === 0) throw new HistoryPrintError('dbcop-hist', id, 'it does nothing');
      const events = micros.map(([f, key, value]) => {
        const shown = value === null ? '?' : whole(value, 'dbcop-hist', id);
        return `${variable(key, id)}${f === 'w' ? ':=' : '=='}${shown}`;
      });
      return `[${events.join(' ')}]${committed ? '' : '!'}\n`;
    });
    return texts.join('');
  });
  return sessions.join('---\n');
}

function variable(key: number | string, id: number): string {
  if (typeof key === 'number' ? key >= 0 && Number.isInteger(key) : /^\w+$/.test(key)) return String(key);
  throw new HistoryPrintError(
    'dbcop-hist',
    id,
    `its key ${JSON.stringify(key)} is not made of letters and digits`,
  );
}

/** Read-write transactions as dbcop's JSON: an array of sessions. */
export function printDbcopJson(history: History): string {
  const sessions = sessionsOf(history, 'dbcop-json').map(({ transactions }) =>
    transactions.map(({ committed, micros }) => ({
      events: micros.map(([f, key, version]) => ({
        [f === 'w' ? 'Write' : 'Read']: { variable: key, version },
      })),
      committed,
    })),
  );
  return `${JSON.stringify(sessions)}\n`;
}
