import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  attemptMove,
  isFinal,
  isState,
  leadsTo,
  neverGoesBack,
  noRefusals,
  type Sighting,
  type StateMachine,
} from '../../src/index.ts';

type Order = 'pending' | 'paid' | 'shipped' | 'delivered' | 'cancelled';

const ORDER: StateMachine<Order> = {
  initial: 'pending',
  moves: {
    pending: ['paid', 'cancelled'],
    paid: ['shipped', 'cancelled'],
    shipped: ['delivered'],
    delivered: [],
    cancelled: [],
  },
};

const STATES = Object.keys(ORDER.moves) as Order[];

describe('a state machine', () => {
  it('S3.8 refuses and counts every move it does not have, from every state', () => {
    for (const from of STATES) {
      for (const to of STATES) {
        const refused = noRefusals();
        const after = attemptMove(ORDER, refused, from, to);
        const isMove = ORDER.moves[from].includes(to);
        expect(after).toBe(isMove ? to : from);
        const isCounted = !isMove && from !== to;
        expect(refused).toEqual(
          isCounted ? { total: 1, by: { [`${from} -> ${to}`]: 1 } } : { total: 0, by: {} },
        );
      }
    }
  });

  it('S3.8 reaches no illegal state, whatever is asked of it, and counts all it refused', () => {
    const anything = fc.oneof(
      fc.constantFrom<unknown>(...STATES, '__proto__', 'constructor', 'toString', ''),
      fc.anything(),
    );
    fc.assert(
      fc.property(fc.array(anything, { maxLength: 20 }), (asked) => {
        const refused = noRefusals();
        let state: Order = ORDER.initial;
        let illegal = 0;
        for (const to of asked) {
          const before: Order = state;
          state = attemptMove(ORDER, refused, before, to);
          const isMove = typeof to === 'string' && ORDER.moves[before].some((move) => move === to);
          if (!isMove && to !== before) illegal++;
          expect(isState(ORDER, state)).toBe(true);
          expect(leadsTo(ORDER, ORDER.initial, state)).toBe(true);
          expect(state).toBe(isMove ? to : before);
        }
        expect(refused.total).toBe(illegal);
        expect(Object.values(refused.by).reduce((sum, count) => sum + count, 0)).toBe(illegal);
      }),
      { seed: 38, numRuns: 120 },
    );
  });

  it('knows which states are final and which lead to which', () => {
    expect(STATES.filter((state) => isFinal(ORDER, state))).toEqual(['delivered', 'cancelled']);
    expect(leadsTo(ORDER, 'pending', 'delivered')).toBe(true);
    expect(leadsTo(ORDER, 'paid', 'paid')).toBe(true);
    expect(leadsTo(ORDER, 'shipped', 'pending')).toBe(false);
    expect(leadsTo(ORDER, 'delivered', 'cancelled')).toBe(false);
  });
});

describe('sightings of a state', () => {
  const seen = (state: string, fromUs: number, untilUs: number, where = 'one'): Sighting => ({
    id: 'order-1',
    state,
    fromUs,
    untilUs,
    where,
  });
  const judged = (...all: Sighting[]) => neverGoesBack('status', ORDER, all);

  it('fire when a state comes back after one that it led to, and name both', () => {
    expect(judged(seen('paid', 0, 10), seen('shipped', 20, 30), seen('shipped', 40, 50)).kept).toBe(true);
    expect(judged(seen('shipped', 0, 10), seen('pending', 20, 1_000_000, 'two'))).toMatchObject({
      kept: false,
      reason: 'order-1 was seen shipped (one, 0.000 s), and later pending (two, 1.000 s)',
    });
    expect(judged(seen('delivered', 0, 10), seen('cancelled', 20, 30)).kept).toBe(false);
    expect(judged(seen('lost', 0, 10)).reason).toContain('which is no state');
  });

  it('that overlap, or are of different things, are in no order', () => {
    expect(judged(seen('shipped', 0, 25), seen('pending', 20, 30)).kept).toBe(true);
    expect(judged(seen('shipped', 0, 10), { ...seen('pending', 20, 30), id: 'order-2' }).kept).toBe(true);
  });
});
