/** The consistency models for single operations, the strongest first. */
export type ConsistencyName =
  | 'linearizable'
  | 'sequential'
  | 'causal-convergence'
  | 'causal-memory'
  | 'causal'
  | 'pram'
  | 'writes-follow-reads'
  | 'monotonic-writes'
  | 'monotonic-reads'
  | 'read-your-writes'
  | 'regular'
  | 'safe'
  | 'bounded-versions'
  | 'bounded-time'
  | 'eventual';

/** Which models a model implies at once: whatever it accepts they accept. Together they say all that is implied. */
export const CONSISTENCY_IMPLIES: Readonly<Record<ConsistencyName, readonly ConsistencyName[]>> = {
  linearizable: ['sequential', 'regular', 'bounded-versions', 'bounded-time'],
  sequential: ['causal-convergence', 'causal-memory'],
  'causal-convergence': [
    'causal',
    'writes-follow-reads',
    'monotonic-writes',
    'monotonic-reads',
    'read-your-writes',
  ],
  'causal-memory': ['causal', 'pram', 'writes-follow-reads'],
  causal: ['read-your-writes'],
  pram: ['monotonic-writes', 'monotonic-reads', 'read-your-writes'],
  'writes-follow-reads': ['eventual'],
  'monotonic-writes': ['eventual'],
  'monotonic-reads': ['eventual'],
  'read-your-writes': ['eventual'],
  regular: ['safe', 'read-your-writes'],
  safe: [],
  'bounded-versions': ['eventual'],
  'bounded-time': ['eventual'],
  eventual: [],
};

/** The names `checkConsistency` takes, the strongest first. */
export const consistencyNames: readonly ConsistencyName[] = Object.keys(
  CONSISTENCY_IMPLIES,
) as ConsistencyName[];

/** True for a name that `checkConsistency` takes. */
export function isConsistencyName(name: string): name is ConsistencyName {
  return Object.hasOwn(CONSISTENCY_IMPLIES, name);
}

/** Every model that a model implies, itself not among them. */
export function impliedBy(name: ConsistencyName): readonly ConsistencyName[] {
  const found = new Set(CONSISTENCY_IMPLIES[name]);
  for (const weaker of found) for (const next of CONSISTENCY_IMPLIES[weaker]) found.add(next);
  return consistencyNames.filter((other) => found.has(other));
}
