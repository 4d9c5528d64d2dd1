import type { Plain } from '@holdfast/plain';

/** Names an update, unique in the run. */
export type UpdateId = string | number;

/** What one replica held from some moment on. */
export interface ReplicaState {
  /** When it came to hold it; integers, in any one unit. */
  readonly at: number;
  /** Every update applied by then, in the order in which it was first applied. */
  readonly applied: readonly UpdateId[];
  /** What a reader would see, such that equal states have equal plain data. An object is compared key by key. */
  readonly state: Plain;
}

/** One replica over a run. */
export interface Replica {
  readonly name: string;
  /** In order of time; a replica holds each state until the next. */
  readonly states: readonly ReplicaState[];
}

/** Thrown when a run of replicas does not say what the judge asks. */
export class ReplicaRunError extends Error {
  readonly code = 'REPLICA_RUN';
  constructor(what: string, reason: string) {
    super(`Cannot judge ${what}: ${reason}`);
    this.name = 'ReplicaRunError';
  }
}

/** Throws `ReplicaRunError` for a run without replicas, without states, or with states out of order. */
export function validateReplicas(replicas: readonly Replica[], promise: string): void {
  if (replicas.length === 0) throw new ReplicaRunError(promise, 'there are no replicas; record at least one');
  for (const { name, states } of replicas) {
    if (states.length === 0) {
      throw new ReplicaRunError(
        promise,
        `replica ${name} has no states; record at least the one it began with`,
      );
    }
    states.forEach((state, i) => {
      const before = states[i - 1];
      if (!Number.isSafeInteger(state.at) || (before !== undefined && state.at < before.at)) {
        throw new ReplicaRunError(
          promise,
          `state ${i} of replica ${name} is of time ${state.at}; list states by integer times that do not fall`,
        );
      }
    });
  }
}
