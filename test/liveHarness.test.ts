import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ledger, readLedger, undoLedger } from '@holdfast/live';
import { describe, expect, it } from 'vitest';
import { freshLogs, shownLogs } from '../scripts/live/harness/logs.ts';
import type { Reply } from '../scripts/live/harness/messages.ts';
import { closingLines, exitCodeOf, runChecks, type Tally } from '../scripts/live/harness/runChecks.ts';

const PASSED: Reply = { outcome: 'passed', why: '' };
const FAILED: Reply = { outcome: 'failed', why: 'an election took another turn' };

/** Attempts end as they are told, each after so long; `undefined` never ends and is cut off at its bound. */
async function tried(
  replies: Readonly<Record<string, readonly (Reply | undefined)[]>>,
  { limitMs = 60_000, attemptMs = 1_000, boundMs = 5_000 } = {},
): Promise<{ readonly tally: Tally; readonly lines: string[]; readonly tookMs: number }> {
  let now = 0;
  const lines: string[] = [];
  const bench = {
    nowMs: () => now,
    say: (line: string): void => void lines.push(line),
    attempt: (name: string, number: number, withinMs: number): Promise<Reply | undefined> => {
      const reply = replies[name]?.[number - 1];
      now += reply === undefined ? withinMs : attemptMs;
      return Promise.resolve(reply);
    },
  };
  const checks = Object.keys(replies).map((name) => ({ name, limitMs: boundMs }));
  const tally = await runChecks(checks, bench, { attempts: 3, limitMs });
  return { tally, lines: [...lines, ...closingLines(tally, checks.length)], tookMs: now };
}

describe('checks of real clusters', () => {
  it('are tried up to three times, and each failed attempt is said and counted', async () => {
    const { tally, lines } = await tried({ calm: [PASSED], unlucky: [FAILED, FAILED, PASSED] });
    expect(tally).toMatchObject({ passed: 2, failed: 0, attempts: 4 });
    expect(tally.again).toEqual([{ name: 'unlucky', attempts: 3 }]);
    expect(lines.filter((line) => line.startsWith('again')).length).toBe(2);
    expect(lines.filter((line) => line.includes('an election took another turn')).length).toBe(2);
    expect(lines.slice(-3)).toEqual([
      'not at once: unlucky (3 attempts)',
      '4 attempts at 2 checks',
      '2 passed, 0 failed, 0 skipped',
    ]);
    expect(exitCodeOf(tally)).toBe(0);
  });

  it('fail when the third attempt fails, and at once when what must hold was seen broken', async () => {
    const { tally, lines } = await tried({
      broken: [FAILED, FAILED, FAILED, PASSED],
      alarm: [{ ...FAILED, isFinal: true }, PASSED],
    });
    expect(tally).toMatchObject({ passed: 0, failed: 2, attempts: 4, again: [] });
    expect(lines.filter((line) => line.startsWith('FAILED')).length).toBe(2);
    expect(exitCodeOf(tally)).toBe(1);
  });

  it('that do not end are ended at their bound and do not take the time of the others', async () => {
    const { tally, lines, tookMs } = await tried({
      hangs: [undefined, undefined, undefined],
      next: [PASSED],
    });
    expect(tally).toMatchObject({ passed: 1, failed: 1 });
    expect(tookMs).toBe(3 * 5_000 + 1_000);
    expect(lines[0]).toMatch(/^again {3}hangs .*\n {2}no end within 5 s: it was ended and undone/);
  });

  it('that are not reached before the end of the whole are said to be not run, and fail', async () => {
    const { tally, lines } = await tried(
      { slow: [undefined], late: [PASSED], later: [PASSED] },
      { limitMs: 4_000 },
    );
    expect(tally).toMatchObject({ passed: 0, failed: 3, notRun: ['late', 'later'] });
    expect(lines.filter((line) => line.startsWith('NOT RUN')).length).toBe(2);
    expect(exitCodeOf(tally)).toBe(1);
  });

  it('that all had to be skipped end with 3: nothing was shown', async () => {
    const { tally, lines } = await tried({ one: [{ outcome: 'skipped', why: 'no etcd' }] });
    expect(tally).toMatchObject({ passed: 0, failed: 0, skipped: 1, attempts: 0 });
    expect(lines[0]).toBe('SKIPPED one: no etcd');
    expect(exitCodeOf(tally)).toBe(3);
  });

  it('keep the logs of members when their run is undone', () => {
    const state = mkdtempSync(join(tmpdir(), 'hf-logs-'));
    const before = process.env['HOLDFAST_LIVE_LOGS'];
    try {
      const logs = freshLogs(join(state, 'kept'), 'a check: of something', 2);
      process.env['HOLDFAST_LIVE_LOGS'] = logs;
      const ledger = new Ledger('run-1', state);
      mkdirSync(join(ledger.folder, 'N1'));
      writeFileSync(join(ledger.folder, 'N1', 'etcd.log'), 'lost its leader\n');
      const content = readLedger(ledger.folder);
      ledger.close();
      expect(content === undefined ? ['no ledger'] : undoLedger(content).failed).toEqual([]);
      expect(readFileSync(join(logs, 'run-1', 'N1', 'etcd.log'), 'utf8')).toBe('lost its leader\n');
      expect(shownLogs(logs)).toMatch(
        /a-check-of-something-attempt-2\n-- run-1\/N1\/etcd.log\nlost its leader/,
      );
    } finally {
      if (before === undefined) delete process.env['HOLDFAST_LIVE_LOGS'];
      else process.env['HOLDFAST_LIVE_LOGS'] = before;
      rmSync(state, { recursive: true, force: true });
    }
  });
});
