import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { LABS } from '../../src/lab/labs.ts';
import { FOLDERS } from './folders.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const CORE_LINES = 600;

/** What a page must say, by the words that say it. */
const PAGE: Readonly<Record<string, RegExp>> = {
  promise: /promise/i,
  assumption: /assum/i,
  'what breaks it': /what breaks it/i,
  'the test': /\.test\.ts/,
  'the row, seed or command that shows it': /\bS\d\.\d+|\bseeds? \d|npm run|npx holdfast/,
  'when not to use it': /when not/i,
  'paper or other source': /(papers?|sources?)\b/i,
  'year of the source': /\b(19|20)\d\d\b/,
};

/** Files that are not part of a core: what surrounds it in a laboratory, and what only declares. */
const AROUND =
  /\/(index|lab|labs|monitor|rest|lies|defects|config|messages|state|checklist|[a-zA-Z]*[eE]rror)\.ts$|\/(monitors|formats|quorum|confchange|tracker)\//;

const names = Object.keys(FOLDERS);
const folderOf = (name: string): string => `${ROOT}src/${name}/`;
const read = (path: string): string => readFileSync(path, 'utf8');

function sources(name: string): string[] {
  return readdirSync(folderOf(name), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folderOf(name)}${path}`);
}

function testSources(): string {
  const tests = readdirSync(`${ROOT}test`, { recursive: true, encoding: 'utf8' });
  return tests
    .filter((path) => path.endsWith('.ts'))
    .map((path) => read(`${ROOT}test/${path}`))
    .join('\n');
}

/** Lines of code, without comments and empty lines. */
function codeLines(path: string): number {
  const inside = (line: string): boolean => !/^\s*(\/\/|\/?\*|$)/.test(line);
  return read(path).split('\n').filter(inside).length;
}

describe('every folder of the protocol library', () => {
  it('is listed, and no folder is listed that is not there', () => {
    const found = readdirSync(`${ROOT}src`, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(names.toSorted()).toEqual(found.map(({ name }) => name).sort());
  });

  it.each(names)('%s has a page with promise, assumption, breaks, test, limits and sources', (name) => {
    const page = existsSync(`${folderOf(name)}README.md`) ? read(`${folderOf(name)}README.md`) : '';
    const missing = Object.entries(PAGE).filter(([, words]) => !words.test(page));
    expect(missing.map(([part]) => part)).toEqual([]);
  });

  it.each(names)('%s has monitors and broken twins, or a test of planted mistakes', (name) => {
    const { kind, labs = [], planted = [], without } = FOLDERS[name] as (typeof FOLDERS)[string];
    const found = labs.map((lab) => LABS.find((other) => other.name === lab));
    for (const lab of found) {
      expect(lab?.promises.length, `${name}: promises watched`).toBeGreaterThan(0);
      expect(lab?.defects.length, `${lab?.name}: broken twins`).toBeGreaterThan(0);
    }
    for (const file of planted) expect(existsSync(`${ROOT}${file}`), `${file} is there`).toBe(true);
    const page = read(`${folderOf(name)}README.md`);
    const unnamed = planted.filter((file) => !page.includes(file.split('/').at(-1) as string));
    expect(unnamed, 'tests its page does not name').toEqual([]);
    expect(found.length + planted.length > 0 || without?.planted !== undefined).toBe(true);
    if (kind === 'protocol' && name !== 'raft') expect(found.length).toBeGreaterThan(0);
  });

  it('has every laboratory in one of the folders', () => {
    const listed = Object.values(FOLDERS).flatMap(({ labs = [] }) => labs);
    expect(listed.toSorted()).toEqual(LABS.map(({ name }) => name).sort());
  });

  it.each(names)('%s has a run as text that a test rewrites by a flag, or says why not', (name) => {
    const { golden, without } = FOLDERS[name] as (typeof FOLDERS)[string];
    expect(golden.length > 0 || without?.golden !== undefined).toBe(true);
    const tests = testSources();
    for (const file of golden) {
      expect(read(`${ROOT}${file}`).split('\n').length, `${file} says something`).toBeGreaterThan(3);
      const [base = ''] = (file.split('/').at(-1) as string).split('.');
      const compared = new RegExp(`expect(Transcript|Golden)\\(\\s*'${base}(\\.txt)?'`);
      expect(compared.test(tests), `${file} is compared`).toBe(true);
    }
  });

  it.each(names)('%s says of each option of its own what it means', (name) => {
    const bare: string[] = [];
    for (const path of sources(name)) {
      let open = false;
      let before = '';
      for (const line of read(path).split('\n')) {
        if (/^export (interface \w*Options\b|type \w*Options\b)/.test(line)) open = true;
        else if (line.startsWith('}')) open = false;
        else if (open && /^ {2}readonly \w+\?:/.test(line) && !before.endsWith('*/')) bare.push(line.trim());
        before = line;
      }
    }
    expect(bare).toEqual([]);
  });

  it.each(names)('%s keeps its core below 600 lines, or says why it is longer', (name) => {
    const core = sources(name).filter((path) => !AROUND.test(path));
    const lines = core.reduce((sum, path) => sum + codeLines(path), 0);
    const { long } = FOLDERS[name] as (typeof FOLDERS)[string];
    if (long === undefined) expect(lines).toBeLessThanOrEqual(CORE_LINES);
    // A reason that is no longer needed is taken out.
    else expect(lines).toBeGreaterThan(CORE_LINES);
    expect(core.filter((path) => codeLines(path) > 300)).toEqual([]);
  });
});
