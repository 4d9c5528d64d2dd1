import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './support.ts';

type Fields = ReadonlyMap<string, string>;

/** The fields that `docs/json-output.md` promises under a heading, with their types. */
export function documentedFields(heading: string): Fields {
  const text = readFileSync(join(ROOT, 'docs/json-output.md'), 'utf8');
  const section = text.split(/^## /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/json-output.md has no heading '${heading}'`);
  const rows = section.matchAll(/^\| `([^`]+)` \| ([^|]+?) \|/gm);
  return new Map([...rows].map(([, path = '', type = '']) => [path, type]));
}

/** Types that are looked at as a whole, not field by field. */
const WHOLE: Readonly<Record<string, (value: unknown) => boolean>> = {
  any: (value) => value !== undefined,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number' && Number.isFinite(value),
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  numbers: (value) => Array.isArray(value) && value.every((item) => typeof item === 'number'),
  strings: (value) => Array.isArray(value) && value.every((item) => typeof item === 'string'),
  'numbers by name': (value) => isObject(value) && Object.values(value).every(WHOLE.number ?? (() => false)),
  operation: isOperation,
  operations: (value) => Array.isArray(value) && value.every(isOperation),
};

/** Everything in which a document differs from what is documented: undocumented, missing or of another type. */
export function differences(document: unknown, fields: Fields): string[] {
  const found: string[] = [];
  compare(document, '', fields, found);
  return found;
}

function compare(value: unknown, path: string, fields: Fields, found: string[]): void {
  const type = fields.get(path);
  if (type !== undefined && alternatives(type).some((name) => WHOLE[name]?.(value) === true)) return;
  if (Array.isArray(value) && type === 'list') {
    for (const item of value) compare(item, `${path}[]`, fields, found);
    return;
  }
  const children = [...fields.keys()].filter((key) => parentOf(key) === path);
  const mayBeObject = type === undefined || alternatives(type).includes('object');
  if (!isObject(value) || !mayBeObject || (type === undefined && !hasChildren(fields, path))) {
    found.push(
      `${path || 'the document'} is ${JSON.stringify(value)?.slice(0, 60)}, documented as ${type ?? 'nothing'}`,
    );
    return;
  }
  const names = new Set([
    ...Object.keys(value),
    ...children.map((key) => key.slice(path === '' ? 0 : path.length + 1)),
  ]);
  for (const name of names) {
    const below = path === '' ? name : `${path}.${name}`;
    if (!(name in value)) found.push(`${below} is missing`);
    else compare(value[name], below, fields, found);
  }
}

function alternatives(type: string): string[] {
  return type.split(' or ');
}

/** The object a documented path is a field of; intermediate objects need no row of their own. */
function parentOf(path: string): string {
  return path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : '';
}

function hasChildren(fields: Fields, path: string): boolean {
  return path === '' || [...fields.keys()].some((key) => key.startsWith(`${path}.`));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOperation(value: unknown): boolean {
  return (
    isObject(value) && typeof value.id === 'number' && typeof value.f === 'string' && 'completedAt' in value
  );
}
