import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseHistory, printHistory } from '@holdfast/check';
import { histories, plainValues } from '../history/histories.ts';
import { fixtureNames, fixtureText } from './fixtures.ts';

type Schema = { readonly [keyword: string]: unknown };

const ROOT = JSON.parse(
  readFileSync(fileURLToPath(new URL('../../../../docs/history.schema.json', import.meta.url)), 'utf8'),
) as Schema;

function typeOf(value: unknown): string[] {
  if (value === null) return ['null'];
  if (Array.isArray(value)) return ['array'];
  return Number.isInteger(value) ? ['integer', 'number'] : [typeof value];
}

/** Judges by the keywords the schema uses; throws on any other, so that none is ignored. */
function accepts(schema: Schema, value: unknown): boolean {
  return Object.entries(schema).every(([keyword, rule]) => acceptsKeyword(schema, keyword, rule, value));
}

function acceptsKeyword(schema: Schema, keyword: string, rule: unknown, value: unknown): boolean {
  const object = typeof value === 'object' && value !== null ? (value as { [name: string]: unknown }) : {};
  const properties = (schema['properties'] ?? {}) as { readonly [name: string]: Schema };
  switch (keyword) {
    case '$ref':
      return accepts(
        (ROOT['$defs'] as { [name: string]: Schema })[String(rule).slice('#/$defs/'.length)] ?? {},
        value,
      );
    case 'type':
      return [rule].flat().some((type) => typeOf(value).includes(type as string));
    case 'const':
      return value === rule;
    case 'enum':
      return (rule as unknown[]).includes(value);
    case 'minimum':
      return typeof value !== 'number' || value >= (rule as number);
    case 'maximum':
      return typeof value !== 'number' || value <= (rule as number);
    case 'minLength':
      return typeof value !== 'string' || value.length >= (rule as number);
    case 'oneOf':
      return (rule as Schema[]).filter((choice) => accepts(choice, value)).length === 1;
    case 'required':
      return (rule as string[]).every((name) => name in object);
    case 'properties':
      return Object.entries(properties).every(
        ([name, inner]) => !(name in object) || accepts(inner, object[name]),
      );
    case 'additionalProperties':
      return Object.keys(object).every((name) => name in properties);
    case 'if':
      return accepts((accepts(rule as Schema, value) ? schema['then'] : schema['else']) as Schema, value);
    case 'then':
    case 'else':
    case '$schema':
    case '$defs':
    case 'title':
    case 'description':
    case 'default':
      return true;
    default:
      throw new Error(`Cannot judge by the keyword ${keyword} as the schema's: it is not known here`);
  }
}

function linesOf(text: string): unknown[] {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown);
}

describe('docs/history.schema.json', () => {
  it('accepts every line that is printed, whatever the history holds', () => {
    fc.assert(
      fc.property(histories(fc.constantFrom('read', 'write'), plainValues), (history) => {
        for (const line of linesOf(printHistory(history, 'jsonl'))) expect(accepts(ROOT, line)).toBe(true);
      }),
      { seed: 31, numRuns: 100 },
    );
  });

  it('accepts the examples', () => {
    for (const name of fixtureNames('jsonl', false)) {
      for (const line of linesOf(fixtureText('jsonl', name))) expect(accepts(ROOT, line)).toBe(true);
    }
  });

  it('agrees with the reader on an operation with one field changed', () => {
    const header = '{"holdfast":"history","version":1,"timeUnit":"us"}\n';
    const operation = { process: 0, f: 'read', outcome: 'ok', invokedAt: 5, completedAt: 9 };
    const field = fc.constantFrom(
      'process',
      'f',
      'key',
      'input',
      'outcome',
      'output',
      'invokedAt',
      'completedAt',
      'node',
      'x',
    );
    const value = fc.constantFrom<unknown>(
      undefined,
      null,
      0,
      7,
      1.5,
      '',
      'ok',
      'unknown',
      'fail',
      'x',
      [],
      {},
      true,
    );
    fc.assert(
      fc.property(field, value, (name, changed) => {
        const line = JSON.stringify({ ...operation, [name]: changed });
        let reads = true;
        try {
          parseHistory(header + line, { format: 'jsonl' });
        } catch (error) {
          // A completion before the invocation concerns two fields, which the schema cannot compare.
          reads = (error as { code?: string }).code === 'INCONSISTENT';
        }
        expect([line, accepts(ROOT, JSON.parse(line))]).toEqual([line, reads]);
      }),
      { seed: 32, numRuns: 400 },
    );
  });
});
