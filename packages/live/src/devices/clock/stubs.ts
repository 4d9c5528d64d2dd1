import type { VdsoFunction } from './vdso.ts';

/** How far the clocks of a process are off, nanoseconds: the wall clock, and those that count from the boot. */
export interface ClockOffset {
  readonly wallNs: bigint;
  readonly monotonicNs: bigint;
}

/** Bytes to put over a process's vDSO, each at its offset. */
export interface VdsoPatch {
  readonly parts: readonly { readonly offset: number; readonly bytes: Uint8Array }[];
  /** Where the offsets lie: they can be changed alone, while the process runs. */
  readonly cells: number;
}

/** Functions that tell the time, and what stands in for them. */
const CLOCK_GETTIME = '__vdso_clock_gettime';
const GETTIMEOFDAY = '__vdso_gettimeofday';
const TIME = '__vdso_time';

/** The code of `clock_gettime` and behind it, aligned, four cells: nanoseconds, monotonic nanoseconds, microseconds, seconds. */
const CELLS_AT = 96;
const CELLS = 32;
const MICROSECONDS_CELL = 16;
const SECONDS_CELL = 24;

const BILLION = [0x00, 0xca, 0x9a, 0x3b];
const MILLION = [0x40, 0x42, 0x0f, 0x00];

/** The offsets as the cells hold them. */
export function cellBytes({ wallNs, monotonicNs }: ClockOffset): Uint8Array {
  const cells = Buffer.alloc(CELLS);
  cells.writeBigInt64LE(wallNs, 0);
  cells.writeBigInt64LE(monotonicNs, 8);
  cells.writeBigInt64LE(wallNs / 1_000n, MICROSECONDS_CELL);
  cells.writeBigInt64LE(wallNs / 1_000_000_000n, SECONDS_CELL);
  return cells;
}

/**
 * What to write over the vDSO's functions so that they ask the kernel and add an offset (x86-64, System V calling convention). CPU times stay as
 * they are. Undefined when a function is missing or too short to hold its stub.
 */
export function vdsoPatch(
  functions: ReadonlyMap<string, VdsoFunction>,
  offset: ClockOffset,
): VdsoPatch | undefined {
  const [clock, day, time] = [CLOCK_GETTIME, GETTIMEOFDAY, TIME].map((name) => functions.get(name));
  if (clock === undefined || day === undefined || time === undefined) return undefined;
  const cells = align(clock.offset + CELLS_AT);
  const parts = [
    { at: clock, bytes: clockStub(cells - clock.offset, cellBytes(offset)) },
    { at: day, bytes: dayStub(cells + MICROSECONDS_CELL - day.offset) },
    { at: time, bytes: timeStub(cells + SECONDS_CELL - time.offset) },
  ];
  if (parts.some(({ at, bytes }) => bytes.length > at.size)) return undefined;
  return { parts: parts.map(({ at, bytes }) => ({ offset: at.offset, bytes })), cells };
}

function align(at: number): number {
  return (at + 7) & ~7;
}

/** A distance as an instruction that ends at `end` needs it, when all is counted from the function's beginning. */
function distance(target: number, end: number): number[] {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(target - end);
  return [...bytes];
}

/** `clock_gettime(edi: clock, rsi: time)`. */
function clockStub(cells: number, content: Uint8Array): Uint8Array {
  const code = instructions([
    [0xb8, 0xe4, 0x00, 0x00, 0x00], // mov eax, clock_gettime
    [0x0f, 0x05], // syscall
    [0x85, 0xc0], // test eax, eax
    [0x75, 0x2d], // jnz return
    [0x4c, 0x8d, 0x05, ...distance(cells, 0x12)], // lea r8, wall
    [0x85, 0xff, 0x74, 0x23], // CLOCK_REALTIME: add
    [0x83, 0xff, 0x05, 0x74, 0x1e], // its coarse one: add
    [0x83, 0xff, 0x0b, 0x74, 0x19], // CLOCK_TAI: add
    [0x49, 0x83, 0xc0, 0x08], // add r8, 8: monotonic
    [0x83, 0xff, 0x01, 0x74, 0x10], // CLOCK_MONOTONIC: add
    [0x83, 0xff, 0x04, 0x74, 0x0b], // its raw one: add
    [0x83, 0xff, 0x06, 0x74, 0x06], // its coarse one: add
    [0x83, 0xff, 0x07, 0x74, 0x01], // CLOCK_BOOTTIME: add
    [0xc3], // return: ret
    [0x48, 0x8b, 0x06], // add: mov rax, [rsi]
    [0x48, 0x69, 0xc0, ...BILLION], // imul rax, rax, 10^9
    [0x48, 0x03, 0x46, 0x08], // add rax, [rsi + 8]
    [0x49, 0x03, 0x00], // add rax, [r8]
    [0x31, 0xd2], // xor edx, edx
    [0xb9, ...BILLION], // mov ecx, 10^9
    [0x48, 0xf7, 0xf1], // div rcx
    [0x48, 0x89, 0x06], // mov [rsi], rax
    [0x48, 0x89, 0x56, 0x08], // mov [rsi + 8], rdx
    [0x31, 0xc0, 0xc3], // xor eax, eax; ret
  ]);
  return Uint8Array.from([...code, ...new Array<number>(cells - code.length).fill(0x90), ...content]);
}

/** `gettimeofday(rdi: time, rsi: zone)`. */
function dayStub(cell: number): Uint8Array {
  return Uint8Array.from(
    instructions([
      [0xb8, 0x60, 0x00, 0x00, 0x00], // mov eax, gettimeofday
      [0x0f, 0x05], // syscall
      [0x85, 0xc0, 0x75, 0x30], // test eax, eax; jnz return
      [0x48, 0x85, 0xff, 0x74, 0x2b], // test rdi, rdi; jz return
      [0x48, 0x8b, 0x07], // mov rax, [rdi]
      [0x48, 0x69, 0xc0, ...MILLION], // imul rax, rax, 10^6
      [0x48, 0x03, 0x47, 0x08], // add rax, [rdi + 8]
      [0x48, 0x03, 0x05, ...distance(cell, 0x25)], // add rax, microseconds
      [0x31, 0xd2], // xor edx, edx
      [0xb9, ...MILLION], // mov ecx, 10^6
      [0x48, 0xf7, 0xf1], // div rcx
      [0x48, 0x89, 0x07], // mov [rdi], rax
      [0x48, 0x89, 0x57, 0x08], // mov [rdi + 8], rdx
      [0x31, 0xc0], // xor eax, eax
      [0x90, 0x90, 0x90], // nop
      [0xc3], // return: ret
    ]),
  );
}

/** `time(rdi: seconds)`. */
function timeStub(cell: number): Uint8Array {
  return Uint8Array.from(
    instructions([
      [0xb8, 0xc9, 0x00, 0x00, 0x00], // mov eax, time
      [0x0f, 0x05], // syscall
      [0x48, 0x03, 0x05, ...distance(cell, 0x0e)], // add rax, seconds
      [0x48, 0x85, 0xff, 0x74, 0x03], // test rdi, rdi; jz return
      [0x48, 0x89, 0x07], // mov [rdi], rax
      [0xc3], // return: ret
    ]),
  );
}

function instructions(each: readonly (readonly number[])[]): number[] {
  return each.flat();
}
