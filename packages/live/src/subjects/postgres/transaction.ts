import type { MicroOperation } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import { quoted } from './quoted.ts';

/** The isolation levels there are, by the names SQL has for them. */
const ISOLATION = /^(serializable|repeatable read|read committed)$/;

/**
 * A transaction of reads and appends to lists as one request: every read gives one row, its place among the steps before a colon and the list behind it. What a
 * failed one before it has left open is rolled back first. Throws `RangeError` for steps that are neither.
 */
export function transactionSql(steps: readonly MicroOperation[], isolation: string): string {
  const statements = steps.map(([f, key, value], at) => {
    const name = quoted(String(key));
    switch (f) {
      case 'r':
        return `select '${at}:' || coalesce((select value from lists where key = ${name}), '')`;
      case 'append': {
        const element = quoted(JSON.stringify(value));
        return `insert into lists values (${name}, ${element}) on conflict (key) do update set value = lists.value || ',' || ${element}`;
      }
      default:
        throw new RangeError(`there is no step '${f}'`);
    }
  });
  return [beginSql(isolation), ...statements, 'commit'].join('; ');
}

/** The steps with what their reads have found; null where nothing was. */
export function transactionAnswer(
  steps: readonly MicroOperation[],
  rows: readonly (readonly (string | null)[])[],
): Plain {
  const found = new Map(
    rows.map(([text]) => {
      const [, at = '', list = ''] = /^(\d+):(.*)$/s.exec(text ?? '') ?? [];
      return [Number(at), list] as const;
    }),
  );
  return steps.map(([f, key, value], at) => {
    const list = found.get(at) ?? '';
    return f === 'r' ? ['r', key, list === '' ? null : (JSON.parse(`[${list}]`) as Plain)] : [f, key, value];
  });
}

/** Begins a transaction; what a failed one before it has left open is rolled back first. Throws `RangeError` for a level there is not. */
export function beginSql(isolation: string): string {
  if (!ISOLATION.test(isolation)) throw new RangeError(`there is no isolation level '${isolation}'`);
  return `rollback; begin isolation level ${isolation}`;
}
