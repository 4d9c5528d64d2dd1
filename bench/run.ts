/**
 * Runs the benchmarks: every file of bench/ beside this one.
 *
 *   npm run bench                 all of them, as Markdown
 *   npm run bench -- NAME...      these only, by file name without .ts
 *   npm run bench -- --list       their names
 *   npm run bench -- --json       as JSON: machine, and per benchmark a table or its printed output
 *   npm run bench -- --write      also between the marks of docs/benchmarks.md
 *
 * A file with a default export is a `Bench` (bench/lib/bench.ts); any other is a script whose output is the result.
 * Exit code 0, 1 when a benchmark failed, 2 for a name that is none.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type Bench, type BenchTable, machine, toMarkdown } from './lib/bench.ts';
import { withSection } from './lib/document.ts';

const FOLDER: string = import.meta.dirname;
const DOCUMENT: string = join(FOLDER, '../docs/benchmarks.md');

interface Result {
  readonly name: string;
  readonly table?: BenchTable;
  /** What a plain script printed. */
  readonly output?: string;
}

function benchNames(): string[] {
  const files = readdirSync(FOLDER).filter((name) => name.endsWith('.ts') && name !== 'run.ts');
  return files.map((name) => name.slice(0, -'.ts'.length)).sort();
}

async function runOne(name: string): Promise<Result> {
  const path = join(FOLDER, `${name}.ts`);
  if (!/^export default /m.test(readFileSync(path, 'utf8'))) return { name, output: runScript(path) };
  const module = (await import(pathToFileURL(path).href)) as { readonly default: Bench };
  return { name: module.default.name, table: await module.default.run() };
}

/** Runs a plain script as this one runs (the same loader and conditions), its errors passed on. */
function runScript(path: string): string {
  const child = spawnSync(process.execPath, [...process.execArgv, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
    maxBuffer: 16_000_000,
  });
  if (child.status !== 0)
    throw new Error(`${path} ended with ${child.status ?? child.signal}\n${child.stdout}`);
  return child.stdout;
}

function asMarkdown(result: Result): string {
  return result.table === undefined
    ? `\`\`\`text\n${(result.output ?? '').trim()}\n\`\`\`\n`
    : toMarkdown(result.table);
}

function write(result: Result): void {
  const document = existsSync(DOCUMENT) ? readFileSync(DOCUMENT, 'utf8') : '';
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(DOCUMENT, withSection(document, result.name, `${asMarkdown(result)}\n${day}, ${machine()}.`));
}

async function main(args: string[]): Promise<number> {
  const flag = { type: 'boolean', default: false } as const;
  const { values, positionals } = parseArgs({
    args,
    options: { list: flag, json: flag, write: flag },
    allowPositionals: true,
  });
  const names = benchNames();
  const unknown = positionals.filter((name) => !names.includes(name));
  if (unknown.length > 0) {
    console.error(`Cannot run ${unknown.join(', ')} as these are the benchmarks: ${names.join(', ')}`);
    return 2;
  }
  if (values.list) {
    for (const name of names) console.log(name);
    return 0;
  }
  if (!values.json) console.log(`${machine()}\n`);
  const results: Result[] = [];
  let failed = false;
  for (const name of positionals.length === 0 ? names : positionals) {
    try {
      const result = await runOne(name);
      results.push(result);
      if (!values.json) console.log(`## ${result.name}\n\n${asMarkdown(result)}`);
      if (values.write) write(result);
    } catch (error) {
      failed = true;
      console.error(`${name} failed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (values.json) console.log(JSON.stringify({ machine: machine(), results }, null, 2));
  return failed ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
