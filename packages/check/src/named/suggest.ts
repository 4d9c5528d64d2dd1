import type { History } from '../history/operation.ts';
import type { NamedChecker } from './entry.ts';
import { checkers } from './registry.ts';
import { type HistoryShape, shapeOf } from './shape.ts';

/** Those that judge a history of any kind say least about it. */
const OF_ANY: ReadonlySet<string> = new Set(['availability', 'latency']);

/** What people reach for first, in this order; what is not named here is not suggested before it. */
const FIRST: readonly string[] = [
  'register',
  'cas-register',
  'kv',
  'counter',
  'counter-bounds',
  'set-full',
  'set',
  'fifo-queue',
  'total-queue',
  'stack',
  'priority-queue',
  'fenced-lock',
  'mutex',
  'unique-ids',
  'bank',
  'log',
  'long-fork',
  'append-log',
  'transactions',
  'strict-serializable',
  'serializable',
  'snapshot-isolation',
  'strong-session-serializable',
  'multi-register',
  'sequential',
  'causal',
  'regular',
  'read-your-writes',
  'monotonic-reads',
  'g-counter',
  'pn-counter',
  'set-final',
];

/** A checker that fits a history. */
export type Suggestion = Pick<NamedChecker, 'name' | 'about' | 'family'>;

/** Every checker that can say something about a history of this shape, what people reach for first ahead. */
export function fittingCheckers(shape: HistoryShape): readonly NamedChecker[] {
  const rank = ({ name }: NamedChecker): number => {
    const at = FIRST.indexOf(name);
    return at === -1 ? FIRST.length + (OF_ANY.has(name) ? 1 : 0) : at;
  };
  return checkers.filter((checker) => checker.fits(shape)).sort((a, b) => rank(a) - rank(b));
}

/** A few checkers that fit what a history holds, what people reach for first ahead; none when only general ones do. */
export function suggestCheckers(history: History, most = 6): readonly Suggestion[] {
  const fitting = fittingCheckers(shapeOf(history)).filter(({ name }) => !OF_ANY.has(name));
  // A register with compare-and-set is one without, too; the smaller model says it all.
  const isRegister = fitting.some(({ name }) => name === 'register');
  const isCas = fitting.some(({ name }) => name === 'cas-register');
  const isTransactional = fitting.some(({ name }) => name === 'transactions');
  return (
    fitting
      .filter(({ name }) => !(isRegister && ['cas-register', 'kv', 'multi-register'].includes(name)))
      .filter(({ name }) => !(isCas && name === 'kv'))
      .filter(({ name }) => !(isTransactional && ['multi-register', 'sequential'].includes(name)))
      // The same as the model by its own name.
      .filter(({ name }) => name !== 'linearizable')
      .slice(0, most)
  );
}
