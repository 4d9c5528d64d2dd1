/**
 * The rules of the house that the formatter, the linter and the compiler do not know.
 *
 *   npm run tidy                    every text file git knows or would add
 *   npm run tidy -- packages/world  only findings under these paths
 *   npm run tidy -- --rules         what the rules are
 *
 * Prints `path:line rule message`. Exit code 0 when tidy, 1 with findings, 2 when the files cannot be listed.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXEMPTIONS } from './tidy/exemptions.ts';
import { RULES, tidy } from './tidy/tidy.ts';

const ROOT: string = join(import.meta.dirname, '..');
const BYTES_MAX = 2_000_000;

/** Recorded material keeps its own form, and licences their own words. */
const LEFT_ALONE: RegExp = /(^|\/)(fixtures|dist|node_modules)\/|(^|\/)LICENSE[^/]*$/;

function projectTexts(): Map<string, string> {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64_000_000 });
  const texts = new Map<string, string>();
  for (const path of listed.split('\0')) {
    if (path === '' || LEFT_ALONE.test(path)) continue;
    const text = readText(path);
    if (text !== undefined) texts.set(path, text);
  }
  return texts;
}

/** A file's text; undefined when it is gone, too large or not text. */
function readText(path: string): string | undefined {
  try {
    const bytes = readFileSync(join(ROOT, path));
    return bytes.length > BYTES_MAX || bytes.subarray(0, 8_000).includes(0)
      ? undefined
      : bytes.toString('utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && ['ENOENT', 'EISDIR'].includes(String(error.code))) {
      return undefined;
    }
    throw error;
  }
}

function main(args: readonly string[]): number {
  if (args.includes('--rules')) {
    for (const rule of RULES) console.log(`${rule.id.padEnd(16)} ${rule.about}`);
    return 0;
  }
  const started = performance.now();
  let texts: Map<string, string>;
  try {
    texts = projectTexts();
  } catch (error) {
    console.error(`Cannot list the project's files as git must answer: ${String(error)}`);
    return 2;
  }
  const all = tidy(texts, EXEMPTIONS);
  const findings =
    args.length === 0 ? all : all.filter(({ path }) => args.some((prefix) => path.startsWith(prefix)));
  for (const { path, line, rule, message } of findings) console.log(`${path}:${line} ${rule} ${message}`);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`tidy: ${texts.size} files, ${RULES.length} rules, ${findings.length} findings, ${seconds} s`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
