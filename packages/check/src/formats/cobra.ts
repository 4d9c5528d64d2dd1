import { COBRA } from './cobraRecords.ts';
import { HistoryFormatError, type HistoryFormatCode } from './error.ts';
import type { ReadTarget, TimeShape } from './parsed.ts';
import { TransactionDraft, TransactionWriter } from './transactions.ts';

const NAME = 'cobra';
/** Bytes of a record after its type. */
const LENGTHS: ReadonlyMap<number, number> = new Map<number, number>([
  [COBRA.start, 8],
  [COBRA.commit, 8],
  [COBRA.write, 24],
  [COBRA.read, 32],
]);

/** A view of big-endian words; part of every JavaScript platform. */
class Records {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly session: string;
  /** Number of the record being read, from 1, over all sessions. */
  record: number;
  pos = 0;

  constructor(bytes: Uint8Array, session: string, record: number) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.session = session;
    this.record = record;
  }

  /** The type of the next record, or -1 at the end of the log; checks that the record is whole. */
  next(): number {
    const type = this.bytes[this.pos];
    if (type === undefined) return -1;
    this.record++;
    const length = LENGTHS.get(type);
    if (length === undefined) {
      const letter = type >= 0x20 && type < 0x7f ? `'${String.fromCharCode(type)}'` : `byte ${type}`;
      return this.fail('MALFORMED', "a record of type 'S', 'R', 'W' or 'C'", letter);
    }
    this.pos++;
    if (this.pos + length > this.bytes.length) {
      return this.fail('TRUNCATED', `${length} bytes of record`, `${this.bytes.length - this.pos}`);
    }
    return type;
  }

  word(): bigint {
    const value = this.view.getBigUint64(this.pos);
    this.pos += 8;
    return value;
  }

  fail(code: HistoryFormatCode, expected: string, found: string): never {
    throw new HistoryFormatError(code, NAME, this.record, `${expected} in ${this.session}`, found);
  }
}

/**
 * Reads the binary logs of Cobra's clients, one per session: big-endian records of a transaction's start, reads, writes and
 * commit. Values are the ids of writes, which Cobra makes unique; keys are hashes. A read of the initial value or of a
 * missing key is null.
 */
export class CobraReader {
  private readonly writer: TransactionWriter;
  private session = 0;
  private records = 0;

  constructor(target: ReadTarget) {
    this.writer = new TransactionWriter(target);
  }

  /** Reads one session's log; `name` is for errors. */
  log(bytes: Uint8Array, name: string): void {
    const records = new Records(bytes, name, this.records);
    let draft: TransactionDraft | undefined;
    let id = 0n;
    for (let type = records.next(); type !== -1; type = records.next()) {
      if (type === COBRA.start) {
        if (draft !== undefined)
          records.fail('MALFORMED', `the commit of transaction ${id}`, 'another start');
        id = records.word();
        draft = new TransactionDraft(records.record);
      } else if (draft === undefined) {
        records.fail('MALFORMED', "the start of a transaction, 'S'", `'${String.fromCharCode(type)}'`);
      } else if (type === COBRA.commit) {
        this.commit(records, draft, id);
        draft = undefined;
      } else if (type === COBRA.write) {
        write(records, draft);
      } else {
        read(records, draft);
      }
    }
    if (draft !== undefined)
      records.fail('TRUNCATED', `the commit of transaction ${id}`, 'the end of the file');
    if (records.pos === 0) records.fail('TRUNCATED', 'a transaction', 'an empty file');
    this.records = records.record;
    this.session++;
  }

  finish(): TimeShape {
    return this.writer.shape();
  }

  private commit(records: Records, draft: TransactionDraft, id: bigint): void {
    const committed = records.word();
    if (committed !== id)
      records.fail('MALFORMED', `the commit of transaction ${id}`, `that of ${committed}`);
    draft.lastLine = records.record;
    this.writer.add(this.session, draft, true);
  }
}

function write(records: Records, draft: TransactionDraft): void {
  const id = records.word();
  const key = records.word();
  // The value's hash says nothing that the unique id of the write does not.
  records.word();
  draft.write(wordOf(key), wordOf(id));
}

function read(records: Records, draft: TransactionDraft): void {
  const writer = records.word();
  const id = records.word();
  const key = records.word();
  records.word();
  const isInitial = COBRA.initialIds.includes(writer);
  if (isInitial && COBRA.collectorIds.includes(id)) {
    records.fail('REFUSED', 'a read of the subject', "a read of Cobra's own garbage collector");
  }
  if (isInitial && !COBRA.initialIds.includes(id)) {
    records.fail('MALFORMED', 'the initial write id with the initial transaction id', `write id ${id}`);
  }
  draft.read(wordOf(key), isInitial ? null : wordOf(id));
}

function wordOf(word: bigint): number | string {
  return word <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(word) : word.toString();
}

/** True when the bytes begin as a Cobra log does: the start of a transaction, then another record. */
export function looksLikeCobra(bytes: Uint8Array): boolean {
  const second = bytes[9];
  return (
    bytes[0] === COBRA.start && (second === COBRA.read || second === COBRA.write || second === COBRA.commit)
  );
}
