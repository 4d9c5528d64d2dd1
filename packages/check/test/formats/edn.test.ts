import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { equalPlain } from '@holdfast/plain';
import { EdnReader } from '../../src/formats/edn.ts';
import { ednKeyword, printEdn } from '../../src/formats/ednPrint.ts';

function read(text: string): unknown {
  const reader = new EdnReader('edn', text);
  const value = reader.form();
  expect(reader.skipBlankOrEnd()).toBe(false);
  return value;
}

describe('EDN', () => {
  it.each([
    ['nil', null],
    ['true', true],
    ['false', false],
    ['-0', 0],
    ['+7', 7],
    ['-12', -12],
    ['1.5', 1.5],
    ['-2.5e3', -2500],
    ['1e3', 1000],
    [':a', 'a'],
    [':a/b-c?', 'a/b-c?'],
    ['a.b/C', 'a.b/C'],
    ['-', '-'],
    ['"a\\n\\"\\\\\\u00e9\\101"', 'a\n"\\\u00e9A'],
    ['"two\nlines"', 'two\nlines'],
    ['\\a', 'a'],
    ['\\(', '('],
    ['\\newline', '\n'],
    ['\\u00e9', '\u00e9'],
    ['\\o101', 'A'],
    ['[1 , 2,3]', [1, 2, 3]],
    ['(1 [2] ())', [1, [2], []]],
    ['#{3 1 2}', [3, 1, 2]],
    ['{:a 1, "b" 2, 3 {4 5}}', { a: 1, b: 2, 3: { 4: 5 } }],
    ['#:net{:a 1, :_/b 2, :c/d 3, "e" 4}', { 'net/a': 1, b: 2, 'c/d': 3, e: 4 }],
    ['#inst "2024-01-01"', '2024-01-01'],
    ['#my.Record{:a 1}', { a: 1 }],
    ['; a comment\n[1 #_2 #_ #_ 3 4 5] ; more', [1, 5]],
    ['{:a #_1 2}', { a: 2 }],
    ['{#_:x :a 2}', { a: 2 }],
  ])('reads %s', (text, value) => {
    expect(read(text)).toEqual(value);
  });

  it.each([
    ['1/2', 'REFUSED', 'an integer or a decimal, found the ratio 1/2'],
    ['5N', 'REFUSED', 'an integer without N, found the big integer 5N'],
    ['1.5M', 'REFUSED', 'a decimal without M, found the exact decimal 1.5M'],
    ['9007199254740992', 'REFUSED', 'found 9007199254740992'],
    ['##Inf', 'REFUSED', 'a finite number, found "##Inf"'],
    ['1e999', 'REFUSED', 'a finite number, found "1e999"'],
    ['{:a 1 "a" 2}', 'REFUSED', 'the key "a" twice, or two keys with this text'],
    ['#{1 1}', 'MALFORMED', 'each element once in a set, found 1 twice'],
    ['017', 'MALFORMED', 'a number, found "017"'],
    ['12ab', 'MALFORMED', 'a number, found "12ab"'],
    ['::a', 'MALFORMED', 'a keyword with one colon, found "::a"'],
    [': a', 'MALFORMED', 'a keyword after \':\', found " a"'],
    ['^:m x', 'MALFORMED', 'a value, found "^:m x"'],
    ['#"re"', 'MALFORMED', 'a set, a tag or a discard after #'],
    ['\\abc', 'MALFORMED', 'a character, found "\\\\abc"'],
    ['"\\q"', 'MALFORMED', 'an escape'],
    ['[1 }', 'MALFORMED', '\']\' or a value, found "}"'],
    ['{:a}', 'MALFORMED', 'a value for the key "a", found \'}\''],
    ['[1 2', 'TRUNCATED', 'the end of the vector that begins on line 1'],
    ['{:a 1\n:b', 'TRUNCATED', 'the end of the map that begins on line 1'],
    ['"abc', 'TRUNCATED', 'the closing quote of the string that begins on line 1'],
    ['#_', 'TRUNCATED', 'a value, found the end of the file'],
    ['', 'TRUNCATED', 'a value, found the end of the file'],
    [`${'['.repeat(300)}`, 'REFUSED', 'at most 256 forms inside one another'],
  ])('refuses %s', (text, code, message) => {
    let failure: unknown;
    try {
      read(text);
    } catch (error) {
      failure = error;
    }
    expect(failure).toMatchObject({ code });
    expect((failure as Error).message).toContain(message);
  });

  it('names the line of an error after strings, comments and forms over several lines', () => {
    expect(() => read('[1 ; one\n "a\nb"\n {:x\n 5N}]')).toThrow('Cannot read line 5 as edn');
  });

  it('does not let a key named __proto__ change the prototype', () => {
    const value = read('{:__proto__ {:polluted 1}}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(Object.keys(value)).toEqual(['__proto__']);
  });

  it('reads back whatever plain data it prints', () => {
    const plain = fc.jsonValue({ depthSize: 'medium' });
    fc.assert(
      fc.property(plain, (value) => equalPlain(read(printEdn(value as never)), value)),
      { seed: 3, numRuns: 500 },
    );
  });

  it('prints a name as a keyword only where it reads back as one', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (name) => read(ednKeyword(name)) === name),
      { seed: 4, numRuns: 1000 },
    );
    expect(ednKeyword('read')).toBe(':read');
    expect(ednKeyword('a b')).toBe('"a b"');
  });
});
