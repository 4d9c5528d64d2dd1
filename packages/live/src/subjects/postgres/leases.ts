import type { Action, Answer } from '../../history/recorder.ts';
import { fencedIn } from '../changes.ts';
import { leaseIn } from '../leases.ts';
import { quoted } from './quoted.ts';
import type { Statement } from './statements.ts';

/** What leases are kept in, and what is written under them. */
export const LEASE_TABLES: readonly string[] = [
  'create table if not exists leases (key text primary key, holder text not null, token bigint not null, expires timestamptz not null)',
  'create table if not exists guarded (key text primary key, value text, token bigint not null)',
];

/**
 * A row with the time at which it expires as a lease: by the server's clock alone, read when the row is at hand, which is after it was asked. The token counts how
 * often the row was taken. Undefined for other actions.
 */
export function leaseStatement({ f, key = '', input }: Action): Statement | undefined {
  const { holder, ttlMs, token, anyOwner } = leaseIn(input);
  const [name, owner] = [quoted(key), quoted(holder)];
  const expires = `clock_timestamp() + interval '${Number(ttlMs)} milliseconds'`;
  const isOwn = `key = ${name} and holder = ${owner} and token = ${Number(token)}`;
  switch (f) {
    case 'acquire-lease':
      return {
        sql: `insert into leases values (${name}, ${owner}, 1, ${expires}) on conflict (key) do update set holder = ${owner}, token = leases.token + 1, expires = ${expires} where leases.expires <= clock_timestamp() returning token`,
        answer: oneRow('held by another'),
      };
    case 'renew-lease':
      return {
        sql: `update leases set expires = ${expires} where ${isOwn} and expires > clock_timestamp() returning token`,
        answer: oneRow('lost'),
      };
    case 'release-lease':
      return {
        sql: `update leases set expires = '-infinity' where ${anyOwner ? `key = ${name}` : isOwn} returning token`,
        answer: oneRow('not held'),
      };
    case 'fenced-write': {
      const fenced = fencedIn(input);
      const value = quoted(JSON.stringify(fenced.value));
      const guard = fenced.unfenced ? '' : ' where guarded.token <= excluded.token';
      return {
        sql: `insert into guarded values (${name}, ${value}, ${Number(fenced.token)}) on conflict (key) do update set value = excluded.value, token = excluded.token${guard} returning token`,
        answer: oneRow('fenced off'),
      };
    }
    default:
      return undefined;
  }
}

/** Whether it was done is whether there is a row. */
function oneRow(otherwise: string): Statement['answer'] {
  return ([row]): Answer =>
    row === undefined ? { outcome: 'fail', output: otherwise } : { outcome: 'ok', output: Number(row[0]) };
}
