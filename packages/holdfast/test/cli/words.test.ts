import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { campaignProgress, ProgressLine } from '../../src/cli/progressLine.ts';
import { clipped, columns, counted, grouped, painted, spent } from '../../src/cli/text.ts';
import { programCommand, shellWord, shownPath } from '../../src/node/command.ts';
import { writeOnce } from '../../src/node/files.ts';
import { didYouMean, nearestNames } from '../../src/node/nearest.ts';
import { KEPT_OUTCOMES, summarise } from '../../src/node/summary.ts';
import type { SeedOutcome } from '../../src/node/seedOutcome.ts';
import { shortTimeline } from '../../src/node/timeline.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import experiments from './fixtures/tiny.ts';
import { differences } from './jsonSchema.ts';
import { BIN, ROOT, temporaryFolder } from './support.ts';

describe('words for people', () => {
  it.each([
    [850, '850 ms'],
    [12_345, '12.3 s'],
    [99_960, '1 min 40 s'],
    [245_000, '4 min 5 s'],
    [11_520_000, '3 h 12 min'],
  ])('spent(%d) is %s', (ms, text) => {
    expect(spent(ms)).toBe(text);
  });

  it('groups thousands, counts, and sets columns', () => {
    expect(grouped(1_234_567)).toBe('1,234,567');
    expect([counted(1, 'seed'), counted(2_000, 'seed'), counted(3, 'history', 'histories')]).toEqual([
      '1 seed',
      '2,000 seeds',
      '3 histories',
    ]);
    expect(
      columns(
        [
          ['a', '1', 'x'],
          ['bbb', '22', ''],
        ],
        [1],
      ),
    ).toEqual(['a     1  x', 'bbb  22']);
  });

  it('paints only where colours are wanted', () => {
    const io = { colours: true } as Io;
    expect(painted(io, 'violated')).toBe('\u001b[31mviolated\u001b[39m');
    expect(painted({ ...io, colours: false }, 'violated')).toBe('violated');
  });

  it('cuts a line to the terminal, and to nothing else', () => {
    expect(clipped({ width: 8 } as Io, 'twelve chars')).toBe('twelve …');
    expect(clipped({ width: 12 } as Io, 'twelve chars')).toBe('twelve chars');
    expect(clipped({ width: undefined } as Io, 'twelve chars')).toBe('twelve chars');
  });

  it('suggests the nearest names, and none when nothing is near', () => {
    expect(nearestNames('raft-majorty', ['raft-majority', 'raft-no-dedup'])).toEqual(['raft-majority']);
    expect(didYouMean('abd', ['abc', 'abe', 'xyz'])).toBe("did you mean 'abc', 'abe' or 'xyz'?");
    expect(didYouMean('completely-else', ['raft'])).toBeUndefined();
  });
});

describe('commands that can be typed', () => {
  it('quotes what a shell would take apart', () => {
    expect([shellWord('a/b-1.ts#x'), shellWord("it's here"), shellWord('$HOME'), shellWord('')]).toEqual([
      'a/b-1.ts#x',
      "'it'\\''s here'",
      "'$HOME'",
      "''",
    ]);
  });

  it('shows the shorter of the relative and the absolute path', () => {
    expect(shownPath('/a/b/c.json', '/a')).toBe('b/c.json');
    expect(shownPath('/a', '/a')).toBe('.');
    expect(shownPath('/x.json', '/a/b/c/d')).toBe('/x.json');
  });

  it('starts by npx where that finds this very program, else by its path', () => {
    const folder = temporaryFolder();
    expect(programCommand(folder)).toMatch(/^node .*packages\/holdfast\/bin\/holdfast\.js$/);
    mkdirSync(join(folder, 'node_modules/.bin'), { recursive: true });
    symlinkSync(BIN, join(folder, 'node_modules/.bin/holdfast'));
    mkdirSync(join(folder, 'deep'));
    expect(programCommand(join(folder, 'deep'))).toBe('npx holdfast');
    mkdirSync(join(folder, 'other/node_modules/.bin'), { recursive: true });
    symlinkSync(join(ROOT, 'package.json'), join(folder, 'other/node_modules/.bin/holdfast'));
    expect(programCommand(join(folder, 'other'))).toMatch(/^node /);
  });
});

describe('writeOnce()', () => {
  it('keeps every file that is there, and shares files of the same text', () => {
    const folder = join(temporaryFolder(), 'new', 'deep');
    const paths = ['a', 'b', 'a', 'c', 'b'].map((text) => writeOnce(folder, 'name', '.txt', text));
    expect(paths.map((path) => path.slice(folder.length + 1))).toEqual([
      'name.txt',
      'name-2.txt',
      'name.txt',
      'name-3.txt',
      'name-2.txt',
    ]);
    expect(readdirSync(folder)).toHaveLength(3);
  });

  it('says what to do when the folder is none', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'file'), '');
    expect(() => writeOnce(join(folder, 'file'), 'name', '.txt', 'text')).toThrow(
      /Cannot write name\.txt .*give another folder/,
    );
  });
});

