import { readFileSync } from 'node:fs';
import { cellBytes, exportedFunctions, vdsoPatch, type VdsoFunction, vdsoRange } from '@holdfast/live';
import { expect, test } from 'vitest';

const LAYOUT: ReadonlyMap<string, VdsoFunction> = new Map([
  ['__vdso_clock_gettime', { offset: 0x103, size: 900 }],
  ['__vdso_gettimeofday', { offset: 0x500, size: 600 }],
  ['__vdso_time', { offset: 0x800, size: 40 }],
]);

/** The address an instruction of so many bytes at `at` refers to, by the distance in its last four bytes. */
function referred(bytes: Uint8Array, base: number, at: number, length: number): number {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return base + at + length + view.readInt32LE(at + length - 4);
}

test('the stubs of the clock patch refer to the cells their numbers are in', () => {
  const patch = vdsoPatch(LAYOUT, { wallNs: 3_600_000_000_000n, monotonicNs: -5n });
  if (patch === undefined) throw new Error('no patch');
  const [clock, day, time] = patch.parts;
  expect(patch.cells % 8).toBe(0);
  expect(referred(clock?.bytes ?? new Uint8Array(), 0x103, 0x0b, 7)).toBe(patch.cells);
  expect(referred(day?.bytes ?? new Uint8Array(), 0x500, 0x1e, 7)).toBe(patch.cells + 16);
  expect(referred(time?.bytes ?? new Uint8Array(), 0x800, 0x07, 7)).toBe(patch.cells + 24);
  const cells = Buffer.from(clock?.bytes.subarray(patch.cells - 0x103) ?? []);
  const numbers = [0, 8, 16, 24].map((at) => cells.readBigInt64LE(at));
  expect(numbers).toEqual([3_600_000_000_000n, -5n, 3_600_000_000n, 3_600n]);
  expect([...cells]).toEqual([...cellBytes({ wallNs: 3_600_000_000_000n, monotonicNs: -5n })]);
});

test('every short jump of a stub lands on its return or where it begins to add', () => {
  const { bytes = new Uint8Array() } = vdsoPatch(LAYOUT, { wallNs: 1n, monotonicNs: 1n })?.parts[0] ?? {};
  const jumps = [...bytes.subarray(0, 0x38)].flatMap((byte, at) =>
    byte === 0x74 || byte === 0x75 ? [at + 2 + (bytes[at + 1] ?? 0)] : [],
  );
  expect(jumps).toEqual([0x38, ...new Array<number>(7).fill(0x39)]);
  expect(bytes[0x38]).toBe(0xc3);
});

test('there is no clock patch where a function is missing or too short to hold its stub', () => {
  const none = { wallNs: 1n, monotonicNs: 0n };
  const without = new Map(LAYOUT);
  without.delete('__vdso_time');
  expect(vdsoPatch(without, none)).toBeUndefined();
  const thunk = new Map(LAYOUT).set('__vdso_clock_gettime', { offset: 0x100, size: 5 });
  expect(vdsoPatch(thunk, none)).toBeUndefined();
});

test('the vDSO is found in a map of memory, and what is no ELF image exports nothing', () => {
  const maps = '7fff0000-7fff4000 r--p 00000000 00:00 0                          [vvar]\n';
  const vdso = '7fff4000-7fff6000 r-xp 00000000 00:00 0                          [vdso]\n';
  expect(vdsoRange(maps)).toBeUndefined();
  expect(vdsoRange(`${maps}${vdso}`)).toEqual({ start: 0x7fff4000, end: 0x7fff6000 });
  expect(exportedFunctions(new Uint8Array(4_096)).size).toBe(0);
  expect(exportedFunctions(readFileSync(import.meta.filename)).size).toBe(0);
});
