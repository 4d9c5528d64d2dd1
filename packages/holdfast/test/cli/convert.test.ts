import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdfast, ROOT, temporaryFolder } from './support.ts';

const FIXTURES = join(ROOT, 'packages/check/fixtures');
const ETCD = 'jepsen-etcd/etcd_002.log';

describe('holdfast convert', () => {
  it('writes a history in another format, of which the verdict is the same', async () => {
    const folder = temporaryFolder();
    const out = join(folder, 'history.edn');
    const { code, err } = await holdfast(['convert', ETCD, '--to', 'jepsen-edn', '--out', out], FIXTURES);
    expect(code).toBe(0);
    expect(err).toBe(`77 operations as jepsen-edn in ${out}\n`);
    const checked = await holdfast(['check', 'history.edn', '--model', 'cas-register'], folder);
    expect(checked.out).toMatch(/^HOLDS .*[\s\S]*history\.edn: 77 operations, read as jepsen-edn/);
  });

  it('prints to the terminal without --out', async () => {
    const { code, out } = await holdfast(['convert', ETCD, '--to', 'jsonl'], FIXTURES);
    expect(code).toBe(0);
    expect(out.split('\n')[0]).toMatch(/^\{"holdfast":"history"/);
  });

  it('writes a log for each session for Cobra, and reads them back', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'two.txt'), 'w 1 5\n=====\nr 1 5\n');
    const to = ['--to', 'cobra', '--out', 'logs'];
    expect((await holdfast(['convert', 'two.txt', ...to], folder)).code).toBe(0);
    const back = await holdfast(['convert', 'logs/T0.log', 'logs/T1.log', '--to', 'awdit'], folder);
    expect(back.out).toBe('w 1 5\n=====\nr 1 5\n');
  });

  it('overwrites nothing, and says so', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mine'), 'precious');
    const { code, err } = await holdfast(
      ['convert', join(FIXTURES, ETCD), '--to', 'jsonl', '--out', 'mine'],
      folder,
    );
    expect(code).toBe(2);
    expect(err).toContain('Cannot write mine as it is there already');
    expect(readFileSync(join(folder, 'mine'), 'utf8')).toBe('precious');
  });

  it('names the operation for which the format has no words, and writes nothing', async () => {
    const folder = temporaryFolder();
    const { code, err } = await holdfast(
      ['convert', join(FIXTURES, ETCD), '--to', 'limo', '--out', 'queue.hist'],
      folder,
    );
    expect(code).toBe(2);
    expect(err).toContain("Cannot print operation 0 as limo: its f 'read' does not make one object");
    expect(existsSync(join(folder, 'queue.hist'))).toBe(false);
  });

  it.each([
    [['--to', 'xml'], 'xml'],
    [['--to', 'auto'], 'Cannot write a history as auto'],
    [['--to', 'cobra'], 'give --out a folder'],
    [['--to', 'jsonl', '--format', 'plume'], 'as plume'],
  ])('refuses %s with a message that says what to do', async (flags, message) => {
    const { code, err } = await holdfast(['convert', ETCD, ...flags], FIXTURES);
    expect(code).toBe(2);
    expect(err).toContain(message);
  });
});
