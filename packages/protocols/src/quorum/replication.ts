import { checkCount, choose, nodesOf, subsetsOfSize } from './subsets.ts';

/** Most replicas of one object. */
export const REPLICA_LIMIT = 1_000;

/** N replicas; a write waits for W acknowledgements, a read for R answers. */
export interface ReplicaCounts {
  readonly n: number;
  readonly w: number;
  readonly r: number;
}

/** What the arithmetic of N, W and R says, and nothing more: no consistency model follows from it. */
export interface QuorumFacts {
  /** R + W > N: every read set has a replica of every finished write. */
  readonly readsMeetWrites: boolean;
  /** 2W > N: two writes have a replica in common, so one of them can see the other. */
  readonly writesMeetWrites: boolean;
  /** Replicas that may be down while writes (reads) still succeed. */
  readonly writeTolerance: number;
  readonly readTolerance: number;
  /** A finished write may be gone for ever once this many replicas are lost before repair. */
  readonly lossesThatMayLoseAWrite: number;
  /** The share of read sets that miss a finished write, when all sets are as likely and nothing spreads it further. */
  readonly staleProbability: number;
}

/** Checks N, W and R. Throws `QuorumOptionsError` naming the one that cannot be. */
export function checkReplicaCounts({ n, w, r }: ReplicaCounts): ReplicaCounts {
  checkCount('n', n, 1, REPLICA_LIMIT);
  return { n, w: checkCount('w', w, 1, n), r: checkCount('r', r, 1, n) };
}

/** The arithmetic of N, W and R. Source: Gifford, "Weighted Voting for Replicated Data", 1979; Dynamo, 2007. */
export function quorumFacts(counts: ReplicaCounts): QuorumFacts {
  const { n, w, r } = checkReplicaCounts(counts);
  return {
    readsMeetWrites: r + w > n,
    writesMeetWrites: 2 * w > n,
    writeTolerance: n - w,
    readTolerance: n - r,
    lossesThatMayLoseAWrite: w,
    staleProbability: missProbability(n, w, r),
  };
}

/** Which operations succeed with `down` replicas unreachable. */
export function quorumAvailability(
  counts: ReplicaCounts,
  down: number,
): { readonly reads: boolean; readonly writes: boolean } {
  const { n, w, r } = checkReplicaCounts(counts);
  checkCount('down', down, 0, n);
  return { reads: n - down >= r, writes: n - down >= w };
}

/** How long an operation takes that waits for `count` of the replicas: the count-th fastest of them. */
export function quorumLatency(latencies: readonly number[], count: number): number {
  checkCount('count', count, 1, latencies.length);
  return latencies.slice().sort((a, b) => a - b)[count - 1] ?? Number.POSITIVE_INFINITY;
}

/** A write set and a read set without a replica in common (nodes 0 to n - 1), or undefined: found by trying all. */
export function findStaleRead(
  counts: ReplicaCounts,
): { readonly written: readonly number[]; readonly read: readonly number[] } | undefined {
  const { n, w, r } = checkReplicaCounts(counts);
  const reads = subsetsOfSize(n, r);
  for (const written of subsetsOfSize(n, w)) {
    const read = reads.find((set) => (set & written) === 0);
    if (read !== undefined) return { written: nodesOf(written), read: nodesOf(read) };
  }
  return undefined;
}

/** Two reads of a register, one after the other, of which the first sees a write and the second does not. */
export interface NewThenOld {
  /** Replicas the write had reached when its writer stopped: fewer than W. */
  readonly applied: readonly number[];
  readonly first: readonly number[];
  readonly second: readonly number[];
}

/**
 * All ways in which an unfinished write is seen by one read and missed by the next: R + W > N does not make a register
 * linearizable. With `writeBack` the first read stores what it returns at W replicas before it answers (Attiya,
 * Bar-Noy and Dolev 1995), and with R + W > N no such way is left. Small N only: all sets are tried.
 */
export function findNewThenOld(
  counts: ReplicaCounts,
  options: { readonly writeBack: boolean } = { writeBack: false },
): readonly NewThenOld[] {
  const { n, w, r } = checkReplicaCounts(counts);
  const reads = subsetsOfSize(n, r);
  const backs = options.writeBack ? subsetsOfSize(n, w) : [0];
  const found: NewThenOld[] = [];
  for (let size = 1; size < w; size++) {
    for (const applied of subsetsOfSize(n, size)) {
      for (const first of reads.filter((set) => (set & applied) !== 0)) {
        for (const second of reads) {
          if (backs.every((back) => (second & (applied | back)) !== 0)) continue;
          found.push({ applied: nodesOf(applied), first: nodesOf(first), second: nodesOf(second) });
        }
      }
    }
  }
  return found;
}

/** What is left of a quorum write when some acknowledgements came from outside the object's home replicas. */
export interface SloppyFacts {
  /** Home replicas that hold the write until handoff. */
  readonly homeAcknowledgements: number;
  /** True when every read set of home replicas still meets the write. */
  readonly readsMeetWrite: boolean;
  /** The share of home read sets that miss it before handoff. */
  readonly missProbability: number;
}

/** A sloppy quorum: W acknowledgements, `away` of them from stand-ins (Dynamo, 2007, section 4.6). */
export function sloppyFacts(counts: ReplicaCounts, away: number): SloppyFacts {
  const { n, w, r } = checkReplicaCounts(counts);
  const home = w - checkCount('away', away, 0, w);
  return {
    homeAcknowledgements: home,
    readsMeetWrite: home + r > n,
    missProbability: missProbability(n, home, r),
  };
}

function missProbability(n: number, holders: number, r: number): number {
  // A product of ratios stays exact enough where the counts themselves would overflow.
  let share = 1;
  for (let i = 0; i < r; i++) share *= Math.max(0, n - holders - i) / (n - i);
  return n <= ENUMERABLE ? choose(n - holders, r) / choose(n, r) : share;
}

/** Up to here binomials are exact in a double. */
const ENUMERABLE = 50;
