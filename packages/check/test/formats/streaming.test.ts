import { parseHistoryColumns, transactionColumns, valueOfClass } from '@holdfast/check';
import { describe, expect, it } from 'vitest';

/** Operations of the long history; with invocations and completions that is twice as many lines. */
const OPERATIONS = 1_000_000;
const A_PIECE = 4_096;

/** A register's history as Porcupine lines would be too many to hold: made piece by piece, and never kept. */
function* longHistory(piece: { longest: number }): Generator<string> {
  yield '{"holdfast":"history","version":1,"timeUnit":"us"}\n';
  let lines: string[] = [];
  for (let i = 0; i < OPERATIONS; i++) {
    const at = i * 10;
    const rest = `"key":"k${i % 7}","outcome":"ok"`;
    lines.push(
      i % 2 === 0
        ? `{"process":${i % 5},"f":"write","input":${i},${rest},"invokedAt":${at},"completedAt":${at + 5}}\n`
        : `{"process":${i % 5},"f":"read","output":${i - 1},${rest},"invokedAt":${at},"completedAt":${at + 5}}\n`,
    );
    if (lines.length < A_PIECE) continue;
    const text = lines.join('');
    piece.longest = Math.max(piece.longest, text.length);
    yield text;
    lines = [];
  }
  yield lines.join('');
}

describe('a history larger than comfort', () => {
  it('of a million operations is read into columns of less than fifty bytes each, however long its text', () => {
    const piece = { longest: 0 };
    const { columns, format } = parseHistoryColumns(longHistory(piece));
    expect(format).toBe('jsonl');
    expect(columns.length).toBe(OPERATIONS);
    const arrays = Object.values(columns).filter((value) => ArrayBuffer.isView(value));
    const bytes = arrays.reduce((sum, array) => sum + array.byteLength, 0);
    expect(bytes / OPERATIONS).toBeLessThan(50);
    // Nothing is kept beside them: seven keys, two names, and no value, as small whole numbers are their own.
    expect(columns.keys).toHaveLength(7);
    expect(columns.names).toEqual(['write', 'read']);
    expect(columns.values).toHaveLength(0);
    expect(valueOfClass(columns, columns.output[999_999] ?? -1)).toBe(999_998);
    // Pieces are far shorter than the whole, and only one is held at a time.
    expect(piece.longest).toBeLessThan(OPERATIONS);
  });

  it('of transactions goes into the checker without an object per operation', () => {
    function* lists(): Generator<string> {
      yield '{"holdfast":"history","version":1,"timeUnit":"us"}\n';
      for (let i = 0; i < 2_000; i++) {
        const micros = `[["append","x${i % 9}",${i}]]`;
        yield `{"process":${i % 5},"f":"txn","input":${micros},"output":${micros},"outcome":"ok","invokedAt":${i * 10},"completedAt":${i * 10 + 5}}\n`;
      }
    }
    const { columns } = parseHistoryColumns(lists());
    expect(transactionColumns(columns, 'list-append').count).toBe(2_000);
  });
});
