import fc from 'fast-check';
import { type Bounds, type CoreProperty, ofNodes } from '../../src/index.ts';
import type { RandomCore, Reaction } from '../engine/randomCore.ts';

/** Nodes of each system. */
export const NODES = 3;
const STATES = 3;
const MESSAGES = 3;
const reaction = (maxSends: number): fc.Arbitrary<Reaction> =>
  fc.record({
    next: fc.nat(STATES - 1),
    sends: fc.array(
      fc.record({
        to: fc.integer({ min: 1, max: NODES }),
        message: fc.nat(MESSAGES - 1),
        held: fc.boolean(),
      }),
      { maxLength: maxSends },
    ),
    store: fc.integer({ min: -4, max: 0 }).map((value) => Math.max(-1, value)),
    arm: fc.boolean(),
    cancel: fc.constant(false),
    choice: fc.constantFrom(1, 1, 1, 2),
  });

/** Cores that are given by tables. */
export const core: fc.Arbitrary<RandomCore> = fc.record({
  states: fc.constant(STATES),
  messages: fc.constant(MESSAGES),
  boot: reaction(2),
  reactions: fc.array(
    fc.array(fc.option(reaction(1), { freq: 3 }), { minLength: MESSAGES + 2, maxLength: MESSAGES + 2 }),
    { minLength: STATES, maxLength: STATES },
  ),
});

/** Messages lead to messages of lower numbers only, and what stores happens once: then runs end. */
export function ending(table: RandomCore): RandomCore {
  const reactions = table.reactions.map((row) =>
    row.map((r, event) => {
      if (r === null || event === MESSAGES) return r;
      const sends = event < MESSAGES ? r.sends.filter(({ message }) => message < event) : [];
      return { ...r, sends, store: -1, arm: false };
    }),
  );
  return { ...table, reactions };
}

/** Promises of each kind over two of the nodes, or over all. */
export const promises: fc.Arbitrary<readonly CoreProperty<number>[]> = fc
  .array(
    fc.record({
      kind: fc.constantFrom('always' as const, 'reachable' as const, 'terminal' as const),
      nodes: fc.constantFrom([0, 1], [1, 2], [0, 2], [0, 1, 2]),
      at: fc.nat(STATES - 1),
      other: fc.nat(STATES - 1),
    }),
    { minLength: 1, maxLength: 2 },
  )
  .map((drafts) =>
    drafts.map(({ kind, nodes, at, other }, i) =>
      ofNodes<{ at: number }, number>({
        name: `${kind} ${i}`,
        kind,
        // What a promise does not look at it cannot tell apart.
        view: ({ node, state }) => ((nodes as readonly number[]).includes(node - 1) ? (state?.at ?? -1) : -2),
        holds: (views) => {
          const [first, ...rest] = nodes.map((node) => views[node] as number);
          const met = first === at && rest.every((view) => view === other);
          return kind === 'reachable' ? met : !met;
        },
      }),
    ),
  );

/** Bounds that leave runs finite but for losses. */
export const bounds: fc.Arbitrary<Bounds> = fc.record({
  crashes: fc.constantFrom(0, 0, 1),
  drops: fc.constantFrom(0, 0, 1, Infinity),
  duplicates: fc.constantFrom(0, 0, 1),
  timers: fc.constant({ '*': 1 }),
  storage: fc.constantFrom('separate' as const, 'at-once' as const),
});
