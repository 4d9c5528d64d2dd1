import type { History, Operation } from '../history/operation.ts';

const STEP = 10;
const DURATION = 5;
const LINE = /^(\d+) ([rw])(\??) (\w+) (\d+|-)(?: @(\d+)-(\d+))?$/;

/**
 * A history from lines such as `0 w x 1` (process 0 wrote 1 to x) and `1 r x -` (process 1 read null from x); `w?` is a write of
 * unknown outcome. Operations come one after the other, 10 us apart and 5 us long, unless a line says otherwise: `@10-60`.
 */
export function readLitmus(lines: readonly string[]): History {
  const operations = lines.map((line, at): Operation => {
    const [, process, f, unknown, key, text, from, to] = LINE.exec(line) ?? [];
    if (process === undefined || key === undefined) {
      throw new SyntaxError(`Cannot read '${line}' as an operation: expected '0 w x 1' or '1 r x - @10-60'`);
    }
    const isWrite = f === 'w';
    const isUnknown = unknown === '?';
    const value = text === '-' ? null : Number(text);
    return {
      id: at,
      process: Number(process),
      f: isWrite ? 'write' : 'read',
      key,
      input: isWrite ? value : null,
      outcome: isUnknown ? 'unknown' : 'ok',
      output: isWrite || isUnknown ? null : value,
      invokedAt: from === undefined ? at * STEP : Number(from),
      completedAt: isUnknown
        ? Number.POSITIVE_INFINITY
        : to === undefined
          ? at * STEP + DURATION
          : Number(to),
    };
  });
  operations.sort((a, b) => a.invokedAt - b.invokedAt || a.id - b.id);
  return { operations: operations.map((operation, id) => ({ ...operation, id })), timeUnit: 'us' };
}
