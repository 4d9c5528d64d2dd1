import { describe, expect, it } from 'vitest';
import { type FormatName, formatNames, HistoryFormatError, parseHistory } from '@holdfast/check';
import { fixture, fixtureNames } from './fixtures.ts';

/** Format, file, code, line, and the message after "Cannot read line n as format: ". */
const MALFORMED: readonly (readonly [FormatName, string, string, number, string])[] = [
  ['jsonl', 'bad-field.jsonl', 'MALFORMED', 2, 'expected a field of an operation, found "value"'],
  [
    'jsonl',
    'bad-json.jsonl',
    'MALFORMED',
    3,
    'expected a key in double quotes, found ",\\"invokedAt\\":100,\\"completedAt\\":250}"',
  ],
  [
    'jsonl',
    'bad-order.jsonl',
    'INCONSISTENT',
    3,
    'expected an operation invoked at 50 or later, found invokedAt 40',
  ],
  [
    'jsonl',
    'bad-unknown.jsonl',
    'MALFORMED',
    2,
    'expected no completedAt, as the outcome is unknown, found 120',
  ],
  ['jsonl', 'bad-version.jsonl', 'MALFORMED', 1, 'expected version 1, found version 2'],
  [
    'jsonl',
    'cut-inside.jsonl',
    'TRUNCATED',
    2,
    'the file is truncated: expected a whole line, found "{\\"process\\":0,\\"f\\":\\"write\\",\\"inp"',
  ],
  [
    'jsonl',
    'cut-lines.jsonl',
    'TRUNCATED',
    3,
    'the file is truncated: expected 3 operations, found the end of the file after 2',
  ],
  [
    'porcupine',
    'bad-call.jsonl',
    'MALFORMED',
    1,
    'expected whole nanoseconds, found "\\"now\\",\\"output\\":null,\\"return\\":100}"',
  ],
  [
    'porcupine',
    'bad-client.jsonl',
    'INCONSISTENT',
    2,
    'expected a call by another client than 4, whose operation of line 1 returns at 100, found a call at 50',
  ],
  ['porcupine', 'bad-name.jsonl', 'MALFORMED', 1, 'expected a name as f, or as op in the input, found 2'],
  ['porcupine', 'bad-return.jsonl', 'MALFORMED', 1, 'expected a return at 200 or later, found 100'],
  [
    'porcupine',
    'cut-inside.jsonl',
    'TRUNCATED',
    2,
    'the file is truncated: expected the closing quote of the text that begins on line 2, found the end of the file',
  ],
  [
    'elle-json',
    'bad-comma.json',
    'MALFORMED',
    2,
    `expected ',' or ']', found "{\\"type\\":\\"ok\\",\\"f\\":\\"read\\",\\"value\\":3,\\"process\\":0}]"`,
  ],
  [
    'elle-json',
    'bad-f.json',
    'INCONSISTENT',
    2,
    'expected the completion of read, which process 0 invoked on line 1, found :ok write',
  ],
  [
    'elle-json',
    'bad-integer.json',
    'REFUSED',
    1,
    'expected an integer from -9007199254740991 to 9007199254740991, or text, found 9007199254740993',
  ],
  [
    'elle-json',
    'bad-process.json',
    'MALFORMED',
    1,
    'expected an integer or a name as the process of the operation, found "0.5}]"',
  ],
  [
    'elle-json',
    'cut-array.json',
    'TRUNCATED',
    3,
    "the file is truncated: expected ']', the end of the list that begins on line 1, found the end of the file",
  ],
  [
    'elle-json',
    'cut-inside.json',
    'TRUNCATED',
    2,
    'the file is truncated: expected the closing quote of the text that begins on line 2, found the end of the file',
  ],
  [
    'dbcop-json',
    'bad-committed.json',
    'MALFORMED',
    3,
    'expected "committed": true or false in the transaction, found none',
  ],
  [
    'dbcop-json',
    'bad-data.json',
    'MALFORMED',
    1,
    'expected the sessions as "data" in the history object, found none',
  ],
  [
    'dbcop-json',
    'bad-event.json',
    'MALFORMED',
    3,
    'expected {"Read":{"variable":0,"version":1}}, {"Write":...}, ["r",0,1] or ["w",0,1], found "{ \\"Delete\\": { \\"variable\\": 0, \\"version\\": 1 } }], \\"committed\\":..."',
  ],
  [
    'dbcop-json',
    'bad-version.json',
    'MALFORMED',
    3,
    'expected a version in a write, found "[\\"w\\", 0, null]], \\"committed\\": true }"',
  ],
  [
    'dbcop-json',
    'cut-inside.json',
    'TRUNCATED',
    3,
    'the file is truncated: expected the closing quote of the text that begins on line 3, found the end of the file',
  ],
  [
    'jepsen-edn',
    'bad-alone.edn',
    'INCONSISTENT',
    2,
    'expected an invocation by process 1: it has no operation open, found :ok read',
  ],
  [
    'jepsen-edn',
    'bad-bigint.edn',
    'REFUSED',
    1,
    'expected an integer without N, found the big integer 12345678901234567890N',
  ],
  [
    'jepsen-edn',
    'bad-missing.edn',
    'MALFORMED',
    1,
    'expected :f in the operation map that begins on line 1, found none',
  ],
  ['jepsen-edn', 'bad-ratio.edn', 'REFUSED', 1, 'expected an integer or a decimal, found the ratio 1/3'],
  [
    'jepsen-edn',
    'bad-reuse.edn',
    'INCONSISTENT',
    3,
    'expected an operation of another process than 0: its write of line 1 ended as :info and may still be going on, found :invoke read',
  ],
  [
    'jepsen-edn',
    'bad-type.edn',
    'MALFORMED',
    2,
    'expected invoke, ok, fail or info as the :type of the operation, found ":okay, :f :read, :process 0, :value 3}"',
  ],
  [
    'jepsen-edn',
    'cut-inside.edn',
    'TRUNCATED',
    2,
    'the file is truncated: expected the end of the operation map that begins on line 2, found the end of the file',
  ],
  [
    'jepsen-edn',
    'cut-vector.edn',
    'TRUNCATED',
    3,
    "the file is truncated: expected ']', the end of the list that begins on line 1, found the end of the file",
  ],
  ['maelstrom', 'bad-bracket.edn', 'MALFORMED', 1, `expected ']' or a value, found "}, :index 0}"`],
  [
    'maelstrom',
    'bad-index.edn',
    'INCONSISTENT',
    2,
    'expected an index above 5, as lines come in the order of the history, found 4',
  ],
  [
    'maelstrom',
    'bad-time.edn',
    'INCONSISTENT',
    2,
    'expected a time, as the operations before have one, found none',
  ],
  [
    'maelstrom',
    'cut-inside.edn',
    'TRUNCATED',
    1,
    'the file is truncated: expected the end of the vector that begins on line 1, found the end of the file',
  ],
  [
    'jepsen-log',
    'bad-columns.log',
    'MALFORMED',
    1,
    'expected a tab and another column after the name of the operation, found ":read"',
  ],
  [
    'jepsen-log',
    'bad-line.log',
    'MALFORMED',
    2,
    'expected process, :type, :f and value separated by tabs, found "read 3 by 0"',
  ],
  [
    'jepsen-log',
    'bad-open.log',
    'INCONSISTENT',
    2,
    'expected an operation of another process than 0: its read of line 1 is still open, found :invoke read',
  ],
  ['jepsen-log', 'bad-type.log', 'MALFORMED', 2, 'expected :invoke, :ok, :fail or :info, found ":done"'],
  ['jepsen-log', 'bad-value.log', 'MALFORMED', 1, 'expected a whole value, found "[3 0"'],
  [
    'jepsen-log',
    'cut-line.log',
    'TRUNCATED',
    2,
    'the file is truncated: expected a line end after the last line, found "INFO  jepsen.util - 0\\t:ok\\t:read\\t1"',
  ],
  [
    'plume',
    'bad-scattered.txt',
    'INCONSISTENT',
    3,
    'expected the lines of transaction 0 together, in one session, found one more in session 0, after others',
  ],
  [
    'plume',
    'bad-word.txt',
    'MALFORMED',
    2,
    'expected r(key,value,session,transaction) or w(key,value,session,transaction), found "x(1,101,1,1)"',
  ],
  [
    'plume',
    'bad-zero.txt',
    'REFUSED',
    1,
    'expected a written value other than 0, which is the initial value of every key, found "w(1,0,0,0)"',
  ],
  [
    'plume',
    'cut-inside.txt',
    'TRUNCATED',
    2,
    'the file is truncated: expected a whole line, found "r(1,101,1"',
  ],
  [
    'awdit',
    'bad-separator.txt',
    'MALFORMED',
    2,
    'expected w key value, r key value, dashes or equals signs, found "-=-=-"',
  ],
  [
    'awdit',
    'bad-value.txt',
    'MALFORMED',
    3,
    'expected w key value, r key value, dashes or equals signs, found "r 0 x"',
  ],
  [
    'awdit',
    'bad-word.txt',
    'MALFORMED',
    2,
    'expected w key value, r key value, dashes or equals signs, found "r 0"',
  ],
  ['awdit', 'cut-inside.txt', 'TRUNCATED', 2, 'the file is truncated: expected a whole line, found "r 0"'],
  [
    'limo',
    'bad-line.hist',
    'MALFORMED',
    2,
    'expected [1] call enq(1), [1] return, [1] return 1 or crash, found "[1] enq(1)"',
  ],
  ['limo', 'bad-object.hist', 'MALFORMED', 1, 'expected # @object atomic-queue, found "[1] call enq(1)"'],
  ['limo', 'bad-return.hist', 'INCONSISTENT', 3, 'expected a call of [2] before its return, found none open'],
  [
    'limo',
    'bad-twice.hist',
    'INCONSISTENT',
    3,
    'expected a return of [1], whose call on line 2 is open, found call enqueue',
  ],
  [
    'limo',
    'cut-line.hist',
    'TRUNCATED',
    3,
    'the file is truncated: expected a line end after the last line, found "[1] return 1"',
  ],
  ['dbcop-hist', 'bad-empty.hist', 'MALFORMED', 1, 'expected at least one event in a transaction, found []'],
  ['dbcop-hist', 'bad-operator.hist', 'MALFORMED', 1, 'expected x:=1, x==1 or x==?, found "y=2"'],
  [
    'dbcop-hist',
    'bad-outside.hist',
    'MALFORMED',
    2,
    'expected a transaction such as [x:=1 y==2], dashes, or a // comment, found "x:=2"',
  ],
  ['dbcop-hist', 'bad-write.hist', 'MALFORMED', 1, 'expected a version after :=, found "x:=?"'],
  [
    'dbcop-hist',
    'cut-line.hist',
    'TRUNCATED',
    3,
    'the file is truncated: expected a line end after the last line, found "[x==1]"',
  ],
  [
    'cobra',
    'bad-collector.log',
    'REFUSED',
    2,
    "expected a read of the subject in bad-collector.log, found a read of Cobra's own garbage collector",
  ],
  [
    'cobra',
    'bad-commit.log',
    'MALFORMED',
    3,
    'expected the commit of transaction 1 in bad-commit.log, found that of 2',
  ],
  [
    'cobra',
    'bad-start.log',
    'MALFORMED',
    3,
    'expected the commit of transaction 1 in bad-start.log, found another start',
  ],
  [
    'cobra',
    'bad-type.log',
    'MALFORMED',
    3,
    "expected a record of type 'S', 'R', 'W' or 'C' in bad-type.log, found 'X'",
  ],
  [
    'cobra',
    'cut-commit.log',
    'TRUNCATED',
    2,
    'the file is truncated: expected the commit of transaction 1 in cut-commit.log, found the end of the file',
  ],
  [
    'cobra',
    'cut-record.log',
    'TRUNCATED',
    2,
    'the file is truncated: expected 24 bytes of record in cut-record.log, found 12',
  ],
];

