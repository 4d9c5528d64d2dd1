import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, documentedFields } from './jsonSchema.ts';
import { EXPERIMENTS, holdfast, temporaryFolder } from './support.ts';

const FIELDS = documentedFields('`explore`');

describe('holdfast explore in another order, and within bounds that grow', () => {
  it('S3.23 goes depth first when told: the same states, a run that can be shortened, and where it was stopped', async () => {
    const folder = temporaryFolder();
    const whole = await holdfast(['explore', 'register-paxos', '--search', 'depth', '--json'], folder);
    const document: unknown = JSON.parse(whole.out);
    expect(differences(document, FIELDS)).toEqual([]);
    expect(document).toMatchObject({
      exitCode: 0,
      coverage: { search: 'depth', states: 16_668, generated: 32_971, queued: 0, revisited: 0 },
    });
    const words = ['explore', 'raft-no-up-to-date-check', '--search', 'depth'];
    const { code, out } = await holdfast(words, folder);
    expect(code).toBe(1);
    expect(out).toMatch(/^VIOLATED {2}leader completeness\n/m);
    const [, evidence = ''] = /^shorten {3}.* explore --replay (\S+) --shrink$/m.exec(out) ?? [];
    const short = await holdfast(['explore', '--replay', evidence, '--shrink'], folder);
    expect(short.code).toBe(1);
    expect(short.out).toMatch(/a run of 8 steps, shortened from 10$/m);
    const [, shorter = ''] = /^evidence {2}(\S+)$/m.exec(short.out) ?? [];
    expect(readFileSync(join(folder, shorter), 'utf8')).toContain('"property": "leader completeness"');
    const at = await holdfast([...words, '--shrink', '--json'], folder);
    expect(JSON.parse(at.out)).toMatchObject({ counterexample: { steps: { length: 8 } } });
    const stopped = await holdfast(
      ['explore', 'register-paxos', '--search', 'depth', '--max-states', '5000'],
      folder,
    );
    expect(stopped.code).toBe(3);
    expect(stopped.out).toMatch(
      /5,001 states: runs of up to \d+ steps were followed, \d+ states on the last/,
    );
    const [, saved = ''] = /^checkpoint {2}(\S+)$/m.exec(stopped.out) ?? [];
    const resumed = ['explore', 'register-paxos', '--resume', saved, '--search', 'depth'];
    const again = await holdfast(resumed, folder);
    expect([again.code, again.out]).toEqual([0, expect.stringMatching(/^ {2}16,668 states, 32,971 steps,/m)]);
    const two = await holdfast([...words, '--workers', '2'], folder);
    expect([two.code, two.err]).toEqual([2, expect.stringMatching(/--search depth with several workers/)]);
    const spill = await holdfast([...words, '--spill', 'x'], folder);
    expect([spill.code, spill.err]).toEqual([2, expect.stringMatching(/--search depth with --spill/)]);
  });

  it('S3.23 raises bounds until something is broken, within the smallest that show it', async () => {
    const folder = temporaryFolder();
    const words = ['explore', 'raft-no-up-to-date-check', '--search', 'depth', '--bounds', 'depth=1..any'];
    const { code, out } = await holdfast(words, folder);
    expect(code).toBe(1);
    expect(out).toMatch(
      /^rounds=7 {2}243 states, depth 8, .*: holds, held back by rounds\nrounds=8 .*violated/m,
    );
    const json = await holdfast([...words, '--json'], folder);
    const document: unknown = JSON.parse(json.out);
    expect(differences(document, FIELDS)).toEqual([]);
    expect(document).toMatchObject({
      iterations: { length: 8, 0: { heldBackBy: ['rounds'], verdict: 'holds' } },
      iterationsEnd: 'violated',
      counterexample: { steps: { length: 8 } },
    });
  });

  it('S3.23 raises bounds until larger ones change nothing, are not asked for, or there is no room', async () => {
    const all = await holdfast(['explore', 'register-paxos', '--bounds', 'messages=3..any']);
    expect(all.code).toBe(0);
    expect(all.out).toMatch(/^inFlight=3 .*: undecided, held back by inFlight$/m);
    expect(all.out).toMatch(/^inFlight=10 .*: holds, not held back$/m);
    expect(all.out).toMatch(/^HOLDS {2}all 16,668 states .*; a larger bound on inFlight changes nothing$/m);
    const some = ['explore', 'register-paxos', '--bounds', 'messages=5..6,depth=9..12'];
    const range = await holdfast([...some, '--json']);
    expect(JSON.parse(range.out)).toMatchObject({ exitCode: 0, iterationsEnd: 'range' });
    const folder = temporaryFolder();
    const short = await holdfast([...some, '--max-states', '1000'], folder);
    expect(short.code).toBe(3);
    expect(short.out).toMatch(/ended: states\n[^]*^UNDECIDED {2}stopped at the limit of states/m);
    const walk = await holdfast([...some, '--walk']);
    expect([walk.code, walk.err]).toEqual([
      2,
      expect.stringMatching(/Cannot use --walk with a range of bounds/),
    ]);
    const wrong = await holdfast(['explore', 'register-paxos', '--bounds', 'messages=6..5']);
    expect([wrong.code, wrong.err]).toEqual([2, expect.stringMatching(/Cannot raise messages from 6 to 5/)]);
    const late = await holdfast(
      ['explore', `${join(EXPERIMENTS, 'endless.mjs')}#small`, '--time', '1'],
      folder,
    );
    expect(late.code).toBe(3);
    expect(late.out).toMatch(/^UNDECIDED {2}cancelled at/m);
  });

  it('S3.23 partial order may be dynamic: runs are counted, and what does not go with it is refused', async () => {
    const words = ['explore', 'register-single-copy', '--partial-order', 'dynamic'];
    const { code, out } = await holdfast(words);
    expect(code).toBe(0);
    expect(out).toMatch(
      /^HOLDS {2}all 48 runs that differ in more than order were followed to their ends, through 173 states$/m,
    );
    const json = await holdfast([...words, '--json']);
    const document: unknown = JSON.parse(json.out);
    expect(differences(document, FIELDS)).toEqual([]);
    expect(document).toMatchObject({
      coverage: { reduction: 'dynamic', runs: { complete: 48, blocked: 0 }, search: 'depth' },
    });
    const off = await holdfast(['explore', 'register-single-copy', '--partial-order', 'off', '--json']);
    expect(JSON.parse(off.out)).toMatchObject({ coverage: { reduction: 'off', states: 93, runs: null } });
    const exact = await holdfast([...words, '--exact']);
    expect([exact.code, exact.err]).toEqual([
      2,
      expect.stringMatching(/Cannot use --exact with --partial-order dynamic/),
    ]);
    const wrong = await holdfast(['explore', 'register-single-copy', '--partial-order', 'static']);
    expect([wrong.code, wrong.err]).toEqual([
      2,
      expect.stringMatching(/as ample, dynamic or off: current value is 'static'/),
    ]);
  });
});
