import { encodePlain } from '@holdfast/plain';

/** The laws a join must keep for replicas to converge whatever the order, batching and repetition. */
export type MergeLaw = 'commutative' | 'associative' | 'idempotent';

/** A law broken by three states, with both sides as canonical text. */
export interface BrokenLaw {
  readonly law: MergeLaw;
  readonly left: string;
  readonly right: string;
}

/**
 * The first law that a merge function breaks on three states, or undefined. For application merges as for CRDTs; state
 * must be plain data. States are compared by canonical text.
 */
export function brokenMergeLaw<S>(merge: (a: S, b: S) => S, a: S, b: S, c: S): BrokenLaw | undefined {
  const check = (law: MergeLaw, x: S, y: S): BrokenLaw | undefined => {
    const left = encodePlain(x);
    const right = encodePlain(y);
    return left === right ? undefined : { law, left, right };
  };
  return (
    check('idempotent', merge(a, a), a) ??
    check('commutative', merge(a, b), merge(b, a)) ??
    check('associative', merge(merge(a, b), c), merge(a, merge(b, c)))
  );
}
