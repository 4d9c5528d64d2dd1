import { closeSync, openSync, readSync, renameSync, rmSync, writeSync } from 'node:fs';
import type {
  Checkpoint,
  PackedStates,
  SavedBreadth,
  SavedDepth,
  SavedSearch,
  SavedStates,
} from '@holdfast/explore';
import { InputError, messageOf } from '../inputError.ts';

const VERSION = 4;

/** The beginning of a file: everything but the words, and how long the arrays are that follow. */
interface Head extends Omit<Checkpoint, 'search' | 'parts'> {
  readonly format: 'holdfast-checkpoint';
  readonly version: number;
  readonly search: PlainBreadth | PlainDepth;
  readonly lengths: Lengths;
}

/** A search without its words. */
type PlainBreadth = Omit<SavedBreadth, 'lineage' | 'tables' | 'current' | 'next'>;
type PlainDepth = Omit<SavedDepth, 'tables' | 'stack'>;

/**
 * Words of each array, in the order of the file; of states that wait the number of pieces, each behind its two lengths. A search depth first
 * has a stack in place of lineage and levels.
 */
interface Lengths {
  readonly tables: readonly number[];
  readonly parts: readonly number[];
  readonly stack: readonly number[];
  readonly strides: readonly number[];
  readonly vias: readonly number[];
  readonly current: number;
  readonly next: number;
}

/** Words written or read at once. */
const PIECE: number = 1 << 22;

/** Writes a checkpoint, under another name first: a half-written one never takes its place. Throws `InputError`. */
export function writeCheckpoint(path: string, checkpoint: Checkpoint): void {
  try {
    const file = openSync(`${path}.part`, 'w');
    try {
      writeTo(file, checkpoint);
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

const NOTHING: SavedStates = { count: 0, pieces: [] };

function writeTo(file: number, { search, parts, ...rest }: Checkpoint): void {
  const { tables } = search;
  const breadth = search.order === 'breadth' ? search : undefined;
  const { strides, vias } = breadth?.lineage ?? { strides: [], vias: [] };
  const stack = search.order === 'depth' ? search.stack : [];
  const { current, next } = breadth ?? { current: NOTHING, next: NOTHING };
  const of = (arrays: readonly Int32Array[]): readonly number[] => arrays.map(({ length }) => length);
  const head: Head = {
    format: 'holdfast-checkpoint',
    version: VERSION,
    ...rest,
    search: plain(search),
    lengths: {
      tables: of(tables),
      parts: of(parts),
      stack: of(stack),
      strides: of(strides),
      vias: of(vias),
      current: current.count,
      next: next.count,
    },
  };
  writeAll(file, new TextEncoder().encode(`${JSON.stringify(head)}\n`));
  for (const array of [...tables, ...parts, ...stack, ...strides, ...vias]) writeWords(file, array);
  for (const { pieces } of [current, next])
    for (const { length, words } of pieces) {
      writeWords(file, Int32Array.of(length, words.length));
      writeWords(file, words);
    }
}

function plain(search: SavedSearch): PlainBreadth | PlainDepth {
  if (search.order === 'depth') {
    const { tables: _tables, stack: _stack, ...rest } = search;
    return rest;
  }
  const { lineage: _lineage, tables: _tables, current: _current, next: _next, ...rest } = search;
  return rest;
}

function writeWords(file: number, words: Int32Array): void {
  for (let at = 0; at < words.length; at += PIECE) {
    const piece = words.subarray(at, at + PIECE);
    writeAll(file, new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength));
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
    const reader = new WordReader(file, path, start);
    const { format: _format, version: _version, search, lengths, ...rest } = head;
    const tables = reader.all(lengths.tables);
    const parts = reader.all(lengths.parts);
    const stack = reader.all(lengths.stack);
    if (search.order === 'depth') return { ...rest, search: { ...search, tables, stack }, parts };
    const lineage = {
      length: search.states,
      strides: reader.all(lengths.strides),
      vias: reader.all(lengths.vias),
    };
    const current = { count: lengths.current, pieces: reader.states(lengths.current) };
    const next = { count: lengths.next, pieces: reader.states(lengths.next) };
    return { ...rest, search: { ...search, lineage, tables, current, next }, parts };
  } finally {
    closeSync(file);
  }
}

/** Reads words one after another. */
class WordReader {
  private readonly file: number;
  private readonly path: string;
  private position: number;

  constructor(file: number, path: string, position: number) {
    this.file = file;
    this.path = path;
    this.position = position;
  }

  words(length: number): Int32Array {
    const array = new Int32Array(length);
    for (let at = 0; at < length; at += PIECE) {
      const piece = array.subarray(at, at + PIECE);
      const bytes = new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength);
      for (let done = 0; done < bytes.length; ) {
        const read = readSync(this.file, bytes, done, bytes.length - done, this.position);
        if (read === 0) throw notOne(this.path, 'it ends too early');
        done += read;
        this.position += read;
      }
    }
    return array;
  }

  all(lengths: readonly number[]): readonly Int32Array[] {
    return lengths.map((length) => this.words(length));
  }

  /** So many pieces of states that wait. */
  states(count: number): readonly PackedStates[] {
    return Array.from({ length: count }, () => {
      const [length = 0, packed = 0] = this.words(2);
      return { length, words: this.words(packed) };
    });
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
