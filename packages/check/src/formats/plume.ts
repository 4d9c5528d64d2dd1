import { excerpt, type HistoryFormatCode, HistoryFormatError } from './error.ts';
import { LineCutter, type LineReader } from './lines.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';
import { integerOf, TransactionDraft, TransactionWriter } from './transactions.ts';

const NAME = 'plume';
const LINE = /^([rw])\((\d+),(\d+),(\d+),(-?\d+)\)\s*$/;
const ABORTED = '-1';
const INITIAL = '0';
const EXAMPLE = 'r(key,value,session,transaction) or w(key,value,session,transaction)';

interface SessionDraft {
  readonly id: string;
  readonly process: number;
  readonly draft: TransactionDraft;
}

/**
 * Reads the text format of Plume and PolySI: one read or write per line. Transaction -1 is an aborted one, of which nothing
 * else is said, so each of its lines becomes a failed transaction of its own. A read of 0 read the initial value.
 */
export class PlumeReader implements StreamReader, LineReader {
  private readonly cutter: LineCutter;
  private readonly writer: TransactionWriter;
  /** Transactions in the order of their first lines. Lines of sessions may be mixed, so none has ended before the file has. */
  private readonly drafts: SessionDraft[] = [];
  /** The last transaction, per session. */
  private readonly current = new Map<string, SessionDraft>();
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
    if (this.drafts.length === 0) fail('TRUNCATED', this.cutter.lines + 1, EXAMPLE, 'the end of the file');
    for (const { process, draft, id } of this.drafts) this.writer.add(process, draft, id !== ABORTED);
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
    if (id.startsWith('-') && id !== ABORTED) {
      fail('MALFORMED', number, 'a transaction number, or -1 for an aborted one', id);
    }
    const draft = this.draftOf(session, id, number);
    draft.lastLine = number;
    if (f === 'w') draft.write(integerOf(key), integerOf(value));
    else draft.read(integerOf(key), value === INITIAL ? null : integerOf(value));
  }

  private draftOf(session: string, id: string, number: number): TransactionDraft {
    const current = this.current.get(session);
    if (current?.id === id && id !== ABORTED) return current.draft;
    if (this.seen.has(id)) {
      const expected = `the lines of transaction ${id} together, in one session`;
      fail('INCONSISTENT', number, expected, `one more in session ${session}, after others`);
    }
    if (id !== ABORTED) this.seen.add(id);
    const next = { id, process: this.processOf(session, number), draft: new TransactionDraft(number) };
    this.drafts.push(next);
    this.current.set(session, next);
    return next.draft;
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
