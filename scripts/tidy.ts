/**
 * The rules of the house that the formatter, the linter and the compiler do not know.
 *
 *   npm run tidy                    every text file git knows or would add
 *   npm run tidy -- packages/world  only findings under these paths
 *   npm run tidy -- --rules         what the rules are
 *
 * Prints `path:line rule message`. Exit code 0 when tidy, 1 with findings.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXEMPTIONS } from './tidy/exemptions.ts';
import { RULES, tidy } from './tidy/tidy.ts';

const ROOT: string = join(import.meta.dirname, '..');
const BYTES_MAX = 2_000_000;

/** Recorded material keeps its own form, and licences their own words. */
const LEFT_ALONE: RegExp = /(^|\/)(fixtures|dist|node_modules)\/|(^|\/)LICENSE[^/]*$/;

const WITHOUT_GIT: RegExp =
  /(^|\/)(\.git|\.holdfast|holdfast-report|node_modules|dist|coverage|target)(\/|$)|\.tsbuildinfo$/;

/** What git knows or would add; where there is no git, every file outside folders that hold no source. */
function projectPaths(): string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z'];
  const listed = spawnSync('git', args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 64_000_000 });
  if (listed.status === 0) return listed.stdout.split('\0').filter((path) => path !== '');
  const paths = readdirSync(ROOT, { recursive: true, encoding: 'utf8' }).map((path) =>
    path.replaceAll('\\', '/'),
  );
  return paths.filter((path) => !WITHOUT_GIT.test(path));
}

function projectTexts(): Map<string, string> {
  const texts = new Map<string, string>();
  for (const path of projectPaths()) {
    const text = LEFT_ALONE.test(path) ? undefined : readText(path);
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
  const texts = projectTexts();
  const all = tidy(texts, EXEMPTIONS);
  const findings =
    args.length === 0 ? all : all.filter(({ path }) => args.some((prefix) => path.startsWith(prefix)));
  for (const { path, line, rule, message } of findings) console.log(`${path}:${line} ${rule} ${message}`);
  const seconds = ((performance.now() - started) / 1_000).toFixed(1);
  console.log(`tidy: ${texts.size} files, ${RULES.length} rules, ${findings.length} findings, ${seconds} s`);
  return findings.length === 0 ? 0 : 1;
}

process.exitCode = main(process.argv.slice(2));
