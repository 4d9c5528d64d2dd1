import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** One block of a transcript: a command, its input, and what it must answer. */
export interface Block {
  /** `file:line`, for messages. */
  readonly where: string;
  readonly command: string;
  /** Arguments in order; `key=(a,b)` and `key=a` give their values, a bare word has none. */
  readonly args: readonly { readonly key: string; readonly values: readonly string[] }[];
  readonly input: readonly string[];
  readonly expected: readonly string[];
}

const root = new URL('../../../fixtures/etcd-raft/', import.meta.url);

/** The transcript files of a folder, without `.txt`. */
export function transcripts(folder: string): string[] {
  return readdirSync(fileURLToPath(new URL(folder, root)))
    .filter((name) => name.endsWith('.txt'))
    .map((name) => name.slice(0, -4))
    .sort();
}

/** Reads a transcript. */
export function readTranscript(name: string): Block[] {
  const text = readFileSync(fileURLToPath(new URL(`${name}.txt`, root)), 'utf8');
  return parse(text, name);
}

/**
 * Parses blocks: comments and blank lines, a command line, input lines, `----`, expected lines up to a blank line. A second
 * `----` right after the first opens output that may have blank lines, closed by another doubled `----`.
 */
export function parse(text: string, name = 'text'): Block[] {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const blocks: Block[] = [];
  let at = 0;
  while (at < lines.length) {
    const line = lines[at] as string;
    if (line === '' || line.startsWith('#')) {
      at++;
      continue;
    }
    const where = `${name}:${at + 1}`;
    const [command = '', ...args] = words(line);
    at++;
    const input: string[] = [];
    while (at < lines.length && lines[at] !== '----') input.push(lines[at++] as string);
    at++;
    const expected: string[] = [];
    if (lines[at] === '----') {
      at++;
      while (at < lines.length && !(lines[at] === '----' && lines[at + 1] === '----')) {
        expected.push(lines[at++] as string);
      }
      at += 2;
    } else while (at < lines.length && lines[at] !== '') expected.push(lines[at++] as string);
    blocks.push({ where, command, args: args.map(argument), input, expected });
  }
  return blocks;
}

function words(line: string): string[] {
  return line.match(/[^\s(]*\([^)]*\)|\S+/g) ?? [];
}

function argument(word: string): { key: string; values: string[] } {
  const equals = word.indexOf('=');
  if (equals < 0) return { key: word, values: [] };
  const value = word.slice(equals + 1);
  const inner = value.startsWith('(') ? value.slice(1, -1) : value;
  const values = inner.split(',').map((one) => one.trim());
  return { key: word.slice(0, equals), values: values.filter((one) => one !== '') };
}

/** The values of an argument, or undefined when it is not given. */
export function valuesOf(block: Block, key: string): readonly string[] | undefined {
  return block.args.find((arg) => arg.key === key)?.values;
}

/** The single value of an argument. */
export function valueOf(block: Block, key: string): string | undefined {
  return valuesOf(block, key)?.[0];
}

const LOG_LINE = /^\s*(DEBUG|INFO|WARN|ERROR|FATAL) /;

/** Lines without free log text. */
export function withoutLogs(lines: readonly string[]): string[] {
  return lines.filter((line) => !LOG_LINE.test(line));
}
