/** Most nodes whose sets are enumerated one by one. */
export const ENUMERATION_LIMIT = 20;

/** A quorum size, replica count or placement that cannot be. */
export class QuorumOptionsError extends RangeError {
  readonly code = 'QUORUM_OPTIONS';
  /** The option: `w`. */
  readonly option: string;
  readonly found: unknown;
  constructor(option: string, desired: string, found: unknown) {
    super(`Cannot use ${option} as ${desired}: it is ${String(found)}; correct the configuration`);
    this.name = 'QuorumOptionsError';
    this.option = option;
    this.found = found;
  }
}

/** A whole number in [least, most], or `QuorumOptionsError`. */
export function checkCount(option: string, value: number, least: number, most: number): number {
  if (!Number.isSafeInteger(value) || value < least || value > most) {
    throw new QuorumOptionsError(option, `a whole number from ${least} to ${most}`, value);
  }
  return value;
}

/** How many sets of `k` there are among `n`; exact while it is below 2^53. */
export function choose(n: number, k: number): number {
  if (k < 0 || k > n) return 0;
  let count = 1;
  for (let i = 1; i <= k; i++) count = (count * (n - k + i)) / i;
  return Math.round(count);
}

/** All sets of `size` among nodes 0 to n - 1 as bit masks, ascending; `n` at most `ENUMERATION_LIMIT`. */
export function subsetsOfSize(n: number, size: number): readonly number[] {
  checkCount('n', n, 0, ENUMERATION_LIMIT);
  checkCount('size', size, 0, n);
  const sets: number[] = [];
  for (let set = (1 << size) - 1; set < 1 << n; ) {
    sets.push(set);
    if (set === 0) break;
    // The next larger number with as many bits.
    const low = set & -set;
    const carried = set + low;
    set = carried | (((carried ^ set) / low) >> 2);
  }
  return sets;
}

/** How many nodes a set has. */
export function countOf(set: number): number {
  let count = 0;
  for (let left = set; left !== 0; left &= left - 1) count++;
  return count;
}

/** The nodes of a set, ascending. */
export function nodesOf(set: number): readonly number[] {
  const nodes: number[] = [];
  for (let left = set; left !== 0; left &= left - 1) nodes.push(31 - Math.clz32(left & -left));
  return nodes;
}
