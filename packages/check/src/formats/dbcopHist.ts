import { excerpt, type HistoryFormatCode, HistoryFormatError } from './error.ts';
import { LineCutter, type LineReader } from './lines.ts';
import type { ReadTarget, StreamReader, TimeShape } from './parsed.ts';
import { integerOf, TransactionDraft, TransactionWriter } from './transactions.ts';

const NAME = 'dbcop-hist';
const SEPARATOR = /^\s*-+\s*$/;
const TRANSACTION = /\s*\[([^[\]]*)\](!?)/y;
const EVENT = /^(\w+)(:=|==)(\d+|\?)$/;

/**
 * Reads dbcop's `.hist` language: `[x:=1 y==2]` is a transaction that wrote x and read y, `x==?` read the initial value,
 * `[...]!` did not commit, a line of dashes ends a session, `//` begins a comment.
 */
export class DbcopHistReader implements StreamReader, LineReader {
  private readonly cutter: LineCutter;
  private readonly writer: TransactionWriter;
  private session = 0;

  constructor(target: ReadTarget) {
    this.cutter = new LineCutter(this);
    this.writer = new TransactionWriter(target);
  }

  push(chunk: string): void {
    this.cutter.push(chunk);
  }

  finish(): TimeShape {
    const { unfinished, lines } = this.cutter;
    if (unfinished.trim() !== '') {
      fail('TRUNCATED', lines + 1, 'a line end after the last line', excerpt(unfinished));
    }
    if (lines === 0) fail('TRUNCATED', 1, 'a transaction such as [x:=1 y==2]', 'the end of the file');
    return this.writer.shape();
  }

  line(text: string, number: number): void {
    if (text.startsWith('//') || text.trim() === '') return;
    if (SEPARATOR.test(text)) {
      this.session++;
      return;
    }
    TRANSACTION.lastIndex = 0;
    let end = 0;
    for (;;) {
      const match = TRANSACTION.exec(text);
      if (match === null) break;
      end = TRANSACTION.lastIndex;
      this.transaction(match[1] ?? '', match[2] === '', number);
    }
    const rest = text.slice(end);
    if (rest.trim() !== '') {
      fail('MALFORMED', number, 'a transaction such as [x:=1 y==2], dashes, or a // comment', excerpt(rest));
    }
  }

  private transaction(body: string, committed: boolean, number: number): void {
    const draft = new TransactionDraft(number);
    const events = body.split(/[ \t]+/).filter((event) => event !== '');
    if (events.length === 0) fail('MALFORMED', number, 'at least one event in a transaction', '[]');
    for (const event of events) {
      const match = EVENT.exec(event);
      if (match === null) return fail('MALFORMED', number, 'x:=1, x==1 or x==?', excerpt(event));
      const [, variable = '', operator, version = ''] = match;
      if (operator === '==') draft.read(variable, version === '?' ? null : integerOf(version));
      else if (version === '?') fail('MALFORMED', number, 'a version after :=', excerpt(event));
      else draft.write(variable, integerOf(version));
    }
    this.writer.add(this.session, draft, committed);
  }
}

function fail(code: HistoryFormatCode, line: number, expected: string, found: string): never {
  throw new HistoryFormatError(code, NAME, line, expected, found);
}
