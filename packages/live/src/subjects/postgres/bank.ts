import { beginSql } from './transaction.ts';
import { quoted } from './quoted.ts';
import type { QueryResult } from './wire.ts';

/** Begins a transaction and reads the balances of accounts, one row each: name and balance. */
export function balancesSql(bank: string, accounts: readonly string[], isolation: string): string {
  const names = accounts.map((name) => quoted(`${bank}-${name}`)).join(', ');
  return `${beginSql(isolation)}; select name, balance from accounts where name in (${names})`;
}

/** Balances by account; one that nobody has touched holds `opening`. */
export function balancesIn(
  rows: QueryResult['rows'],
  bank: string,
  accounts: readonly string[],
  opening: number,
): Readonly<Record<string, number>> {
  const found = new Map(rows.map(([name, balance]) => [name, Number(balance)] as const));
  return Object.fromEntries(accounts.map((name) => [name, found.get(`${bank}-${name}`) ?? opening]));
}

/** Sets balances to what a client has reckoned, and commits: right only if nobody has changed them since they were read. */
export function settleSql(bank: string, balances: Readonly<Record<string, number>>): string {
  const puts = Object.entries(balances).map(
    ([name, balance]) =>
      `insert into accounts values (${quoted(`${bank}-${name}`)}, ${balance}) on conflict (name) do update set balance = excluded.balance`,
  );
  return [...puts, 'commit'].join('; ');
}
