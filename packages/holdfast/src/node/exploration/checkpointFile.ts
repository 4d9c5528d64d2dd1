import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import type { Checkpoint, SavedSearch } from '@holdfast/explore';
import { InputError, messageOf } from '../inputError.ts';

type ArrayName = 'parents' | 'vias' | 'table' | 'current' | 'next';
const ARRAYS: readonly ArrayName[] = ['parents', 'vias', 'table', 'current', 'next'];
const VERSION = 2;

/** The beginning of a file: everything but the arrays, and how long those are that follow. */
interface Head extends Omit<Checkpoint, 'search' | 'parts'> {
  readonly format: 'holdfast-checkpoint';
  readonly version: number;
  readonly search: Omit<SavedSearch, ArrayName>;
  readonly lengths: readonly number[];
}

/** Words written or read at once. */
const PIECE: number = 1 << 22;

/** Writes a checkpoint, under another name first: a half-written one never takes its place. Throws `InputError`. */
export function writeCheckpoint(path: string, { search, parts, ...rest }: Checkpoint): void {
  const arrays = [...ARRAYS.map((name) => search[name]), ...parts];
  const { depth, generated, pending, levels, witnesses, number, bits, seen } = search;
  const head: Head = {
    format: 'holdfast-checkpoint',
    version: VERSION,
    ...rest,
    search: { depth, generated, pending, levels, witnesses, number, bits, seen },
    lengths: arrays.map(({ length }) => length),
  };
  try {
    const file = openSync(`${path}.part`, 'w');
    try {
      const text = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
      writeAll(file, text);
      for (const array of arrays)
        for (let at = 0; at < array.length; at += PIECE) {
          const piece = array.subarray(at, at + PIECE);
          writeAll(file, new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
        }
    } finally {
      closeSync(file);
    }
    renameSync(`${path}.part`, path);
  } catch (error) {
    rmSync(`${path}.part`, { force: true });
    throw new InputError(
      `Cannot write the checkpoint ${path}: ${messageOf(error)}`,
      'make room, and explore again',
      { cause: error },
    );
  }
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
}

/** Reads a checkpoint. Throws `InputError` for anything else. */
export function readCheckpoint(path: string): Checkpoint {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw new InputError(
      `Cannot read ${path} as a checkpoint: ${messageOf(error)}`,
      'check the path; it is relative to the current folder',
      { cause: error },
    );
  }
  try {
    const [head, start] = readHead(file, path);
    let position = start;
    const arrays = head.lengths.map((length) => {
      const array = new Int32Array(length);
      for (let at = 0; at < length; at += PIECE) {
        const piece = array.subarray(at, at + PIECE);
        const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
        for (let done = 0; done < bytes.length; ) {
          const read = readSync(file, bytes, done, bytes.length - done, position);
          if (read === 0) throw notOne(path, 'it ends too early');
          done += read;
          position += read;
        }
      }
      return array;
    });
    const named = Object.fromEntries(ARRAYS.map((name, i) => [name, arrays[i]]));
    const { model, bounds, symmetry, partialOrder, interned, clipped, search } = head;
    const saved = { ...search, ...named } as SavedSearch;
    return {
      model,
      bounds,
      symmetry,
      partialOrder,
      interned,
      clipped,
      search: saved,
      parts: arrays.slice(ARRAYS.length),
    };
  } finally {
    closeSync(file);
  }
}

/** The first line, and where what follows it begins. */
function readHead(file: number, path: string): [Head, number] {
  const bytes: number[] = [];
  const one = new Uint8Array(1 << 16);
  for (let position = 0; ; ) {
    const read = readSync(file, one, 0, one.length, position);
    const end = one.subarray(0, read).indexOf(10);
    bytes.push(...one.subarray(0, end < 0 ? read : end));
    if (end >= 0) break;
    if (read === 0 || bytes.length > 1e7) throw notOne(path, 'it has no first line');
    position += read;
  }
  let head: Partial<Head>;
  try {
    head = JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes))) as Partial<Head>;
  } catch {
    throw notOne(path, 'its first line is not JSON');
  }
  if (head.format !== 'holdfast-checkpoint') throw notOne(path, "its format is not 'holdfast-checkpoint'");
  if (head.version !== VERSION) throw notOne(path, `its version is ${head.version}, not ${VERSION}`);
  return [head as Head, bytes.length + 1];
}

function notOne(path: string, what: string): InputError {
  return new InputError(
    `Cannot read ${path} as a checkpoint: ${what}`,
    'give a file that holdfast explore wrote',
  );
}
