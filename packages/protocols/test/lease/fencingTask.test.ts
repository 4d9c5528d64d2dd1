import type { Plain } from '@holdfast/plain';
import { describe, expect, it } from 'vitest';
import { type FencingDesign, gradeFencing } from '../../src/lease/index.ts';

interface Resource {
  readonly value: number;
  readonly highest: number;
  readonly writer: string;
}

const EMPTY: Resource = { value: 0, highest: 0, writer: '' };
const next = (previous: Plain): number => ((previous ?? 0) as number) + 1;

/** A term for each leader, compared with the highest seen, which is kept with the value. */
const right: FencingDesign = {
  name: 'terms, kept with the value',
  elect: (_, previous) => next(previous),
  empty: () => ({ ...EMPTY }),
  write(resource, shown, value) {
    const { highest } = resource as unknown as Resource;
    const term = shown as number;
    if (term < highest) return { accepted: false, resource };
    return { accepted: true, resource: { value, highest: term, writer: '' } };
  },
  durable: (resource) => resource,
};

const failed = (design: FencingDesign): string[] =>
  gradeFencing(design).flatMap(({ name, passed }) => (passed ? [] : [name]));

const PAUSED = 'a leader paused past its lease resumes and writes';
const AGAIN = 'the same leader is elected again, and a write of its first term comes late';
const RESTART = 'the resource restarts before the stale write comes';
const CLOCK = "the elector's clock goes back between two elections";
const OWN = 'a leader writes again and again';

const WRONG: readonly (readonly [FencingDesign, readonly string[]])[] = [
  [
    {
      ...right,
      name: 'an election, and nothing that the resource checks',
      write: (_, _shown, value) => ({ accepted: true, resource: { ...EMPTY, value } }),
    },
    [PAUSED, AGAIN, RESTART, CLOCK],
  ],
  [
    {
      ...right,
      name: 'terms, kept in memory',
      durable: (resource) => ({ ...(resource as object), highest: 0 }),
    },
    [RESTART],
  ],
  [{ ...right, name: "the elector's time for a term", elect: (_, _previous, wallMs) => wallMs }, [CLOCK]],
  [
    {
      ...right,
      name: 'only a term higher than the last',
      write(resource, shown, value) {
        const { highest } = resource as unknown as Resource;
        const term = shown as number;
        if (term <= highest) return { accepted: false, resource };
        return { accepted: true, resource: { ...EMPTY, value, highest: term } };
      },
    },
    [OWN, PAUSED, RESTART],
  ],
  [
    {
      ...right,
      name: 'the name of the leader, and whoever writes first after an election is it',
      elect: (leader) => leader,
      write: (_, shown, value) => ({
        accepted: true,
        resource: { ...EMPTY, value, writer: shown as string },
      }),
    },
    [PAUSED, AGAIN, RESTART, CLOCK],
  ],
];

describe('a design task: election with fencing', () => {
  it('S4.25 the pause-past-lease suite passes a design whose resource compares durable terms', () => {
    expect(failed(right)).toEqual([]);
    const paused = gradeFencing(right).find(({ name }) => name === PAUSED);
    expect(paused?.steps).toEqual([
      'A is elected at 0 ms, and shows 1',
      'A writes 1: carried out',
      'B is elected at 5000 ms, and shows 2',
      'B writes 2: carried out',
      'A writes 3: refused',
      'B writes 4: carried out',
    ]);
  });

  it.each(WRONG)('S4.25 fails $name, by the cases it does not stand', (design, cases) => {
    expect(failed(design)).toEqual(cases);
  });
});
