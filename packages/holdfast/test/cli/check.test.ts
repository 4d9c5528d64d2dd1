import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgeRecorded } from '../../src/cli/demo/recordedHistories.ts';
import { differences, documentedFields } from './jsonSchema.ts';
import { holdfast, ROOT, temporaryFolder } from './support.ts';

const FIXTURES = join(ROOT, 'packages/check/fixtures');
const FIELDS = documentedFields('`check`');
const GOOD = 'jepsen-etcd/etcd_002.log';
const BAD = 'jepsen-etcd/etcd_000.log';
const MODEL = ['--model', 'cas-register'];

interface Document {
  readonly verdict: string;
  readonly histories: readonly { readonly verdict: string; readonly operations: number }[];
  readonly findings: readonly { readonly file: string }[];
  readonly errors: readonly { readonly file: string; readonly message: string }[];
}

function documentOf(out: string): Document {
  const document = JSON.parse(out) as Document;
  expect(differences(document, FIELDS)).toEqual([]);
  return document;
}

describe('holdfast check', () => {
  it('says why a history holds, and ends with 0', async () => {
    const { code, out } = await holdfast(['check', GOOD, ...MODEL], FIXTURES);
    expect(code).toBe(0);
    expect(out).toMatch(/^HOLDS {2}linearizability\n {2}\d+ operations /);
    expect(out).toMatch(/etcd_002\.log: 77 operations, read as jepsen-log, /);
  });

  it('names the operation that cannot be explained and a smallest contradiction, and ends with 1', async () => {
    const { code, out } = await holdfast(['check', BAD, ...MODEL], FIXTURES);
    expect(code).toBe(1);
    expect(out).toMatch(/^VIOLATED {2}linearizability\n {2}process \d+ /);
    expect(out).toMatch(/smallest contradiction:\n( {4}process .*\n)+/);
  });

  it('gives a line per file and the total for several, one of them unreadable', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'good.log'), readFileSync(join(FIXTURES, GOOD)));
    writeFileSync(join(folder, 'bad.log'), readFileSync(join(FIXTURES, BAD)));
    writeFileSync(join(folder, 'torn.jsonl'), '{"holdfast":"history"');
    const files = ['good.log', 'bad.log', 'torn.jsonl', 'gone.log'];
    const { code, out } = await holdfast(['check', ...files, ...MODEL], folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^good\.log +holds +77 operations {2}/m);
    expect(out).toMatch(/^bad\.log +violated +85 operations {2}/m);
    expect(out).toMatch(/^torn\.jsonl +error +Cannot read line 1/m);
    expect(out).toMatch(/^gone\.log +error +.*there is no such file/m);
    expect(out).toMatch(/^4 histories: 1 holds, 1 violated, 2 error in /m);
    const json = await holdfast(['check', ...files, ...MODEL, '--json'], folder);
    const document = documentOf(json.out);
    expect(document.histories.map(({ verdict }) => verdict)).toEqual(['holds', 'violated', 'error', 'error']);
    expect(document.findings.map(({ file }) => file)).toEqual(['bad.log']);
    expect(document.errors.map(({ file }) => file)).toEqual(['torn.jsonl', 'gone.log']);
  });

  it('is undecided, exit code 3, when the step budget is spent', async () => {
    const words = ['check', 'kv/c50-ok.txt', '--model', 'kv', '--step-budget', '10', '--json'];
    const { code, out } = await holdfast(words, FIXTURES);
    expect(code).toBe(3);
    expect(documentOf(out)).toMatchObject({ verdict: 'undecided', exitCode: 3 });
  });

  it('is undecided when a history holds no operation', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'empty.edn'), '[]');
    const { code, out } = await holdfast(['check', 'empty.edn', ...MODEL], folder);
    expect(out).toContain('nothing was examined');
    expect(code).toBe(3);
  });

  it('refuses a model that does not know the operations, and a file that was torn', async () => {
    const wrong = await holdfast(['check', 'kv/c01-ok.txt', '--model', 'counter'], FIXTURES);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toMatch(/^kv\/c01-ok\.txt: Cannot judge operation \d+/);
    const torn = await holdfast(['check', 'formats/jepsen-edn/cut-inside.edn', ...MODEL], FIXTURES);
    expect(torn).toMatchObject({ code: 2, out: '' });
    expect(torn.err).toMatch(/Cannot read line \d+ as jepsen-edn: the file is truncated/);
  });

  it('judges transactions by their models', async () => {
    const words = ['check', 'formats/jepsen-edn/elle.edn', '--model', 'serializable', '--json'];
    const { code, out } = await holdfast(words, FIXTURES);
    expect(documentOf(out)).toMatchObject({ model: 'serializable', verdict: 'violated' });
    expect(code).toBe(1);
  });

  it('the recorded histories of the tour are judged as published', () => {
    const recorded = judgeRecorded();
    expect(recorded?.rows).toHaveLength(52);
    expect(recorded?.rows.filter(({ found, expected }) => found !== expected)).toEqual([]);
  });
});
