import { excerpt, type HistoryFormatCode, HistoryFormatError } from './error.ts';
import { LineCutter, type LineReader } from './lines.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';
import { integerOf, TransactionDraft, TransactionWriter } from './transactions.ts';

const NAME = 'plume';
const LINE = /^([rw])\((\d+),(\d+),(\d+),(-?\d+)\)\s*$/;
const ABORTED = '-1';
const INITIAL = '0';
const EXAMPLE = 'r(key,value,session,transaction) or w(key,value,session,transaction)';

/**
 * Reads the text format of Plume and PolySI: one read or write per line. Transaction -1 is an aborted one, of which nothing
 * else is said, so each of its lines becomes a failed transaction of its own. A read of 0 read the initial value.
 */
export class PlumeReader implements StreamReader, LineReader {
  private readonly cutter: LineCutter;
  private readonly writer: TransactionWriter;
  /** The transaction being read, per session. */
  private readonly open = new Map<string, { readonly id: string; readonly draft: TransactionDraft }>();
  private readonly seen = new Set<string>();

  constructor(target: ReadTarget) {
    this.cutter = new LineCutter(this);
    this.writer = new TransactionWriter(target);
  }

  push(chunk: string): void {
    this.cutter.push(chunk);
  }

  finish(): TimeShape {
    const { unfinished } = this.cutter;
    if (unfinished.trim() !== '' && !LINE.test(unfinished)) {
      fail('TRUNCATED', this.cutter.lines + 1, 'a whole line', excerpt(unfinished));
    }
    this.cutter.finish();
    for (const session of this.open.keys()) this.close(session);
    if (this.cutter.lines === 0) fail('TRUNCATED', 1, EXAMPLE, 'the end of the file');
    return this.writer.shape();
  }

  line(text: string, number: number): void {
    if (text.trim() === '') return;
    const match = LINE.exec(text);
    if (match === null) return fail('MALFORMED', number, EXAMPLE, excerpt(text));
    const [, f = '', key = '', value = '', session = '', id = ''] = match;
    if (f === 'w' && value === INITIAL) {
      fail(
        'REFUSED',
        number,
        'a written value other than 0, which is the initial value of every key',
        excerpt(text),
      );
    }
    const isAborted = id === ABORTED;
    if (id.startsWith('-') && !isAborted) {
      fail('MALFORMED', number, 'a transaction number, or -1 for an aborted one', id);
    }
    const draft = isAborted ? new TransactionDraft(number) : this.draftOf(session, id, number);
    draft.lastLine = number;
    if (f === 'w') draft.write(integerOf(key), integerOf(value));
    else draft.read(integerOf(key), value === INITIAL ? null : integerOf(value));
    if (!isAborted) return;
    this.close(session);
    this.writer.add(this.processOf(session, number), draft, false);
  }

  private draftOf(session: string, id: string, number: number): TransactionDraft {
    const current = this.open.get(session);
    if (current?.id === id) return current.draft;
    if (this.seen.has(id)) {
      const expected = `the lines of transaction ${id} together, in one session`;
      fail('INCONSISTENT', number, expected, `one more in session ${session}, after others`);
    }
    this.close(session);
    this.processOf(session, number);
    this.seen.add(id);
    const draft = new TransactionDraft(number);
    this.open.set(session, { id, draft });
    return draft;
  }

  private close(session: string): void {
    const current = this.open.get(session);
    if (current === undefined) return;
    this.open.delete(session);
    this.writer.add(Number(session), current.draft, true);
  }

  private processOf(session: string, number: number): number {
    const process = Number(session);
    if (!Number.isSafeInteger(process)) {
      fail('REFUSED', number, `a session number up to ${Number.MAX_SAFE_INTEGER}`, session);
    }
    return process;
  }
}

function fail(code: HistoryFormatCode, line: number, expected: string, found: string): never {
  throw new HistoryFormatError(code, NAME, line, expected, found);
}
