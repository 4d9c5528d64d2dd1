import { closeSync, openSync, readdirSync, readFileSync, readSync, writeSync } from 'node:fs';

/** Reads so many bytes of a process's memory. */
export function readMemory(pid: number, at: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  const file = openSync(`/proc/${pid}/mem`, 'r');
  try {
    readSync(file, bytes, 0, length, at);
    return bytes;
  } finally {
    closeSync(file);
  }
}

/** Writes over a process's memory, also over what it may only read: the kernel makes a page of its own for it. */
export function writeMemory(
  pid: number,
  parts: readonly { readonly at: number; readonly bytes: Uint8Array }[],
): void {
  const file = openSync(`/proc/${pid}/mem`, 'r+');
  try {
    for (const { at, bytes } of parts) writeSync(file, bytes, 0, bytes.length, at);
  } finally {
    closeSync(file);
  }
}

/** Whether every thread of a process has stopped. */
export function hasStopped(pid: number): boolean {
  return threadsOf(pid).every((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
    return /^[TtZX]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  });
}

/** Where the threads of a stopped process are: the next instruction of each. */
export function instructionsOf(pid: number): number[] {
  return threadsOf(pid).map((thread) => {
    const words = readFileSync(`/proc/${pid}/task/${thread}/syscall`, 'latin1').trim().split(' ');
    return Number(words.at(-1) ?? 0);
  });
}

function threadsOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/task`);
}
