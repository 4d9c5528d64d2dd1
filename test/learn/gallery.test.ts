import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import experiments from '../../casebook/learn/principles/experiment.ts';
import { PRINCIPLES, shown } from '../../casebook/learn/principles/gallery.ts';

const PAGE = readFileSync(new URL('../../casebook/learn/principles/README.md', import.meta.url), 'utf8');

describe('the gallery of first principles', () => {
  it('S1.1 has eleven, each runnable by its name and told on the page', () => {
    expect(PRINCIPLES).toHaveLength(11);
    for (const { name, shows, scenarios } of PRINCIPLES) {
      expect(PAGE).toContain(name);
      expect(PAGE.replace(/\s+/g, ' ')).toContain(shows);
      for (const key of Object.keys(scenarios)) {
        expect(experiments[key]).toBeDefined();
        expect(PAGE).toContain(`\`${key}\``);
      }
    }
  });

  it.each(PRINCIPLES)('S1.1 $name: the assertion holds, and fails when the fault is removed', (principle) => {
    const { events, ...found } = shown(principle, 1);
    expect(found).toEqual({ with: true, without: false });
    // Counted, as tests look at no clock: a hundred thousand events take a third of a second.
    expect(events).toBeLessThan(100_000);
  });
});