describe('summarise()', () => {
  const outcome = (seed: number, status: SeedOutcome['status'], examined: number): SeedOutcome => ({
    seed,
    status,
    digest: String(seed).padStart(16, '0'),
    verdicts: status === 'error' ? [] : [{ promise: 'p', status, reason: `of seed ${seed}`, examined }],
    events: 10,
    metrics: { operations: 5, faults_struck: 1 },
    wallMs: seed,
  });

  it('takes the worst status, its first seed and the sum of what was examined', () => {
    const summary = summarise([
      outcome(1, 'holds', 0),
      outcome(2, 'holds', 7),
      outcome(3, 'violated', 4),
      outcome(4, 'violated', 1),
    ]);
    expect(summary.checks).toEqual([
      { promise: 'p', status: 'violated', reason: 'of seed 3', seed: 3, examined: 12 },
    ]);
    expect(summary).toMatchObject({
      conclusion: 'violated',
      seeds: 4,
      events: 40,
      operations: 20,
      faults: 4,
    });
  });

  it('prefers the sentence of a seed in which something was examined', () => {
    expect(summarise([outcome(1, 'holds', 0), outcome(2, 'holds', 7)]).checks[0]?.reason).toBe('of seed 2');
  });

  it.each([
    [['holds', 'violated', 'error', 'undecided'], 'violated'],
    [['holds', 'error', 'undecided'], 'error'],
    [['holds', 'undecided'], 'undecided'],
    [['holds', 'holds'], 'holds'],
    [[], 'undecided'],
  ] as const)('concludes %j as %s', (statuses, conclusion) => {
    expect(summarise(statuses.map((status, i) => outcome(i, status, 1))).conclusion).toBe(conclusion);
  });

  it('counts every seed, and keeps a bounded number of them whole', () => {
    const many = Array.from({ length: KEPT_OUTCOMES + 5 }, (_, i) => outcome(i, 'violated', 1));
    const { violated, seeds, checks, first } = summarise(many);
    expect(violated).toHaveLength(KEPT_OUTCOMES);
    expect({ seeds, examined: checks[0]?.examined }).toEqual({
      seeds: KEPT_OUTCOMES + 5,
      examined: KEPT_OUTCOMES + 5,
    });
    expect(first?.seed).toBe(0);
  });

  it('is undecided when nothing was examined', () => {
    expect(summarise([outcome(1, 'holds', 0)]).conclusion).toBe('undecided');
  });

  it('has a digest that depends on seeds, digests and order, and not on real time', () => {
    const [one, two] = [outcome(1, 'holds', 1), outcome(2, 'holds', 1)];
    const { digest } = summarise([one, two]);
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(summarise([{ ...one, wallMs: 99 }, two]).digest).toBe(digest);
    expect(summarise([two, one]).digest).not.toBe(digest);
    expect(summarise([{ ...one, seed: 3 }, two]).digest).not.toBe(digest);
  });
});

describe('shortTimeline()', () => {
  it('fits a long run into the lines asked for and says what it left out', () => {
    const { trace, history } = simulate(experiments.tiny, 1, { trace: true });
    if (trace === undefined) throw new Error('no trace');
    const lines = shortTimeline(trace, history, { lines: 20, width: 80 }).split('\n');
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toMatch(/^\(\d+ of \d+ events not shown: .*what came before and after\)$/);
    expect(Math.max(...lines.slice(0, -1).map((line) => line.length))).toBeLessThanOrEqual(80);
    // Without a moment that matters it is the end that is shown; with one, what led to it and a little more.
    const last = trace.events.findLast(({ kind }) => kind === 'ok');
    expect(lines.at(-2)).toContain(`#${last?.id} `);
    const { id = -1, at = -1 } = trace.events.find((e) => e.kind === 'ok' && e.at > 2_000_000) ?? {};
    const around = shortTimeline(trace, history, { lines: 20, aroundUs: at }).split('\n');
    expect(around).toHaveLength(21);
    expect(around.findIndex((line) => line.includes(`#${id} `))).toBe(15);
  });
});

describe('ProgressLine', () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function written(errIsTerminal: boolean, forMs: number): string {
    let text = '';
    const io = { errIsTerminal, err: (more: string) => (text += more) } as unknown as Io;
    const line = new ProgressLine(io, (elapsedMs) => `at ${Math.round(elapsedMs / 1_000)} s`);
    vi.advanceTimersByTime(forMs);
    line.end();
    return text;
  }

  it('is silent for work of under two seconds', () => {
    expect(written(true, 1_900)).toBe('');
    expect(written(false, 1_900)).toBe('');
  });

  it('rewrites one line in a terminal and wipes it away at the end', () => {
    expect(written(true, 2_200)).toBe('\rat 2 s\rat 2 s\r      \r');
  });

  it('writes a plain line now and then elsewhere', () => {
    expect(written(false, 8_000)).toBe('at 2 s\nat 7 s\n');
  });

  it('says seeds done, rate, violations and the time left', () => {
    const state = { done: 50, count: 200, violated: 1, errors: 0 };
    expect(campaignProgress(state, 4_000)).toBe(
      '[#####...............]  50/200 seeds  12.5 seeds/s  1 violation  12.0 s left',
    );
    expect(campaignProgress({ ...state, done: 0, violated: 0, errors: 2 }, 4_000)).toBe(
      '[....................]  0/200 seeds  0.0 seeds/s  0 violations  2 threw',
    );
  });
});

describe('the schema that documents are tested by', () => {
  const fields = new Map([
    ['a', 'string or null'],
    ['b.c', 'number'],
    ['list', 'list'],
    ['list[].x', 'boolean'],
    ['o', 'object or null'],
    ['o.y', 'string'],
  ]);

  it('accepts what is documented', () => {
    expect(differences({ a: null, b: { c: 1 }, list: [{ x: true }], o: null }, fields)).toEqual([]);
    expect(differences({ a: 'x', b: { c: 1 }, list: [], o: { y: 'z' } }, fields)).toEqual([]);
  });

  it('names what is missing, of another type, or not documented', () => {
    expect(differences({ a: 3, b: { c: 1, d: 2 }, list: [{ x: 1 }], o: {} }, fields)).toEqual([
      'a is 3, documented as string or null',
      'b.d is 2, documented as nothing',
      'list[].x is 1, documented as boolean',
      'o.y is missing',
    ]);
  });
});
