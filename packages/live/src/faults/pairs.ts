import type { Fault } from '@holdfast/world';

/** A directed pair of members, by place. */
export type Pair = readonly [from: number, to: number];

/** The faults that cut members apart, in the world's vocabulary. */
export type CutFault = Extract<Draft, { kind: 'partition' | 'one-way' | 'bridge' | 'flapping' }>;

/** A fault without its number in a plan. */
export type Draft = Fault extends infer F ? (F extends Fault ? Omit<F, 'id'> : never) : never;

/** Every directed pair a cut silences. `place` says where a name is; a member named twice counts where it comes first. */
export function cutPairs(fault: CutFault, members: number, place: (name: string) => number): Pair[] {
  const seen = new Set<number>();
  const places = (names: readonly string[]): number[] =>
    names.map(place).filter((index) => !seen.has(index) && seen.add(index));
  switch (fault.kind) {
    case 'one-way':
      return between(places(fault.from), places(fault.to));
    case 'bridge': {
      const [left, right] = [places(fault.left), places(fault.right)];
      return [...between(left, right), ...between(right, left)];
    }
    case 'partition':
    case 'flapping': {
      const groups = fault.groups.map(places);
      const rest = Array.from({ length: members }, (_, i) => i).filter((i) => !seen.has(i));
      const unlisted = fault.kind === 'partition' ? fault.unlisted : 'with-all';
      if (unlisted === 'rest') groups.push(rest);
      if (unlisted === 'isolated') groups.push(...rest.map((index) => [index]));
      return groups.flatMap((group, g) =>
        groups.flatMap((other, o) => (g === o ? [] : between(group, other))),
      );
    }
  }
}

function between(from: readonly number[], to: readonly number[]): Pair[] {
  return from.flatMap((a) => to.map((b): Pair => [a, b]));
}

/** All pairs one end of which is given; all pairs when none is. */
export function touchingPairs(members: number, indices: readonly number[]): Pair[] {
  const all = Array.from({ length: members }, (_, index) => index);
  return all.flatMap((from) =>
    all.flatMap((to): Pair[] => {
      const isTouched = indices.length === 0 || indices.includes(from) || indices.includes(to);
      return from !== to && isTouched ? [[from, to]] : [];
    }),
  );
}
