import { TWINS } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { accusedControl, firstConvictingSeed } from './hunt.ts';

/** Numbers of the catalogue of real bugs. */
const LAST_BUG = 117;

describe('the broken twins of everything', () => {
  it('have names of their own, and at least 60 stand for a bug that some system had, by its number', () => {
    const names = TWINS.map(({ protocol, defect }) => `${protocol}-${defect}`);
    expect(new Set(names).size).toBe(names.length);
    const numbers = TWINS.flatMap(({ catalogue }) => (catalogue === undefined ? [] : [catalogue]));
    expect(numbers.length).toBeGreaterThanOrEqual(60);
    expect(numbers.filter((bug) => !Number.isInteger(bug) || bug < 1 || bug > LAST_BUG)).toEqual([]);
  });

  it('are described in a line, and build what is named after them', () => {
    for (const { protocol, defect, about, broken, control } of TWINS) {
      expect(about).toMatch(/^[a-z].{10,110}$/);
      expect(broken().name).toBe(`${protocol}-${defect}`);
      expect(control().name).toBe(`${protocol}-${defect}-control`);
    }
  });

  // One of each kind of subject that has no laboratory; `npm run mutants` hunts them all.
  it.each(['service-no-keys', 'editor-deaf-clocks'])('%s is found, and its control holds', (name) => {
    const twin = TWINS.find(({ protocol, defect }) => `${protocol}-${defect}` === name);
    if (twin === undefined) expect.fail(`${name} is not listed`);
    expect(firstConvictingSeed(twin, 3)).toBe(0);
    expect(accusedControl(twin, 0)).toBeUndefined();
  });
});
