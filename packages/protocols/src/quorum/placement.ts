import { checkReplicaCounts } from './replication.ts';
import { QuorumOptionsError } from './subsets.ts';

/** A replica and the zone (rack, data centre, power feed) that fails as a whole. */
export interface PlacedReplica {
  readonly name: string;
  readonly zone: string;
}

/** What the loss of one zone leaves. */
export interface ZoneLoss {
  readonly zone: string;
  readonly lost: number;
  readonly reads: boolean;
  readonly writes: boolean;
  /** True when a finished write may have had all its W copies in this zone. */
  readonly mayLoseAWrite: boolean;
}

/** Nominal tolerance beside what the placement gives. */
export interface PlacementReport {
  /** N - W: what is tolerated when replicas fail one by one. */
  readonly nominalWriteTolerance: number;
  readonly zones: readonly ZoneLoss[];
  /** One sentence per zone whose loss does more than the nominal count promises; empty when none does. */
  readonly warnings: readonly string[];
}

/** Judges where replicas stand: correlated failures defeat nominal counts. Throws `QuorumOptionsError`. */
export function placementReport(
  replicas: readonly PlacedReplica[],
  counts: { readonly w: number; readonly r: number },
): PlacementReport {
  const { n, w, r } = checkReplicaCounts({ n: replicas.length, ...counts });
  if (new Set(replicas.map(({ name }) => name)).size !== n) {
    throw new QuorumOptionsError(
      'replicas',
      'a list of different names',
      replicas.map((p) => p.name).join(', '),
    );
  }
  const zones = [...new Set(replicas.map(({ zone }) => zone))].map((zone): ZoneLoss => {
    const lost = replicas.filter((replica) => replica.zone === zone).length;
    return { zone, lost, reads: n - lost >= r, writes: n - lost >= w, mayLoseAWrite: lost >= w };
  });
  const warnings = zones.flatMap((loss) => {
    const effects = [
      ...(loss.writes ? [] : ['stops writes']),
      ...(loss.reads ? [] : ['stops reads']),
      ...(loss.mayLoseAWrite ? ['may lose finished writes'] : []),
    ];
    if (effects.length === 0) return [];
    return [`zone ${loss.zone} holds ${loss.lost} of ${n} replicas: losing it ${effects.join(', ')}`];
  });
  return { nominalWriteTolerance: n - w, zones, warnings };
}
