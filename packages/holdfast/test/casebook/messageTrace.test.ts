import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { holdfast, temporaryFolder } from '../cli/support.ts';
import { CASEBOOK } from './support.ts';

const FOLDER = join(CASEBOOK, 'wall-clock');
const DRAWING = readFileSync(join(FOLDER, 'message-trace.drawing.json'), 'utf8');

describe('the message trace of the wall clock', () => {
  it('S4.34 is a document with picture, stamps and pairs; replicas that take no notice of stamps turn it red', async () => {
    const document = join(FOLDER, 'message-trace.md');
    const good = await holdfast(['verify', document]);
    expect(good.out).toMatch(/^HOLDS {2}5 claims/m);
    const deaf = `three-nodes=${join(FOLDER, 'experiment.ts')}#three-nodes-deaf`;
    const bad = await holdfast(['verify', document, '--with', deaf]);
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/^VIOLATED .*Lamport timestamps, Vector timestamps, Concurrent pairs;/m);
    // What the deaf replicas stamped is told event by event.
    expect(bad.out).toMatch(/These do not follow from the messages: - all of them follow another rule/);
  });

  it("S4.34 a learner's own drawing is accepted as JSON, its mistakes are named, and it is drawn and filled in", async () => {
    const folder = temporaryFolder();
    const file = (name: string, text: string): string => {
      writeFileSync(join(folder, name), text);
      return name;
    };
    const right = await holdfast(['verify', file('right.json', DRAWING)], folder);
    expect([right.code, right.out.trim().split('\n').at(-1)]).toEqual([
      0,
      'HOLDS  18 events, every stamp and pair made again',
    ]);
    const wrong = await holdfast(
      ['verify', file('wrong.json', DRAWING.replace('"lamport": 4', '"lamport": 3'))],
      folder,
    );
    expect(wrong.code).toBe(1);
    expect(wrong.out).toMatch(/Lamport stamps {4}WRONG {2}C3 has 3; it is 4: one more than 3, its own last/);
    expect(wrong.out).toMatch(/^VIOLATED {2}1 mistake$/m);
    const json = await holdfast(['verify', 'wrong.json', '--json'], folder);
    expect(JSON.parse(json.out)).toMatchObject({
      verdict: 'violated',
      documents: [{ form: 'message-trace drawing' }],
    });
    const bare = file('bare.json', DRAWING.replaceAll(/"lamport": \d+,\s*/g, ''));
    const filled = await holdfast(['draw', bare, '--format', 'json'], folder);
    expect(JSON.parse(filled.out)).toEqual(JSON.parse(DRAWING));
    const svg = await holdfast(['draw', 'right.json', '--format', 'svg'], folder);
    expect(svg.out).toBe(readFileSync(join(FOLDER, 'message-trace.svg'), 'utf8'));
    expect((await holdfast(['draw', 'right.json', '--format', 'text'], folder)).out).toMatch(
      /Concurrent pairs: B1 and A1/,
    );
    const refused = await holdfast(
      ['verify', file('odd.json', DRAWING.replace('"send"', '"shout"'))],
      folder,
    );
    expect([refused.code, refused.err]).toEqual([2, expect.stringMatching(/event 'B1' is a "shout"/)]);
  });
});
