import { encodePlain } from '@holdfast/plain';
import type { Operation } from '../history/operation.ts';
import { illegal, type Model, UnsupportedOperationError } from './model.ts';
import { keyOf } from './register.ts';
import { actionOf, type ActionNames, describeContainer, looksOnly } from './sequences.ts';

const EXPECTED = "use f 'insert' with a number or with [number, value], or 'delete-min'";

const ACTIONS: ActionNames = {
  insert: 'put',
  add: 'put',
  enqueue: 'put',
  offer: 'put',
  'delete-min': 'take',
  dequeue: 'take',
  poll: 'take',
};

/** The items of one priority: their texts, sorted, of which `lost` are gone without anybody knowing which. */
interface Rank {
  readonly priority: number;
  readonly items: readonly string[];
  readonly lost: number;
}

/**
 * One priority queue per `key`, empty at first: the smallest number comes out first, equal ones in any order.
 *
 * - `insert` (or `add`, `enqueue`, `offer`): input a number, or `[number, value]`; output ignored.
 * - `delete-min` (or `dequeue`, `poll`): output an item with the smallest number, as it was inserted; null when empty.
 *   A `fail` says nothing.
 */
export function priorityQueueModel(): Model<readonly Rank[]> {
  return {
    name: 'priority-queue',
    init: () => [],
    step(ranks, operation) {
      const action = actionOf(ACTIONS, operation);
      if (action === 'put') return inserted(ranks, operation);
      if (action !== 'take') throw new UnsupportedOperationError('priority-queue', operation, EXPECTED);
      if (operation.outcome === 'unknown') return ranks.length === 0 ? illegal : afterLoss(ranks);
      if (operation.output === null) return ranks.length === 0 ? ranks : illegal;
      return taken(ranks, encodePlain(operation.output));
    },
    key: keyOf,
    observes: (operation) => looksOnly(ACTIONS, operation),
    describe: (operation) => describeContainer(ACTIONS, operation, ['added', 'took'], 'the priority queue'),
  };
}

function inserted(ranks: readonly Rank[], operation: Operation): readonly Rank[] {
  const { input } = operation;
  const priority: unknown = Array.isArray(input) && input.length === 2 ? input[0] : input;
  if (typeof priority !== 'number')
    throw new UnsupportedOperationError('priority-queue', operation, EXPECTED);
  const text = encodePlain(input);
  let at = ranks.findIndex((rank) => rank.priority >= priority);
  if (at === -1) at = ranks.length;
  const rank = ranks[at];
  if (rank?.priority !== priority) return ranks.toSpliced(at, 0, { priority, items: [text], lost: 0 });
  return ranks.with(at, { ...rank, items: [...rank.items, text].sort() });
}

function taken(ranks: readonly Rank[], text: string): readonly Rank[] | typeof illegal {
  const [first] = ranks;
  const at = first?.items.indexOf(text) ?? -1;
  if (first === undefined || at === -1) return illegal;
  return settled(ranks, { ...first, items: first.items.toSpliced(at, 1) });
}

function afterLoss(ranks: readonly Rank[]): readonly Rank[] {
  const [first] = ranks;
  if (first === undefined) return ranks;
  // Equal items cannot be told apart, so it is known which one is gone.
  const isClear = first.items[0] === first.items.at(-1);
  return settled(
    ranks,
    isClear ? { ...first, items: first.items.slice(1) } : { ...first, lost: first.lost + 1 },
  );
}

/** The ranks with the first one replaced, or dropped when nothing of it is left. */
function settled(ranks: readonly Rank[], first: Rank): readonly Rank[] {
  return first.items.length === first.lost ? ranks.slice(1) : ranks.with(0, first);
}
