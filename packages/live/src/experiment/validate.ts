import { isMap, isScalar, isSeq, LineCounter, type Node, type Pair, parseDocument } from 'yaml';
import { LiveError } from '../errors.ts';

/** The part of JSON Schema that experiment files are described in: the schema we publish is the one we check by. */
export interface Schema {
  readonly $schema?: string;
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'number' | 'integer' | 'boolean';
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** False refuses other names; a schema describes them. Anything goes when absent. */
  readonly additionalProperties?: boolean | Schema;
  readonly items?: Schema;
  readonly enum?: readonly (string | number | boolean)[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
}

/** One thing wrong with a file, and where. */
export interface FileProblem {
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/** Thrown for a file that is not what it should be; lists every problem with its line and column. */
export class BadFileError extends LiveError {
  readonly problems: readonly FileProblem[];
  constructor(file: string, problems: readonly FileProblem[]) {
    const list = problems.map(({ line, column, message }) => `${file}:${line}:${column} ${message}`);
    super('BAD_FILE', `Cannot use ${file} as an experiment:\n  ${list.join('\n  ')}`, 'mend the file', file);
    this.name = 'BadFileError';
    this.problems = problems;
  }
}

/** Problems listed of one file. */
const PROBLEMS_MAX = 20;

/** Reads YAML (or JSON, which is YAML) and checks it. Throws `BadFileError` naming line and column of everything wrong. */
export function readChecked(text: string, file: string, schema: Schema): unknown {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const problems: FileProblem[] = [];
  const report = (offset: number, message: string): void => {
    const { line, col } = lines.linePos(offset);
    if (problems.length < PROBLEMS_MAX)
      problems.push({ line: Math.max(1, line), column: Math.max(1, col), message });
  };
  for (const error of document.errors) report(error.pos[0], error.message);
  if (problems.length === 0) check(document.contents, schema, 'the file', 0, report);
  if (problems.length > 0) throw new BadFileError(file, problems);
  return document.toJS();
}

type Report = (offset: number, message: string) => void;

function check(node: unknown, schema: Schema, name: string, parentAt: number, report: Report): void {
  const at = (node as Node | null)?.range?.[0] ?? parentAt;
  if (schema.type === 'object') checkObject(node, schema, name, at, report);
  else if (schema.type === 'array') checkArray(node, schema, name, at, report);
  else if (schema.type !== undefined || schema.enum !== undefined)
    checkScalar(node, schema, name, at, report);
}

function checkObject(node: unknown, schema: Schema, name: string, at: number, report: Report): void {
  if (!isMap(node)) {
    report(at, `${name} must be a mapping: it is ${shown(node)}; write 'name: value' lines`);
    return;
  }
  const seen = new Set<string>();
  for (const pair of node.items as Pair[]) {
    const key = String(isScalar(pair.key) ? pair.key.value : pair.key);
    const keyAt = (pair.key as Node | null)?.range?.[0] ?? at;
    seen.add(key);
    const known = schema.properties?.[key];
    if (known !== undefined) check(pair.value, known, `'${key}'`, keyAt, report);
    else if (schema.additionalProperties === false) {
      const names = Object.keys(schema.properties ?? {}).join(', ');
      report(keyAt, `${name} has no '${key}': it may have ${names}; remove it or mend its name`);
    } else if (typeof schema.additionalProperties === 'object') {
      check(pair.value, schema.additionalProperties, `'${key}'`, keyAt, report);
    }
  }
  for (const wanted of schema.required ?? []) {
    if (!seen.has(wanted))
      report(at, `${name} must have '${wanted}': it has ${[...seen].join(', ') || 'nothing'}; add it`);
  }
  const { minProperties = 0, maxProperties = Number.POSITIVE_INFINITY } = schema;
  if (seen.size < minProperties || seen.size > maxProperties) {
    report(
      at,
      `${name} must have exactly one name: it has ${[...seen].join(', ') || 'none'}; write one per entry`,
    );
  }
}

function checkArray(node: unknown, schema: Schema, name: string, at: number, report: Report): void {
  if (!isSeq(node)) {
    report(at, `${name} must be a list: it is ${shown(node)}; write '- ' before each entry`);
    return;
  }
  if (node.items.length < (schema.minItems ?? 0)) {
    report(
      at,
      `${name} must have at least ${schema.minItems} entries: it has ${node.items.length}; add some`,
    );
  }
  for (const [i, item] of node.items.entries()) {
    if (schema.items !== undefined) check(item, schema.items, `entry ${i + 1} of ${name}`, at, report);
  }
}

function checkScalar(node: unknown, schema: Schema, name: string, at: number, report: Report): void {
  const value: unknown = isScalar(node) ? node.value : node;
  // What a variable stands for is known only when the experiment runs.
  if (typeof value === 'string' && value.startsWith('${')) return;
  if (schema.enum !== undefined) {
    if (schema.enum.some((one) => one === value)) return;
    report(at, `${name} must be one of ${schema.enum.join(', ')}: it is ${shown(node)}; choose one`);
    return;
  }
  const kind = schema.type === 'integer' ? 'number' : schema.type;
  if (typeof value !== kind || (schema.type === 'integer' && !Number.isInteger(value))) {
    report(at, `${name} must be a ${schema.type}: it is ${shown(node)}; mend the value`);
    return;
  }
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = schema;
  if (typeof value === 'number' && (value < minimum || value > maximum)) {
    report(at, `${name} must be from ${minimum} to ${maximum}: it is ${value}; give a number in range`);
  }
}

function shown(node: unknown): string {
  if (isMap(node)) return 'a mapping';
  if (isSeq(node)) return 'a list';
  return JSON.stringify(isScalar(node) ? node.value : (node ?? null)) ?? 'nothing';
}
