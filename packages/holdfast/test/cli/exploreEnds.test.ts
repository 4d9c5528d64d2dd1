import { spawn } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BIN, EXPERIMENTS, holdfast, temporaryFolder } from './support.ts';

// What ends an exploration early must end it in good order: exit code 3 and what was covered.

const COVERED = /all runs of up to \d+ steps were looked at, [\d,]+ states were left/;

interface Ended {
  readonly code: number | null;
  readonly out: string;
}

/** Runs the built command line in a process of its own; `interrupt` ends it as Ctrl-C does once it has said how far it is. */
async function explored(
  node: readonly string[],
  words: readonly string[],
  interrupt: boolean,
): Promise<Ended> {
  const { NODE_OPTIONS: _options, VITEST: _vitest, ...env } = process.env;
  const child = spawn(process.execPath, [...node, BIN, 'explore', ...words], { cwd: temporaryFolder(), env });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text;
  });
  child.stderr.once('data', () => interrupt && child.kill('SIGINT'));
  child.stderr.resume();
  const code = await new Promise<number | null>((resolve) => {
    child.once('close', resolve);
  });
  return { code, out };
}

const model = (name: string): string => `${join(EXPERIMENTS, 'endless.mjs')}#${name}`;

describe('an exploration that cannot go on', () => {
  it.each(['1', '2'])(
    'S3.23 as the heap is nearly full ends with 3 and what was covered, with %s',
    async (workers) => {
      const words = [model('large'), '--workers', workers];
      const { code, out } = await explored(['--max-old-space-size=60'], words, false);
      expect(out).toMatch(/^UNDECIDED {2}stopped for want of memory at [\d,]+ states: /m);
      expect(out).toMatch(COVERED);
      expect(code).toBe(3);
    },
  );

  it.each(['1', '2'])(
    'S3.23 as it is interrupted ends with 3 and what was covered, with %s',
    async (workers) => {
      const { code, out } = await explored([], [model('small'), '--workers', workers], true);
      expect(out).toMatch(/^UNDECIDED {2}cancelled at [\d,]+ states: /m);
      expect(out).toMatch(COVERED);
      expect(code).toBe(3);
      // One thread writes down how to go on.
      expect(/^go on with {2}.* --resume /m.test(out)).toBe(workers === '1');
    },
  );

  it('S3.23 as it is interrupted ends with 3 and what was covered, depth first, too', async () => {
    const { code, out } = await explored([], [model('small'), '--search', 'depth'], true);
    expect(out).toMatch(
      /^UNDECIDED {2}cancelled at [\d,]+ states: runs of up to [\d,]+ steps were followed/m,
    );
    expect(out).toMatch(/^go on with {2}.* --resume .* --search depth$/m);
    expect(code).toBe(3);
  });

  it('S3.23 as nothing can happen within its bounds ends with 3, with several threads, too', async () => {
    const words = ['explore', 'raft-election', '--bounds', 'timeouts=0', '--workers', '2', '--memory', '200'];
    const { code, out } = await holdfast(words, temporaryFolder());
    expect(out).toMatch(/^UNDECIDED {2}nothing can happen within these bounds$/m);
    expect(code).toBe(3);
  });

  it.skipIf(process.platform !== 'linux')(
    'S3.23 ends with 3 and what was covered also where the disk has no room for its checkpoint',
    async () => {
      const folder = temporaryFolder();
      mkdirSync(join(folder, 'holdfast-report'));
      // A device on which every write finds the disk full.
      symlinkSync('/dev/full', join(folder, 'holdfast-report/two-phase-commit-1.checkpoint.part'));
      const { code, out, err } = await holdfast(['explore', 'two-phase-commit', '--memory', '1'], folder);
      expect(err).toMatch(/Cannot write the checkpoint .*: ENOSPC: .*; make room, and explore again/);
      expect(out).toMatch(/^UNDECIDED {2}stopped for want of memory at 4 states: /m);
      expect(out).not.toMatch(/go on with/);
      expect(code).toBe(3);
    },
  );
});
