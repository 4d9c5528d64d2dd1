import assert from 'node:assert/strict';
import {
  LEASE_TWINS,
  type LeaseTwin,
  loadsOf,
  type Stage,
  SYSTEMS,
  type System,
  type WorkloadEntry,
} from '@holdfast/live';
import { FinalFailure, lacking, type LiveCheck } from './liveCheck.ts';
import { onOwnCluster, playedStatus } from './present.ts';

/** A few clients, each of which has its turn a dozen times in the life of a lease. */
const LEASED = { clients: 16, keys: 4, ratePerSecond: 200, deadlineMs: 2_000, forMs: 4_000 } as const;
/** Tries of broken clients, who must happen to meet. */
const TRIES = 3;

/** Systems whose leases the asked member alone knows of, or hears of first. */
const OF_LEADER: readonly string[] = ['redis', 'postgres', 'zookeeper'];

/** Leases of every system that has them, and every broken client of them. */
export function leaseChecks(): LiveCheck[] {
  return SYSTEMS.filter((system) => loadsOf(system).includes('lease')).map((system) => ({
    name: `leases of ${system.name} are believed in by one client at a time, and ${LEASE_TWINS.length} broken clients are caught`,
    skip: () => lacking(system.name),
    run: () => onOwnCluster(system, (stage) => playLeases(system, stage)),
  }));
}

/**
 * The sound client and the broken ones side by side, under keys of their own: most of the time all of them wait. Once more, for longer, where too few came to hold a lease
 * for anything to be shown.
 */
async function playLeases(system: System, stage: Stage): Promise<void> {
  const missed = new Set<LeaseTwin>(LEASE_TWINS);
  let told = 'nothing was shown';
  let hasHeld = false;
  for (let seed = 1; seed <= TRIES && (missed.size > 0 || !hasHeld); seed++) {
    const entry: WorkloadEntry = { ...LEASED, forMs: LEASED.forMs * seed, seed };
    const twins = [...missed].map(async (twin) => {
      const [status] = await statusOf(system, stage, { ...entry, twin, keyPrefix: `${twin}${seed}-` });
      if (status === 'violated') missed.delete(twin);
    });
    const [status, why] = await statusOf(system, stage, { ...entry, keyPrefix: `sound${seed}-` });
    await Promise.all(twins);
    if (status === 'violated') throw new FinalFailure(`leases of ${system.name}: ${why}`);
    hasHeld ||= status === 'holds';
    told = why;
  }
  assert.ok(hasHeld, told);
  assert.deepEqual([...missed], [], `broken clients of leases of ${system.name} that were not caught`);
}

function statusOf({ name }: System, stage: Stage, entry: WorkloadEntry): Promise<[string, string]> {
  const on = OF_LEADER.includes(name) ? { on: 'leader' } : {};
  return playedStatus(name, stage, { of: 'lease', ...on, ...entry }, { leasesExclusive: true }, []);
}
