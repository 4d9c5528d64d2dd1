import { readAges } from '@holdfast/live';
import type { Operation } from '@holdfast/check';
import { expect, test } from 'vitest';

/** Operations on one register: what, its value, when it was asked and answered. */
function history(
  ...rows: readonly (readonly ['read' | 'write', number | null, number, number])[]
): Operation[] {
  return rows.map(([f, value, invokedAt, completedAt], id) => ({
    id,
    process: id,
    f,
    key: 'k',
    input: f === 'write' ? value : null,
    output: f === 'read' ? value : null,
    outcome: 'ok',
    invokedAt,
    completedAt,
  }));
}

test('a read is as old as the first acknowledged write that replaced what it answers', () => {
  const operations = history(
    ['write', 1, 0, 10],
    ['write', 2, 20, 30],
    ['write', 3, 40, 50],
    ['read', 3, 60, 61],
    ['read', 2, 70, 71],
    ['read', 1, 80, 81],
    ['read', null, 90, 91],
  );
  expect(readAges(operations).map(({ staleUs }) => staleUs)).toEqual([0, 20, 50, 80]);
});

test('a write that overlaps another replaces nothing for certain, and one that ended open neither', () => {
  const overlapping = history(['write', 1, 0, 10], ['write', 2, 5, 8], ['read', 1, 20, 21]);
  expect(readAges(overlapping)).toEqual([{ id: 2, staleUs: 0 }]);
  const open = history(['write', 1, 0, 10], ['write', 2, 12, 13], ['read', 1, 20, 21]);
  const [first, second, read] = open;
  if (first === undefined || second === undefined || read === undefined) throw new Error('three operations');
  expect(readAges([first, { ...second, outcome: 'unknown' }, read])).toEqual([{ id: 2, staleUs: 0 }]);
});
