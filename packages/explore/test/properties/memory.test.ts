import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Memory, MemoryError } from '../../src/index.ts';

const ALL = new Memory(() => false);

class Inner {
  readonly names = new Set<string>();
  last: number | undefined;
  twice(): number {
    return 2 * (this.last ?? 0);
  }
}

class Outer {
  readonly inner = new Inner();
  readonly byKey = new Map<string, { readonly list: (number | undefined)[] }>();
  count = 0;
  readonly ask = (): number => this.count;
}

/** One thing that changes an object. */
const change = fc.oneof(
  fc.record({ what: fc.constant('name' as const), value: fc.string({ maxLength: 2 }) }),
  fc.record({ what: fc.constant('key' as const), value: fc.constantFrom('a', 'b', 'c') }),
  fc.record({ what: fc.constant('last' as const), value: fc.nat(9) }),
);

function changed(
  outer: Outer,
  changes: readonly { readonly what: string; readonly value: unknown }[],
): Outer {
  for (const { what, value } of changes) {
    if (what === 'name') outer.inner.names.add(value as string);
    else if (what === 'last') outer.inner.last = value as number;
    else {
      const list = outer.byKey.get(value as string)?.list ?? [];
      outer.byKey.set(value as string, { list: [...list, undefined, list.length] });
    }
  }
  return outer;
}

describe('the memory of an object', () => {
  it('is the same after it was put back into a new one, which goes on as the first would', () => {
    fc.assert(
      fc.property(
        fc.array(change, { maxLength: 12 }),
        fc.array(change, { maxLength: 6 }),
        (before, after) => {
          const outer = changed(new Outer(), before);
          const again = new Outer();
          ALL.restore(again, ALL.capture(outer));
          expect([again.inner, again.byKey, again.count]).toEqual([outer.inner, outer.byKey, outer.count]);
          expect(again.ask()).toBe(outer.ask());
          expect(again.inner.twice()).toBe(outer.inner.twice());
          expect(ALL.capture(changed(again, after))).toEqual(ALL.capture(changed(outer, after)));
        },
      ),
      { seed: 20_261_126, numRuns: 200 },
    );
  });

  it('does not depend on the order in which maps and sets were filled', () => {
    const keys = ['x', 'y', 'z'];
    const one = { map: new Map(keys.map((key) => [key, 1])), set: new Set(keys) };
    const other = { map: new Map(keys.toReversed().map((key) => [key, 1])), set: new Set(keys.toReversed()) };
    expect(ALL.capture(one)).toEqual(ALL.capture(other));
  });

  it('leaves out what it is told to, and refuses what is no data, naming where it is', () => {
    const outer = changed(new Outer(), [{ what: 'name', value: 'n' }]);
    const counted = new Memory((name) => name === 'last');
    const holder = { all: [{ last: 7, first: 1 }] };
    const fresh = { all: [] };
    counted.restore(fresh, counted.capture(holder));
    expect(fresh).toEqual({ all: [{ last: 0, first: 1 }] });
    const some = new Memory((name) => name === 'inner');
    const without = some.capture(outer);
    const again = new Outer();
    some.restore(again, without);
    expect(again.inner.names.size).toBe(0);
    expect(() => ALL.capture({ a: new Map([['k', Symbol('s')]]) })).toThrow(MemoryError);
    expect(() => ALL.capture({ a: new Map([['k', Symbol('s')]]) })).toThrow(/at it\.a\[k\]/);
  });

  it('puts objects in maps back with their methods when their class is named, and refuses them else', () => {
    const holder = { all: new Map([[1, changed(new Outer(), [{ what: 'last', value: 4 }]).inner]]) };
    const named = new Memory(() => false, [Inner]);
    const again = { all: new Map<number, Inner>() };
    named.restore(again, named.capture(holder));
    expect(again.all.get(1)?.twice()).toBe(8);
    expect(() => ALL.restore(again, ALL.capture(holder))).toThrow(
      /at it\.all .* of class Inner, which was not named/,
    );
  });
});
