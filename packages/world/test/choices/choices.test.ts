import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BadSeedError, type ChoiceRecord, Choices } from '../../src/choices/choices.ts';
import { gossip } from '../helpers/gossip.ts';

const NAMES = ['host/A', 'host/B', 'link/A-B', 'faults'];

describe('choices', () => {
  it('no stream is shifted by draws from another, in whatever order they are made', () => {
    const order = fc.array(fc.constantFrom(...NAMES), { maxLength: 60 });
    fc.assert(
      fc.property(fc.nat(), order, (seed, draws) => {
        const together = new Choices({ seed });
        const alone = new Map(NAMES.map((name) => [name, new Choices({ seed }).stream(name)]));
        for (const name of draws) {
          expect(together.stream(name).below(1_000, 'x')).toBe(alone.get(name)?.below(1_000, 'x'));
        }
      }),
      { seed: 3 },
    );
  });

  it('edits of one stream leave every other as the seed has it, and its own later answers too', () => {
    const answers = (choices: Choices): Record<string, number[]> =>
      Object.fromEntries(
        NAMES.map((name) => [name, Array.from({ length: 6 }, () => choices.stream(name).below(1_000, 'x'))]),
      );
    const plain = answers(new Choices({ seed: 11 }));
    const edits = { scripts: { 'host/B': [1, 2] }, calm: { faults: 3 } };
    expect(answers(new Choices({ seed: 11, edits }))).toEqual({
      ...plain,
      'host/B': [1, 2, ...(plain['host/B'] as number[]).slice(2)],
      faults: [...(plain['faults'] as number[]).slice(0, 3), 0, 0, 0],
    });
  });

  it('a calm edit whose name ends in * covers the streams it prefixes, and no others', () => {
    const choices = new Choices({ seed: 4, edits: { calm: { 'link/*': 0, host: 0 } } });
    const total = (name: string): number =>
      Array.from({ length: 8 }, () => choices.stream(name).below(1_000, 'x')).reduce((sum, n) => sum + n, 0);
    expect([total('link/A-B'), total('link/B-A'), total('host')]).toEqual([0, 0, 0]);
    expect(Math.min(total('host/A'), total('links'), total('faults'))).toBeGreaterThan(0);
  });

  it('records every decision with its stream, label and bound, and says how many each stream made', () => {
    const records: ChoiceRecord[] = [];
    const choices = new Choices({ seed: 5, onChoice: (choice) => records.push(choice) });
    const value = choices.stream('host/A').below(7, 'who');
    const late = choices.stream('faults').chance(0.5, 'crash');
    choices.stream('host/A').between(3, 3, 'nothing to decide');
    expect(records[0]).toEqual({ stream: 'host/A', label: 'who', value, among: 7 });
    expect(records[1]?.label).toBe('crash');
    expect((records[1]?.value ?? 0) >= 2 ** 31).toBe(late);
    expect(records).toHaveLength(2);
    expect(choices.positions()).toEqual({ 'host/A': 1, faults: 1 });
  });

  it('a whole run replayed from its recorded choices is the same run, whatever the seed says', () => {
    const scripts: Record<string, number[]> = {};
    const original = gossip({
      seed: 8,
      onChoice: ({ stream, value }) => {
        scripts[stream] = [...(scripts[stream] ?? []), value];
      },
    });
    const replayed = gossip({ seed: 999, edits: { scripts } });
    expect(replayed.digest.text()).toBe(original.digest.text());
    expect(gossip({ seed: 999 }).digest.text()).not.toBe(original.digest.text());
  });

  it('refuses a seed that is not a whole number in range, and takes both ends of the range', () => {
    for (const seed of [-1, 1.5, Number.NaN, 2 ** 53]) {
      expect(() => new Choices({ seed })).toThrow(BadSeedError);
    }
    expect(() => new Choices({ seed: -1 })).toThrow('current value is -1');
    expect(new Choices({ seed: Number.MAX_SAFE_INTEGER }).seed).toBe(Number.MAX_SAFE_INTEGER);
    expect(new Choices({ seed: 0 }).stream('s').name).toBe('s');
  });
});
