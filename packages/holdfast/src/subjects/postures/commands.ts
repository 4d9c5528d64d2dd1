import { illegal, type Model, type Operation } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';

/** What a command did: the value the key has from now on, and what is answered; or why nothing was done. */
export type Applied =
  | { readonly ok: true; readonly value: Plain; readonly output: Plain }
  | { readonly ok: false; readonly why: string };

/** Why something is not done although everybody could be asked: an answer like any other. */
const HELD = 'it is held';
const NOT_ENOUGH = 'there is not enough';

/** Whether a client had an answer: success, or a reason that lies in the data and not in the network. */
export function isAnswered({ outcome, output }: Operation): boolean {
  return outcome === 'ok' || (outcome === 'fail' && (output === HELD || output === NOT_ENOUGH));
}

/** Operations that change nothing. */
const READS: ReadonlySet<string> = new Set(['read', 'view', 'balance', 'browse']);

/** Whether an operation only looks. */
export function isLook(f: string): boolean {
  return READS.has(f);
}

/** The sequential meaning of one operation on one key: a register, a lock, an account, a list of things added. */
export function applyCommand(value: Plain, f: string, input: Plain): Applied {
  if (isLook(f)) return { ok: true, value, output: value };
  if (f === 'write') return { ok: true, value: input, output: null };
  if (f === 'add') return { ok: true, value: united(value, [input]), output: null };
  if (f === 'acquire') {
    if (value !== null) return { ok: false, why: HELD };
    return { ok: true, value: input, output: null };
  }
  // `withdraw` of an account, `order` of a stock: never below nothing.
  const left = Number(value ?? 0) - Number((input as { readonly amount?: number }).amount);
  return left < 0 ? { ok: false, why: NOT_ENOUGH } : { ok: true, value: left, output: left };
}

/** A set that grows, as a sorted list. */
export function united(a: Plain, b: Plain): Plain {
  const list = (value: Plain): readonly Plain[] => (Array.isArray(value) ? value : []);
  return [...new Set([...list(a), ...list(b)])].sort((x, y) => Number(x) - Number(y)) as Plain;
}

/** The same as a model of the checker. What was refused had no effect and is not judged. */
export function commandModel(initial: Readonly<Record<string, number>> = {}): Model<Plain> {
  const [first = null] = Object.values(initial);
  return {
    name: 'commands',
    init: () => first,
    key: ({ key = '' }) => key,
    step(state, { f, input, outcome, output }: Operation) {
      const done = applyCommand(state, f, input);
      if (!done.ok) return illegal;
      if (outcome === 'ok' && JSON.stringify(done.output) !== JSON.stringify(output)) return illegal;
      return done.value;
    },
    observes: ({ f }) => isLook(f),
  };
}
