import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { JsonReader } from '../../src/formats/json.ts';

function read(text: string): unknown {
  const reader = new JsonReader('json', text);
  const value = reader.value();
  if (reader.skipBlankOrEnd()) reader.malformed('the end', reader.nextThing());
  return value;
}

/** JSON whose integers a double holds exactly; the reader refuses others, where JSON.parse rounds. */
const exactJson = fc
  .jsonValue()
  .filter((value) => !/(?:^|[^.\d])\d{16,}(?:[^.\de]|$)/.test(JSON.stringify(value)));

describe('JSON', () => {
  it('reads what JSON.parse reads, equally', () => {
    fc.assert(
      fc.property(exactJson, fc.constantFrom(undefined, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(read(text)).toEqual(JSON.parse(text));
      }),
      { seed: 5, numRuns: 500 },
    );
  });

  it('refuses what JSON.parse refuses, for pieces of JSON damaged by one character', () => {
    const damage = fc.tuple(
      exactJson,
      fc.nat(),
      fc.constantFrom('', ',', '"', '[', '}', ':', '0', 'x', '\\', '\n'),
    );
    fc.assert(
      fc.property(damage, ([value, where, what]) => {
        const text = JSON.stringify(value);
        const at = where % (text.length + 1);
        const damaged = text.slice(0, at) + what + text.slice(at + 1);
        let parses = true;
        try {
          JSON.parse(damaged);
        } catch {
          parses = false;
        }
        let reads = true;
        try {
          read(damaged);
        } catch (error) {
          // Stricter than JSON.parse on purpose: repeated keys and integers that a double cannot hold.
          reads = (error as { code?: string }).code === 'REFUSED';
        }
        expect(reads).toBe(parses);
      }),
      { seed: 6, numRuns: 1000 },
    );
  });

  it.each([
    ['[1,2', 'TRUNCATED', 'the end of an array that begins on line 1'],
    ['{"a":1,', 'TRUNCATED', 'the end of an object that begins on line 1'],
    ['{"a"', 'TRUNCATED', 'the end of an object that begins on line 1'],
    ['"ab', 'TRUNCATED', 'the closing quote of the text that begins on line 1'],
    ['[\n1\n2]', 'MALFORMED', "Cannot read line 3 as json: expected ',' or ']'"],
    ['{"a" 1}', 'MALFORMED', '\':\' after the key "a"'],
    ['{"a":1,"a":2}', 'REFUSED', 'the key "a" twice'],
    ['9007199254740993', 'REFUSED', 'found 9007199254740993'],
    ['1e999', 'REFUSED', 'a finite number'],
    ['"\\x"', 'MALFORMED', 'text with the escapes of JSON'],
    ['['.repeat(300), 'REFUSED', 'at most 256 values inside one another'],
  ])('names what is wrong with %s', (text, code, message) => {
    let failure: unknown;
    try {
      read(text);
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code });
    expect((failure as Error).message).toContain(message);
  });
});
