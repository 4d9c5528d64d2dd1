import { describe, expect, it } from 'vitest';
import {
  BenchOptionsError,
  compare,
  median,
  readable,
  type Subject,
  toMarkdown,
} from '../bench/lib/bench.ts';
import { withSection } from '../bench/lib/document.ts';

/** Subjects that take a known time on a clock of their own. */
function timed(seconds: Readonly<Record<string, readonly number[]>>): {
  readonly subjects: [Subject, ...Subject[]];
  readonly nowSeconds: () => number;
  readonly order: string[];
} {
  let now = 0;
  const order: string[] = [];
  const subjects = Object.entries(seconds).map(([name, takes]) => ({
    name,
    run: () => {
      now += takes[order.filter((one) => one === name).length] ?? 1;
      order.push(name);
      return 100;
    },
  }));
  return { subjects: subjects as [Subject, ...Subject[]], nowSeconds: () => now, order };
}

const OPTIONS = { title: 'Loops', unit: 'events', warmUps: 1, repeats: 3, clock: 'cpu' } as const;

describe('compare()', () => {
  it('runs the subjects in turn, drops the warm-up and gives medians and paired ratios', async () => {
    const { subjects, nowSeconds, order } = timed({ floor: [9, 1, 2, 4], ours: [9, 2, 4, 16] });
    const table = await compare({ ...OPTIONS, subjects, nowSeconds });
    expect(order).toEqual(['floor', 'ours', 'floor', 'ours', 'floor', 'ours', 'floor', 'ours']);
    expect(table.rows).toEqual([
      { subject: 'floor', median: 50, least: 25, most: 100, ratio: 1 },
      { subject: 'ours', median: 25, least: 6.25, most: 50, ratio: 0.5 },
    ]);
  });

  it('refuses counts and subjects that measure nothing', async () => {
    const { subjects, nowSeconds } = timed({ floor: [1] });
    await expect(compare({ ...OPTIONS, repeats: 2, subjects })).rejects.toThrow(BenchOptionsError);
    await expect(compare({ ...OPTIONS, warmUps: -1, subjects })).rejects.toThrow('whole number: -1');
    const idle = { name: 'idle', run: () => 0 };
    await expect(compare({ ...OPTIONS, subjects: [idle], nowSeconds })).rejects.toThrow(
      "Cannot measure 'idle'",
    );
  });
});

describe('figures', () => {
  it('median is the middle, or the mean of the two middles', () => {
    expect(median([9, 1, 5])).toBe(5);
    expect(median([4, 1, 2, 9])).toBe(3);
    expect(median([])).toBeNaN();
  });

  it('numbers keep three digits', () => {
    expect([12_345_678, 45_678, 999, 4.567].map(readable)).toEqual(['12.3 M', '45.7 k', '999', '4.57']);
  });

  it('a table names its reference and how it was measured', async () => {
    const { subjects, nowSeconds } = timed({ floor: [1, 1, 1, 1], ours: [1, 2, 2, 2] });
    const text = toMarkdown(await compare({ ...OPTIONS, subjects, nowSeconds }));
    expect(text).toContain('Loops. events a second of processor time, median of 3 after 1 to warm up.');
    expect(text).toContain('| Subject | Median | Least | Most | Times floor |');
    expect(text).toContain('| ours | 50.0 | 50.0 | 50.0 | 0.50 |');
  });
});

describe('docs/benchmarks.md', () => {
  it('gets a new section at its end and replaces it later, leaving the words of people', () => {
    const first = withSection('', 'loop', 'alpha');
    expect(first).toContain('# Benchmarks');
    const edited = `${first}\nA remark.\n`;
    const second = withSection(withSection(edited, 'check', 'beta'), 'loop', 'gamma');
    expect(second).not.toContain('alpha');
    expect(second.indexOf('gamma')).toBeLessThan(second.indexOf('A remark.'));
    expect(second.indexOf('A remark.')).toBeLessThan(second.indexOf('beta'));
    expect(withSection(second, 'loop', 'gamma')).toBe(second);
  });

  it('a mark left open is named', () => {
    const open = withSection('', 'loop', 'alpha').replace('<!-- end:loop -->', '');
    expect(() => withSection(open, 'loop', 'beta')).toThrow('<!-- end:loop --> is missing');
  });
});
