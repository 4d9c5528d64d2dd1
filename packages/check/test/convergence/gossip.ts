import type { Plain } from '@holdfast/plain';
import type { Replica, ReplicaState } from '../../src/convergence/replicas.ts';
import type { Random } from '../litmus/random.ts';

/** A write that replicas pass on. */
export interface Update {
  readonly id: string;
  readonly key: string;
  readonly value: number;
}

/** What a replica does with an update. */
export interface Merge {
  readonly apply: (state: Record<string, unknown>, update: Update) => Record<string, unknown>;
}

/** Keeps every value of a key, sorted: order and duplicates do not matter. */
export const GrowingSet: Merge = {
  apply: (state, { key, value }) => {
    const values = new Set([...((state[key] as number[] | undefined) ?? []), value]);
    return { ...state, [key]: [...values].sort((a, b) => a - b) };
  },
};

/** What happens in a run. */
export interface GossipRun {
  readonly replicas: number;
  readonly writes: number;
  /** Replicas exchange what they have now and then; without it each write is sent once and may be lost. */
  readonly antiEntropy: boolean;
  readonly writesEnd: number;
  readonly end: number;
}

const LOSS = 40;
const EXCHANGE_EVERY = 8;

/** Replicas of a growing set that lose messages. */
export function runReplicas(random: Random, run: GossipRun): Replica[] {
  const names = Array.from({ length: run.replicas }, (_, i) => String.fromCharCode(65 + i));
  const known = names.map(() => new Map<string, Update>());
  const states = names.map((): ReplicaState[] => [{ at: 0, applied: [], state: {} }]);
  const learn = (r: number, update: Update, at: number): void => {
    const own = known[r];
    if (own === undefined || own.has(update.id)) return;
    own.set(update.id, update);
    const before = states[r]?.at(-1)?.state as Record<string, unknown>;
    const state = GrowingSet.apply(before, update) as Plain;
    states[r]?.push({ at, applied: [...own.keys()], state });
  };
  let written = 0;
  for (let at = 1; at <= run.end; at++) {
    if (at <= run.writesEnd && written < run.writes && random.chance(20)) {
      const update = { id: `u${++written}`, key: random.pick(['x', 'y', 'z']), value: written };
      const origin = random.below(run.replicas);
      names.forEach((_, r) => {
        if (r === origin || !random.chance(LOSS)) learn(r, update, at);
      });
    }
    if (run.antiEntropy && at % EXCHANGE_EVERY === 0) {
      const from = (at / EXCHANGE_EVERY) % run.replicas;
      for (const update of known[from]?.values() ?? []) learn((from + 1) % run.replicas, update, at);
    }
  }
  return names.map((name, r) => ({ name, states: states[r] ?? [] }));
}
