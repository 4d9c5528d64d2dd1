import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkerNames, formatNames, litmusHistories, TRANSACTION_MODEL_NAMES } from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import { judgeRecorded } from '../../src/cli/demo/recordedHistories.ts';
import { differences, documentedFields } from './jsonSchema.ts';
import { holdfast, ROOT, temporaryFolder } from './support.ts';

const FIXTURES = join(ROOT, 'packages/check/fixtures');
const FIELDS = documentedFields('`check`');
const GOOD = 'jepsen-etcd/etcd_002.log';
const BAD = 'jepsen-etcd/etcd_000.log';
const MODEL = ['--model', 'cas-register'];

/** A read that missed a write that was over. */
const STALE = [
  '{"holdfast":"history","version":1,"timeUnit":"us","operations":3}',
  '{"process":0,"f":"write","key":"x","input":1,"outcome":"ok","invokedAt":0,"completedAt":5}',
  '{"process":1,"f":"read","key":"x","outcome":"ok","output":null,"invokedAt":10,"completedAt":15}',
  '{"process":1,"f":"read","key":"x","outcome":"ok","output":1,"invokedAt":20,"completedAt":25}',
  '',
].join('\n');

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
  it('tells a phantom from what repeatable read forbids', async () => {
    const folder = temporaryFolder();
    const line = (process: number, type: string, found: string): string =>
      `{:type :${type}, :f :txn, :value [[:scan "user:" ${found}] [:w "user:${process}" ${process}]], :process ${process}}`;
    const lines = [
      line(1, 'invoke', 'nil'),
      line(2, 'invoke', 'nil'),
      line(1, 'ok', '[]'),
      line(2, 'ok', '[]'),
    ];
    writeFileSync(join(folder, 'phantom.edn'), `${lines.join('\n')}\n`);
    const { code, out } = await holdfast(['check', 'phantom.edn', '--model', 'transactions'], folder);
    expect(code).toBe(1);
    expect(out).toContain('phantom (G2): T0 scanned and found no user:2');
    expect(out).toContain(
      'ruled out: update-serializable and everything stronger but repeatable-read, strong-session-repeatable-read',
    );
    expect(out).toContain(
      'not ruled out: strong-repeatable-read and everything weaker that is not ruled out',
    );
    expect((await holdfast(['check', 'phantom.edn', '--model', 'repeatable-read'], folder)).code).toBe(0);
  });

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

  it('draws a smallest contradiction with a line per process, and marks where it is blocked', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'stale.jsonl'), STALE);
    const { code, out } = await holdfast(['check', 'stale.jsonl', '--model', 'register'], folder);
    expect(code).toBe(1);
    expect(out).toContain(
      [
        '  smallest contradiction:',
        '    process 0  [write x 1]',
        '    process 1             [read x -> null]  <--',
        '  blocked at: process 1, read x -> null (10 to 15)',
        '',
      ].join('\n'),
    );
  });

  it('prints the order that explains a history, or how far one goes, when asked', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'stale.jsonl'), STALE);
    const words = ['check', 'stale.jsonl', '--model', 'register', '--consistency', 'sequential'];
    const offered = await holdfast(words, folder);
    expect(offered.out).toContain('  an order that explains it was found; --order prints it\n');
    const { code, out } = await holdfast([...words, '--order'], folder);
    expect(code).toBe(0);
    expect(out).toContain(
      [
        '  an order that explains it:',
        '    1  process 1  read x -> null  10 to 15',
        '    2  process 0  write x 1       0 to 5',
        '    3  process 1  read x -> 1     20 to 25',
        '',
      ].join('\n'),
    );
    const json = documentOf((await holdfast([...words, '--order', '--json'], folder)).out);
    expect(json).toMatchObject({ consistency: 'sequential', histories: [{ order: [1, 0, 2] }] });
    const blocked = await holdfast(['check', 'stale.jsonl', '--model', 'register', '--order'], folder);
    expect(blocked.out).toMatch(
      /longest beginning that can be explained \(1 of 3 operations\):\n +1 +process 0/,
    );
  });

  it('takes the model that fits when only a consistency is asked for, and says so', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'stale.jsonl'), STALE);
    const words = ['check', 'stale.jsonl', '--consistency', 'bounded-versions'];
    const { code, out } = await holdfast([...words, '--with', 'versions=1'], folder);
    expect(code).toBe(0);
    expect(out).toContain('  note: taken as register, whose operations fit\n');
    const missing = await holdfast(words, folder);
    expect(missing.code).toBe(2);
    expect(missing.err).toContain(
      "stale.jsonl: Cannot judge by 'bounded-versions' with setting 'versions': it is not given",
    );
  });

  it('says of transactions what they rule out, and of plain checkers what they counted', async () => {
    const elle = await holdfast(
      ['check', 'formats/jepsen-edn/elle.edn', '--model', 'transactions'],
      FIXTURES,
    );
    expect(elle.code).toBe(1);
    expect(elle.out).toMatch(
      /^VIOLATED {2}strict-serializable transactions\n {2}read of what nobody wrote \(garbage-read\)/,
    );
    expect(elle.out).toMatch(/ruled out: read-uncommitted and everything stronger \(27 of 27 models\)/);
    const words = ['check', 'formats/limo/queue.hist', '--model', 'total-queue,availability'];
    const { code, out } = await holdfast(words, FIXTURES);
    expect(code).toBe(1);
    expect(out).toMatch(/^VIOLATED {2}total-queue; availability\n/);
  });

  it('lists everything there is to judge by, and the litmus table without an empty cell', async () => {
    const { code, out } = await holdfast(['check', '--list']);
    expect(code).toBe(0);
    for (const name of checkerNames) expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    for (const format of formatNames) expect(out).toContain(format);
    const table = await holdfast(['check', '--litmus']);
    expect(table.code).toBe(0);
    const rows = table.out.split('\n').filter((text) => text.startsWith('|'));
    expect(rows.length).toBe(litmusHistories.length + 2 + TRANSACTION_MODEL_NAMES.length + 2);
    for (const row of rows.filter((text) => !/^\| (?:history|model|---)/.test(text)))
      expect(row.split('|').slice(2, -1).join('')).toMatch(/^(?: (?:yes|no) *)+$/);
  });

  it('the recorded histories of the tour are judged as published', () => {
    const recorded = judgeRecorded();
    expect(recorded?.rows).toHaveLength(52);
    expect(recorded?.rows.filter(({ found, expected }) => found !== expected)).toEqual([]);
  });
});
