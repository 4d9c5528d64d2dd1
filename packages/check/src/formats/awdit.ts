import { excerpt, HistoryFormatError } from './error.ts';
import { LineCutter, type LineReader } from './lines.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';
import { integerOf, TransactionDraft, TransactionWriter } from './transactions.ts';

const NAME = 'awdit';
const EVENT = /^\s*([rw])\s+(\d+)\s+(\d+)\s*$/;

/**
 * Reads AWDIT's human-friendly text: `w key value` and `r key value` lines, dashes between the transactions of a session,
 * equals signs between sessions. There is no initial value: files write it in a first transaction where they need one.
 */
export class AwditReader implements StreamReader, LineReader {
  private readonly target: ReadTarget;
  private readonly cutter: LineCutter;
  private readonly writer: TransactionWriter;
  private draft: TransactionDraft | undefined;
  private session = 0;
  private events = 0;

  constructor(target: ReadTarget) {
    this.target = target;
    this.cutter = new LineCutter(this);
    this.writer = new TransactionWriter(target);
  }

  push(chunk: string): void {
    this.cutter.push(chunk);
  }

  finish(): TimeShape {
    const { unfinished } = this.cutter;
    if (unfinished.trim() !== '') {
      if (!EVENT.test(unfinished) && !/^[-=]+$/.test(unfinished)) {
        const line = this.cutter.lines + 1;
        throw new HistoryFormatError('TRUNCATED', NAME, line, 'a whole line', excerpt(unfinished));
      }
      // AWDIT's own files end without a line end, so this cannot be an error.
      this.target.warnings.add(
        `the last line has no line end: if the file is truncated there, ${excerpt(unfinished)} may be a piece of more`,
      );
    }
    this.cutter.finish();
    if (this.events === 0) {
      throw new HistoryFormatError(
        'TRUNCATED',
        NAME,
        this.cutter.lines,
        'w key value or r key value',
        'the end of the file',
      );
    }
    this.close();
    return this.writer.shape();
  }

  line(text: string, number: number): void {
    const event = EVENT.exec(text);
    if (event !== null) {
      const [, f, key = '', value = ''] = event;
      this.draft ??= new TransactionDraft(number);
      this.draft.lastLine = number;
      if (f === 'w') this.draft.write(integerOf(key), integerOf(value));
      else this.draft.read(integerOf(key), integerOf(value));
      this.events++;
      return;
    }
    const line = text.trim();
    if (/^-+$/.test(line)) {
      this.close();
    } else if (/^=+$/.test(line)) {
      this.close();
      this.session++;
    } else if (line !== '') {
      const expected = 'w key value, r key value, dashes or equals signs';
      throw new HistoryFormatError('MALFORMED', NAME, number, expected, excerpt(text));
    }
  }

  private close(): void {
    if (this.draft !== undefined) this.writer.add(this.session, this.draft, true);
    this.draft = undefined;
  }
}