function failureOf(format: FormatName, name: string): unknown {
  try {
    parseHistory(fixture(format, name), { format, fileName: name });
  } catch (error) {
    return error;
  }
  return undefined;
}

describe('malformed histories', () => {
  it.each(MALFORMED)(
    '%s %s is refused with its line and what was expected',
    (format, name, code, line, text) => {
      const error = failureOf(format, name);
      expect(error).toBeInstanceOf(HistoryFormatError);
      const unit = format === 'cobra' ? 'record' : 'line';
      expect(error).toMatchObject({
        code,
        line,
        format,
        message: `Cannot read ${unit} ${line} as ${format}: ${text}`,
      });
    },
  );

  it.each(formatNames)(
    '%s has at least three malformed fixtures, one of them cut short, and all are in the table',
    (format) => {
      const names = fixtureNames(format, true);
      expect(names.length).toBeGreaterThanOrEqual(3);
      expect(names.some((name) => name.startsWith('cut-'))).toBe(true);
      expect(MALFORMED.filter((row) => row[0] === format).map((row) => row[1])).toEqual(names);
    },
  );

  it('says what formats there are when it recognises none', () => {
    expect(() => parseHistory('hello\n')).toThrow(
      'Cannot read the file as auto: expected a history in one of the formats jsonl, porcupine, elle-json, dbcop-json, ' +
        'jepsen-edn, maelstrom, jepsen-log, plume, awdit, limo, dbcop-hist, cobra (name it if you know it), found "hello"',
    );
    expect(() => parseHistory('\n \n')).toThrow('found an empty file');
  });

  it('refuses bytes that are not UTF-8', () => {
    const bytes = Uint8Array.of(0x7b, 0x3a, 0xff, 0xfe);
    expect(() => parseHistory(bytes)).toThrow(
      'Cannot read the file as jepsen-edn: expected UTF-8 text, found other bytes',
    );
  });
});
