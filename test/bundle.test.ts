import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const ROOT: string = join(import.meta.dirname, '..');
const BUNDLER: string = pathToFileURL(join(ROOT, 'scripts/bundle.mjs')).href;

/** What a script prints that runs as programs do, without the conditions of tests. */
function printed(script: string): unknown {
  const words = ['--input-type=module', '-e', script];
  return JSON.parse(execFileSync(process.execPath, words, { cwd: ROOT, encoding: 'utf8' }));
}

describe('packages as one module each', () => {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    mkdirSync(join(folder, 'plain/dist'), { recursive: true });
    writeFileSync(join(folder, 'plain/dist/index.js'), "export { one } from './one.js';\n");
    writeFileSync(join(folder, 'plain/dist/one.js'), 'export const one = 1;\n');
    writeFileSync(join(folder, 'plain/dist/.tsbuildinfo'), '{}');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('offer what their modules offer', () => {
    const names = ['plain', 'world', 'protocols', 'check', 'explore', 'report'];
    const script = `
      const offered = async (name, file) => Object.keys(await import('./packages/' + name + '/dist/' + file)).sort();
      const found = {};
      for (const name of ${JSON.stringify(names)})
        found[name] = [await offered(name, 'index.js'), await offered(name, 'bundle.js')];
      console.log(JSON.stringify(found));`;
    const found = printed(script) as Record<string, [string[], string[]]>;
    for (const name of names) {
      const [whole, bundled] = found[name] ?? [[], []];
      expect({ name, offers: bundled }).toEqual({ name, offers: whole });
      expect(whole.length).toBeGreaterThan(5);
    }
  });

  it('are made again when the compiler has run since', () => {
    const bundler = (script: string): unknown =>
      printed(`import { bundle, stalePackages } from ${JSON.stringify(BUNDLER)};
        const folder = ${JSON.stringify(folder)};
        ${script}
        console.log(JSON.stringify(stalePackages(folder)));`);
    expect(bundler('')).toEqual(['plain']);
    expect(bundler('await bundle(stalePackages(folder), folder);')).toEqual([]);
    const later = new Date(Date.now() + 10_000);
    utimesSync(join(folder, 'plain/dist/.tsbuildinfo'), later, later);
    expect(bundler('')).toEqual(['plain']);
  });
});
