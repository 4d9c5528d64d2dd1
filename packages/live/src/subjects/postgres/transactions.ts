import type { MicroOperation } from '@holdfast/check';
import { textOf } from '../../errors.ts';
import type { Answer } from '../../history/recorder.ts';
import { REAL_CLOCK } from '../../time.ts';
import type { BalancesInput, TransferInput } from '../changes.ts';
import { balancesIn, balancesSql, settleSql } from './bank.ts';
import { transactionAnswer, transactionSql } from './transaction.ts';
import { isCertain, type QueryResult } from './wire.ts';

/** Asks in one session. */
export type Ask = (sql: string, deadlineMs: number) => Promise<QueryResult>;

/** What is known after a statement the server refused. */
export function refusal({ state, message }: NonNullable<QueryResult['error']>, isRead = false): Answer {
  return { outcome: isRead || isCertain(state) ? 'fail' : 'unknown', output: message };
}

/** Reads and appends to lists: all of it in one request. */
export async function transact(
  ask: Ask,
  steps: readonly MicroOperation[],
  isolation: string,
  deadlineMs: number,
): Promise<Answer> {
  const { rows, error } = await ask(transactionSql(steps, isolation), deadlineMs);
  return error === undefined ? { outcome: 'ok', output: transactionAnswer(steps, rows) } : refusal(error);
}

/** A transfer as programs do it: they read both balances, reckon, and write both, in one transaction over two requests. */
export async function transfer(
  ask: Ask,
  bank: string,
  { from, to, amount, opening }: TransferInput,
  isolation: string,
  deadlineMs: number,
): Promise<Answer> {
  const endUs = REAL_CLOCK.nowUs() + deadlineMs * 1_000;
  let read: QueryResult;
  try {
    read = await ask(balancesSql(bank, [from, to], isolation), deadlineMs);
  } catch (error) {
    // A transaction that was never committed is rolled back with its session.
    return { outcome: 'fail', output: textOf(error) };
  }
  if (read.error !== undefined) return refusal(read.error, true);
  const { [from]: has = opening, [to]: had = opening } = balancesIn(read.rows, bank, [from, to], opening);
  if (has < amount) return { outcome: 'fail', output: `${from} has ${has}` };
  const leftMs = Math.max(1, (endUs - REAL_CLOCK.nowUs()) / 1_000);
  const { error } = await ask(settleSql(bank, { [from]: has - amount, [to]: had + amount }), leftMs);
  return error === undefined ? { outcome: 'ok', output: null } : refusal(error);
}

/** All balances, as one transaction sees them. */
export async function readBank(
  ask: Ask,
  bank: string,
  { accounts, opening }: BalancesInput,
  isolation: string,
  deadlineMs: number,
): Promise<Answer> {
  const { rows, error } = await ask(`${balancesSql(bank, accounts, isolation)}; commit`, deadlineMs);
  if (error !== undefined) return refusal(error, true);
  return { outcome: 'ok', output: balancesIn(rows, bank, accounts, opening) };
}
