import { ftruncateSync, mkdirSync, openSync, readSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { SpillFile } from '@holdfast/explore';

let opened = 0;

/**
 * A file in a folder for the states of a search that wait. It has no name from the moment it is open, where the system allows that, so
 * that nothing is left behind however the program ends. Throws what the system says when there is no room.
 */
export function openSpillFile(folder: string): SpillFile {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `holdfast-spill-${process.pid}-${opened++}`);
  const file = openSync(path, 'wx+');
  try {
    unlinkSync(path);
  } catch {
    // A system that does not take away the name of an open file: it goes with the folder.
  }
  return new File(file);
}

class File implements SpillFile {
  private readonly file: number;
  /** Bytes written since it was last cleared. */
  private end = 0;

  constructor(file: number) {
    this.file = file;
  }

  append(words: Int32Array): number {
    const bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    const position = this.end / 4;
    for (let at = 0; at < bytes.length; )
      at += writeSync(this.file, bytes, at, bytes.length - at, this.end + at);
    this.end += bytes.length;
    return position;
  }

  read(position: number, into: Int32Array): void {
    const bytes = new Uint8Array(into.buffer, into.byteOffset, into.byteLength);
    for (let at = 0; at < bytes.length; ) {
      const read = readSync(this.file, bytes, at, bytes.length - at, 4 * position + at);
      if (read === 0) throw new Error('Cannot read back states that wait: the file ends too early');
      at += read;
    }
  }

  clear(): void {
    this.end = 0;
    ftruncateSync(this.file, 0);
  }
}
