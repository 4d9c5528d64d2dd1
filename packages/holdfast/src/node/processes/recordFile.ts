import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { RecordWrite } from '@holdfast/protocols';

const NAME = 'records';

/** Records on a disk that do not read as they were written, other than at the end, where a crash may have cut a write short. */
export class DamagedRecordsError extends Error {
  readonly code = 'DAMAGED_RECORDS';
  readonly file: string;
  constructor(file: string, lineNumber: number) {
    super(
      `Cannot start from ${file} as every record but the last must read as it was written: line ${lineNumber} does not; replace the disk`,
    );
    this.name = 'DamagedRecordsError';
    this.file = file;
  }
}

/**
 * The durable records of one node in a folder: a log of writes, each line with its checksum, made anew from what it comes to each time it is
 * opened. What was appended and written is durable once a `sync` that began after that has resolved.
 */
export class RecordFile {
  /** What was found. */
  readonly records: Readonly<Record<string, unknown>>;
  private readonly file: FileHandle;
  private pending = '';

  private constructor(file: FileHandle, records: Readonly<Record<string, unknown>>) {
    this.file = file;
    this.records = records;
  }

  /** Reads what is in the folder. Throws `DamagedRecordsError`. */
  static async open(folder: string): Promise<RecordFile> {
    const path = join(folder, NAME);
    const records = readRecords(path);
    replace(folder, path, records);
    return new RecordFile(await open(path, 'a'), records);
  }

  /** Writes go after all earlier ones; a crash may lose or cut short what was not synced. */
  append(writes: readonly RecordWrite[]): void {
    this.pending += lineOf(writes.map(({ key, value }) => [key, value]));
  }

  /** Hands everything appended so far to the machine, which may still lose it. One at a time; rejects when the disk cannot. */
  async write(): Promise<void> {
    const text = this.pending;
    this.pending = '';
    await this.file.appendFile(text);
  }

  /** Everything written is durable once this resolves; rejects when the disk cannot. */
  async sync(): Promise<void> {
    await this.file.datasync();
  }

  async close(): Promise<void> {
    await this.file.close();
  }
}

type Pair = readonly [key: string, value: unknown];

function lineOf(pairs: readonly Pair[]): string {
  const text = JSON.stringify(pairs);
  return `${crc32(text).toString(16).padStart(8, '0')} ${text}\n`;
}

function readRecords(path: string): Record<string, unknown> {
  const records: Record<string, unknown> = {};
  if (!existsSync(path)) return records;
  const lines = readFileSync(path, 'utf8').split('\n');
  // A whole line ends with a line break: what stands behind the last one was cut short.
  lines.pop();
  for (const [index, text] of lines.entries()) {
    const pairs = pairsOf(text);
    if (pairs === undefined) {
      if (index === lines.length - 1) break;
      throw new DamagedRecordsError(path, index + 1);
    }
    for (const [key, value] of pairs) {
      if (value === null) delete records[key];
      else records[key] = value;
    }
  }
  return records;
}

function pairsOf(text: string): readonly Pair[] | undefined {
  const json = text.slice(9);
  if (text.slice(0, 8) !== crc32(json).toString(16).padStart(8, '0')) return undefined;
  return JSON.parse(json) as readonly Pair[];
}

/** The log becomes one line; the old one stays until the new one is durable. */
function replace(folder: string, path: string, records: Readonly<Record<string, unknown>>): void {
  const next = `${path}.next`;
  const descriptor = openSync(next, 'w');
  writeSync(descriptor, lineOf(Object.entries(records)));
  fsyncSync(descriptor);
  closeSync(descriptor);
  renameSync(next, path);
  const directory = openSync(folder, 'r');
  fsyncSync(directory);
  closeSync(directory);
}
