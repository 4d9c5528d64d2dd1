import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkers,
  TRANSACTION_MODELS,
  TRANSACTION_MODEL_NAMES,
  type TransactionModel,
} from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import { holdfast, ROOT, temporaryFolder } from './support.ts';

const PAGE = join(ROOT, 'docs/checkers.md');

/** `[process, f, input, output, key?]`: an operation, all of them one after the other and `ok`. */
type Line = readonly [process: number, f: string, input: unknown, output: unknown, key?: string];
const SAMPLES = JSON.parse(
  readFileSync(join(ROOT, 'packages/check/fixtures/samples.json'), 'utf8'),
) as Readonly<Record<string, { readonly holds: readonly Line[] }>>;

/** The lines as a history file. */
function written(lines: readonly Line[]): string {
  const operations = lines.map(([process, f, input, output, key], i) =>
    JSON.stringify({
      process,
      f,
      key,
      input,
      outcome: 'ok',
      output,
      invokedAt: i * 10,
      completedAt: i * 10 + 5,
    }),
  );
  return `{"holdfast":"history","version":1,"timeUnit":"us"}\n${operations.join('\n')}\n`;
}

/** The models of transactions as the code has them. */
function transactionTable(): string {
  const rows = TRANSACTION_MODEL_NAMES.map((name: TransactionModel) => {
    const { forbids, implies, source } = TRANSACTION_MODELS[name];
    const command = `holdfast check history.jsonl --model ${name}`;
    return `| \`${name}\` | ${forbids.join(', ')} | ${implies.join(', ')} | ${source} | \`${command}\` |`;
  });
  return [
    '| model | forbids | implies at once | source | command |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
}

/** The sample a checker named in a command understands. */
function sampleFor(words: readonly string[], file: string): string {
  if (file === 'registers.jsonl') return 'multi-register';
  const name = (words[words.indexOf('--model') + 1] ?? '').split(',')[0] ?? '';
  if (!words.includes('--model')) return 'register';
  if (SAMPLES[name] !== undefined) return name;
  const family = checkers.find((checker) => checker.name === name)?.family;
  if (family === 'transactions' || name === 'causal') return 'list-append';
  if (name.startsWith('set')) return 'set';
  if (name.endsWith('queue')) return 'fifo-queue';
  return name.includes('counter') ? 'counter' : 'register';
}

describe('docs/checkers.md', () => {
  it('has the models of transactions as the code has them', () => {
    const page = readFileSync(PAGE, 'utf8');
    const [open, close] = ['<!-- transactions -->', '<!-- end of transactions -->'];
    const expected = `${page.slice(0, page.indexOf(open))}${open}\n\n${transactionTable()}\n\n${page.slice(page.indexOf(close))}`;
    if (process.env.HOLDFAST_REWRITE === '1') writeFileSync(PAGE, expected);
    else expect(page).toBe(expected);
  });

  it('names every checker, each with a command of its own', () => {
    const page = readFileSync(PAGE, 'utf8');
    const missing = checkers.filter(({ name, family }) => {
      const option = family === 'consistency' ? 'consistency' : 'model';
      return !new RegExp(`\\| \`holdfast check history\\.jsonl --${option} ${name}(?: [^\`]*)?\` \\|`).test(
        page,
      );
    });
    expect(missing.map(({ name }) => name)).toEqual(['transactions', 'list-append', 'rw-register']);
    for (const name of ['transactions', 'list-append', 'rw-register'])
      expect(page).toContain(`--model ${name}`);
  });

  it('has commands that all work on a history with the operations they are for', async () => {
    const page = readFileSync(PAGE, 'utf8');
    const commands = new Set(
      [...page.matchAll(/holdfast check (\S+\.jsonl)((?: -[^`\n]+)?)/g)].map(([all]) => all),
    );
    expect(commands.size).toBeGreaterThan(checkers.length - 3);
    const folder = temporaryFolder();
    for (const command of commands) {
      const [, , file = '', ...words] = command.split(/\s+/);
      const sample = sampleFor(words, file);
      writeFileSync(join(folder, file), written(SAMPLES[sample]?.holds ?? []));
      const { code, err } = await holdfast(['check', file, ...words], folder);
      expect({ command, code, err }).toEqual({ command, code: 0, err: '' });
    }
  });
});
