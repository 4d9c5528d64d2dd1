import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { printHistoryFiles, parseHistory } from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import { isLargeFile, judgeLargeHistory } from '../../src/node/largeHistory.ts';
import { judgeFor, judgeHistory, judgeNamed } from '../../src/node/judgeHistory.ts';
import { ROOT, temporaryFolder } from './support.ts';

const FIXTURES = join(ROOT, 'packages/check/fixtures');
const OTHERS = ['availability', 'sequential'];

function both(path: string, model: string, consistency?: string) {
  const judge =
    judgeFor({ model, ...(consistency === undefined ? {} : { consistency }) }) ?? judgeNamed(model);
  const options = { format: 'auto' } as const;
  const whole = judgeHistory([{ name: path, content: readFileSync(path) }], judge, options);
  return { whole, pieces: judgeLargeHistory({ name: path, path }, judge, options) };
}

describe('a history read in pieces', () => {
  it.each([
    ['jepsen-etcd/etcd_002.log', 'cas-register', undefined],
    ['jepsen-etcd/etcd_000.log', 'cas-register', undefined],
    ['jepsen-etcd/etcd_000.log', 'cas-register', 'sequential'],
    ['kv/c10-ok.txt', 'kv', undefined],
    ['kv/c10-bad.txt', 'kv', undefined],
    ['formats/plume/sessions.txt', 'rw-register', 'causal'],
    ['formats/plume/sessions.txt', 'transactions', undefined],
    ['formats/elle-json/array.json', 'transactions', undefined],
    ['formats/elle-json/array.json', 'serializable', undefined],
  ] as const)('%s is judged as one read at once, by %s %s', (file, model, consistency) => {
    const { whole, pieces } = both(join(FIXTURES, file), model, consistency);
    const { verdict } = whole;
    expect(pieces.verdict.status).toBe(verdict.status);
    expect(pieces.verdict.reason).toBe(verdict.reason);
    // How far transactions can be explained is looked for by operations, and left out here.
    const { prefixes, ...evidence } = verdict.evidence;
    expect(pieces.verdict.evidence).toEqual(
      pieces.verdict.evidence.prefixes === undefined ? evidence : { ...evidence, prefixes },
    );
    expect(pieces.verdict.anomalies).toEqual(verdict.anomalies);
    expect(pieces.verdict.assumed).toEqual(verdict.assumed);
    expect([pieces.size, pieces.parsed.format]).toEqual([whole.size, whole.parsed.format]);
  });

  it('checkers that know no columns judge operations made from them', () => {
    for (const name of OTHERS) {
      const { whole, pieces } = both(join(FIXTURES, 'jepsen-etcd/etcd_002.log'), name);
      expect(pieces.verdict).toEqual(whole.verdict);
    }
  });

  it("a text is large from a size on, Cobra's logs never", () => {
    const folder = temporaryFolder();
    const [text, log] = [join(folder, 'a.txt'), join(folder, 'T0.log')];
    writeFileSync(text, 'w 1 5\n');
    writeFileSync(log, printHistoryFiles(parseHistory('w 1 5\n').history, 'cobra')[0]?.content ?? '');
    expect([isLargeFile(text, 6), isLargeFile(text, 7), isLargeFile(log, 6)]).toEqual([true, false, false]);
    expect(isLargeFile(join(folder, 'missing'), 0)).toBe(false);
  });

  it('bytes that are no text are refused as where they are read at once', () => {
    const path = join(temporaryFolder(), 'bad.jsonl');
    writeFileSync(path, Buffer.from([0x7b, 0xff, 0xfe, 0x0a]));
    const judge = judgeNamed('register');
    expect(() => judgeLargeHistory({ name: 'bad.jsonl', path }, judge, { format: 'jsonl' })).toThrow(
      'UTF-8 text',
    );
  });
});
