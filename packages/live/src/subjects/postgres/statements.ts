import type { Plain } from '@holdfast/plain';
import type { Action, Answer } from '../../history/recorder.ts';
import { holderIn } from '../changes.ts';
import { quoted } from './quoted.ts';
import { LEASE_TABLES, leaseStatement } from './leases.ts';
import type { QueryResult } from './wire.ts';

/** What every member's database holds. */
export const TABLES: string = [
  'create table if not exists kv (key text primary key, value text)',
  'create table if not exists lists (key text primary key, value text)',
  'create table if not exists elements (key text, value text, primary key (key, value))',
  'create table if not exists queues (id bigserial primary key, key text, value text)',
  'create table if not exists locks (key text primary key, holder text, token bigint not null)',
  'create table if not exists accounts (name text primary key, balance bigint not null)',
  ...LEASE_TABLES,
].join('; ');

/** An action that is one statement, a transaction by itself. */
export interface Statement {
  readonly sql: string;
  readonly answer: (rows: QueryResult['rows']) => Answer;
  /** It changes nothing, however it ends. */
  readonly isRead?: boolean;
}

const ok = (output: Plain): Answer => ({ outcome: 'ok', output });

/** An action as a statement; undefined for those that are none. */
export function statementOf(action: Action): Statement | undefined {
  const { f, key = '', input } = action;
  const name = quoted(key);
  const value = quoted(JSON.stringify(input));
  switch (f) {
    case 'read':
      return {
        sql: `select value from kv where key = ${name}`,
        answer: ([row]) => ok(valueIn(row)),
        isRead: true,
      };
    case 'write':
      return {
        sql: `insert into kv values (${name}, ${value}) on conflict (key) do update set value = ${value}`,
        answer: () => ok(null),
      };
    case 'cas':
      return compareAndSet(name, input);
    case 'promote':
      return { sql: 'select pg_promote(true, 20)', answer: () => ok(null) };
    case 'add':
      return {
        sql: `insert into elements values (${name}, ${value}) on conflict do nothing`,
        answer: () => ok(null),
      };
    case 'read-set':
      return {
        sql: `select value from elements where key = ${name}`,
        answer: (rows) => ok(rows.map(valueIn)),
        isRead: true,
      };
    default:
      return ofLists(f, name, value) ?? ofLocks(f, key, input) ?? leaseStatement(action);
  }
}

/** Whether the comparison was met is whether there is a row. */
function compareAndSet(name: string, input: Plain): Statement {
  const [expected = null, next = null] = input as readonly Plain[];
  const value = quoted(JSON.stringify(next));
  const sql =
    expected === null
      ? `insert into kv values (${name}, ${value}) on conflict do nothing returning key`
      : `update kv set value = ${value} where key = ${name} and value = ${quoted(JSON.stringify(expected))} returning key`;
  return { sql, answer: (rows) => ok(rows.length > 0) };
}

function ofLists(f: string, name: string, value: string): Statement | undefined {
  switch (f) {
    case 'append':
      return {
        sql: `insert into lists values (${name}, ${value}) on conflict (key) do update set value = lists.value || ',' || ${value}`,
        answer: () => ok(null),
      };
    case 'read-list':
      return {
        sql: `select '[' || value || ']' from lists where key = ${name}`,
        answer: ([row]) => ok(row === undefined ? [] : valueIn(row)),
        isRead: true,
      };
    case 'enqueue':
      return { sql: `insert into queues (key, value) values (${name}, ${value})`, answer: () => ok(null) };
    case 'dequeue':
      // Rows that others are taking are passed over.
      return {
        sql: `delete from queues where id = (select id from queues where key = ${name} order by id for update skip locked limit 1) returning value`,
        answer: ([row]) => (row === undefined ? { outcome: 'fail', output: 'empty' } : ok(valueIn(row))),
      };
    default:
      return undefined;
  }
}

function ofLocks(f: string, key: string, input: Plain): Statement | undefined {
  const [name, holder] = [quoted(key), quoted(holderIn(input))];
  switch (f) {
    case 'acquire':
      return {
        sql: `insert into locks values (${name}, ${holder}, 1) on conflict (key) do update set holder = ${holder}, token = locks.token + 1 where locks.holder is null returning token`,
        answer: ([row]) =>
          row === undefined ? { outcome: 'fail', output: 'held by another' } : ok(Number(row[0])),
      };
    case 'release':
      return {
        sql: `update locks set holder = null where key = ${name} and holder = ${holder} returning token`,
        answer: ([row]) => (row === undefined ? { outcome: 'fail', output: 'not held' } : ok(null)),
      };
    default:
      return undefined;
  }
}

function valueIn(row: QueryResult['rows'][number] | undefined): Plain {
  const text = row?.[0];
  return typeof text === 'string' ? (JSON.parse(text) as Plain) : null;
}
