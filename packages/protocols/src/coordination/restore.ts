import { clonePlain } from '@holdfast/plain';
import type { CoordinationMachineState } from './store.ts';
import { type CoordinationState, machineOf } from './state.ts';

/** A copy of everything a member has applied, as a backup keeps it. */
export interface CoordinationBackup {
  /** The cluster it was taken of. */
  readonly cluster: string;
  readonly revision: number;
  readonly state: CoordinationMachineState;
}

/** Takes a backup of a member. What is acknowledged and not in it will be lost with it, if the rest is. */
export function backup(cluster: string, member: CoordinationState): CoordinationBackup {
  const state = clonePlain(machineOf(member));
  return { cluster, revision: state.revision, state };
}

/** Thrown for a backup that must not become a cluster. */
export class RestoreError extends RangeError {
  readonly code = 'BAD_RESTORE';
  readonly cluster: string;
  constructor(cluster: string) {
    super(
      `Cannot restore as the new cluster must have a name of its own: current value is '${cluster}', as the old ` +
        `one's; members of the old one that come back would be taken for members of the new; choose another`,
    );
    this.name = 'RestoreError';
    this.cluster = cluster;
  }
}

/**
 * The options with which every member of a NEW logical cluster starts from a backup (etcd disaster recovery). Sessions are not restored:
 * nobody has renewed them, and what belonged to them goes. The history of events begins anew, so that a watch from before it is told
 * `compacted`; a client that has seen more than the backup holds is told `revision-ahead`. Throws `RestoreError`.
 */
export function restoreAsNewCluster(
  { cluster: old, state }: CoordinationBackup,
  cluster: string,
): { readonly cluster: string; readonly restored: CoordinationMachineState } {
  if (cluster === old || cluster === '') throw new RestoreError(cluster);
  const keys = Object.entries(state.keys).filter(([, { session }]) => session === 0);
  const { revision } = state;
  const restored = {
    revision,
    compacted: revision,
    keys: Object.fromEntries(keys),
    sessions: {},
    events: [],
  };
  return { cluster, restored: clonePlain(restored) };
}
