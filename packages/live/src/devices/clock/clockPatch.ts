import { readFileSync } from 'node:fs';
import { LiveError, textOf } from '../../errors.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { startOf, stateOf } from '../../processes/procfs.ts';
import { hasStopped, instructionsOf, readMemory, writeMemory } from './processMemory.ts';
import { cellBytes, type ClockOffset, vdsoPatch, type VdsoPatch } from './stubs.ts';
import { exportedFunctions, vdsoRange } from './vdso.ts';

/** Tries until no thread is inside the code that changes; a thread leaves it within a microsecond. */
const TRIES = 200;

/** Looks until all threads have stopped. */
const STOP_LOOKS = 5_000;
const LOOK_MS = 0.2;

/** Time for a thread to get out of that code, different each time: a program that does nothing but ask for the time is in it most of the time. */
const AGAIN_MS = 0.13;

interface Patched {
  /** Where the whole vDSO lies. */
  readonly range: { readonly start: number; readonly end: number };
  readonly patch: VdsoPatch;
  /** What was there before. */
  readonly before: readonly { readonly at: number; readonly bytes: Uint8Array }[];
}

/**
 * The clocks of one process, told wrong from within: the functions of its vDSO, by which programs of any language ask for the time, are written over. The
 * process stands still for some milliseconds while that happens. Nothing outside the process changes, and nothing of it outlives the process. What asks the kernel
 * itself, without the vDSO, sees the true time.
 */
export class ClockPatch {
  readonly pid: number;
  private readonly ledger: Pick<Ledger, 'before' | 'settled'>;
  private patched: Patched | undefined;

  constructor(pid: number, ledger: Pick<Ledger, 'before' | 'settled'>) {
    this.pid = pid;
    this.ledger = ledger;
  }

  /** Puts the clocks off by so much from the true time. Throws `LiveError` where that cannot be done. */
  set(offset: ClockOffset): void {
    const { patched, pid } = this;
    if (patched !== undefined) {
      // Only the numbers change: the code reads them whole.
      writeMemory(pid, [{ at: patched.range.start + patched.patch.cells, bytes: cellBytes(offset) }]);
      return;
    }
    const { range, patch } = planOf(pid, offset);
    const parts = patch.parts.map((part) => ({ at: range.start + part.offset, bytes: part.bytes }));
    const before = parts.map(({ at, bytes }) => ({ at, bytes: readMemory(pid, at, bytes.length) }));
    this.overwrite(parts, range);
    this.patched = { range, patch, before };
  }

  /** Lets the process see the true time again. A process that is gone needs nothing. */
  remove(): void {
    const { patched } = this;
    this.patched = undefined;
    if (patched !== undefined && startOf(this.pid) !== undefined)
      this.overwrite(patched.before, patched.range);
  }

  private overwrite(
    parts: readonly { readonly at: number; readonly bytes: Uint8Array }[],
    { start, end }: Patched['range'],
  ): void {
    const { pid } = this;
    const wasStopped = stateOf(pid) === 'T';
    const undo = this.ledger.before({ kind: 'continue', pid, startedAt: startOf(pid) ?? '' });
    try {
      for (let attempt = 0; attempt < TRIES; attempt++) {
        process.kill(pid, 'SIGSTOP');
        awaitStop(pid);
        // Its functions jump back, and call one another: nobody may be anywhere in them.
        const isInside = instructionsOf(pid).some((at) => at >= start && at < end);
        if (!isInside) {
          writeMemory(pid, parts);
          return;
        }
        process.kill(pid, 'SIGCONT');
        standStill(AGAIN_MS * (1 + (attempt % 3)));
      }
      throw unable(pid, 'a thread never leaves the code that tells the time');
    } catch (error) {
      throw error instanceof LiveError ? error : unable(pid, textOf(error));
    } finally {
      if (!wasStopped && startOf(pid) !== undefined) process.kill(pid, 'SIGCONT');
      this.ledger.settled(undo);
    }
  }
}

/** Whether clocks can be patched here; why not, when they cannot. */
export function clockProblem(): string | undefined {
  if (process.platform !== 'linux') return 'only Linux has a vDSO and procfs';
  if (process.arch !== 'x64') return `the code to write over the vDSO is for x86-64, this is ${process.arch}`;
  try {
    planOf(process.pid, { wallNs: 0n, monotonicNs: 0n });
    return undefined;
  } catch (error) {
    return textOf(error);
  }
}

function planOf(
  pid: number,
  offset: ClockOffset,
): { readonly range: Patched['range']; readonly patch: VdsoPatch } {
  const range = vdsoRange(readFileSync(`/proc/${pid}/maps`, 'latin1'));
  if (range === undefined) throw unable(pid, 'it has no vDSO');
  const image = readMemory(pid, range.start, range.end - range.start);
  const patch = vdsoPatch(exportedFunctions(image), offset);
  if (patch === undefined) throw unable(pid, "this kernel's vDSO is not laid out for it");
  return { range, patch };
}

/** Waits without giving anything else a turn: the process must not stand still longer than needed. */
function standStill(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

/** A process stops at once, unless it is deep in the kernel. */
function awaitStop(pid: number): void {
  for (let look = 0; look < STOP_LOOKS; look++) {
    if (hasStopped(pid)) return;
    standStill(LOOK_MS);
  }
  throw unable(pid, 'it does not stop');
}

function unable(pid: number, why: string): LiveError {
  return new LiveError(
    'DEVICE_MISSING',
    `Cannot set the clocks of process ${pid}: ${why}`,
    "leave clock faults out, or use network: simulation; see 'holdfast doctor'",
    pid,
  );
}
