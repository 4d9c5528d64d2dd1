import {
  calls,
  experiment,
  payments,
  type PaymentsOptions,
  readRetryFields,
  type RunResult,
  service,
  simulate,
  unclaimed,
} from 'holdfast';
import budget from '../../casebook/retry-storm/budget.json' with { type: 'json' };

/** Calls a second that the slowest tier can serve. */
const CAPACITY = 43;
/** Load in each step of the ramp, for each call a second that can be served. */
export const LOADS = [0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.2, 1.5, 2, 3] as const;

/** Designs of one payment API: with a budget of retries, admission and keys; and without any of them. */
export const DESIGNS: Readonly<Record<string, PaymentsOptions>> = {
  careful: { client: readRetryFields(budget, 'casebook/retry-storm/budget.json') },
  'without admission': {
    client: readRetryFields(budget, 'casebook/retry-storm/budget.json'),
    admission: false,
  },
  careless: { client: 'retry-at-once', admission: false },
};

/** What is asked of each step: 99 of 100 good answers within 200 ms; at most one call of twenty not answered well; no effect twice. */
export const BOUNDS = {
  latency: ({ metrics }: RunResult): boolean => (metrics['p99Ms'] ?? 0) <= 200,
  availability: ({ metrics }: RunResult): boolean => (metrics['userFailures'] ?? 0) <= 0.05,
  correctness: ({ metrics }: RunResult): boolean => (metrics['doubledEffects'] ?? 0) === 0,
} as const;

/** The name of a bound. */
export type Bound = keyof typeof BOUNDS;

/** The first load at which each bound is broken; undefined: at none. */
export type FirstBroken = Readonly<Record<Bound, number | undefined>>;

/** Raises the load step by step and tells where each bound breaks first. */
export function overloadRamp(
  options: PaymentsOptions,
  loads: readonly number[] = LOADS,
  seed = 1,
): FirstBroken {
  const first: Record<Bound, number | undefined> = {
    latency: undefined,
    availability: undefined,
    correctness: undefined,
  };
  for (const load of loads) {
    const result = simulate(step(options, load), seed);
    for (const bound of Object.keys(BOUNDS) as Bound[]) if (!BOUNDS[bound](result)) first[bound] ??= load;
  }
  return first;
}

/** The bounds in the order in which they break; those that do not are left out. */
export function orderOf(first: FirstBroken): Bound[] {
  const broken = (Object.keys(first) as Bound[]).filter((bound) => first[bound] !== undefined);
  return broken.toSorted((a, b) => (first[a] ?? 0) - (first[b] ?? 0));
}

function step(options: PaymentsOptions, load: number): ReturnType<typeof experiment> {
  return experiment({
    name: 'overload-step',
    subject: service(payments({ ...options, bounds: { oneEffect: true } })),
    workload: calls({ clients: 6, ratePerSecond: load * CAPACITY, mix: { charge: 1 } }),
    faults: [],
    contract: { charge: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
  });
}
