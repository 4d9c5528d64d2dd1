import { describe, expect, it } from 'vitest';
import { type FormatName, formatNames, HistoryFormatError, parseHistory } from '@holdfast/check';
import { fixture, fixtureNames } from './fixtures.ts';
import { MALFORMED } from './malformedTable.ts';

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
