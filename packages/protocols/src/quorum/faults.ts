import { checkCount, nodesOf } from './subsets.ts';

/** The smallest majority of n nodes: floor(n / 2) + 1. */
export function majorityOf(n: number): number {
  return Math.floor(checkCount('n', n, 1, Number.MAX_SAFE_INTEGER) / 2) + 1;
}

/** Crashes n nodes tolerate with majorities: floor((n - 1) / 2). */
export function toleratedCrashes(n: number): number {
  return Math.floor((checkCount('n', n, 1, Number.MAX_SAFE_INTEGER) - 1) / 2);
}

/** Nodes needed to tolerate f crashes: 2f + 1. */
export function crashSize(f: number): number {
  return 2 * checkCount('f', f, 0, 2 ** 50) + 1;
}

/** Nodes needed to tolerate f arbitrary (Byzantine) nodes: 3f + 1 (Pease, Shostak and Lamport 1980). */
export function byzantineSize(f: number): number {
  return 3 * checkCount('f', f, 0, 2 ** 50) + 1;
}

/** Byzantine nodes that n nodes tolerate: floor((n - 1) / 3). */
export function toleratedByzantine(n: number): number {
  return Math.floor((checkCount('n', n, 1, Number.MAX_SAFE_INTEGER) - 1) / 3);
}

/**
 * The smallest quorum of n nodes of which f may lie: any two share at least f + 1, so at least one honest node. It is
 * 2f + 1 when n = 3f + 1; f + 1 is what a client needs to believe an answer, not a quorum.
 */
export function byzantineQuorum(n: number, f: number): number {
  checkCount('n', n, 1, 2 ** 50);
  checkCount('f', f, 0, n);
  return Math.floor((n + f) / 2) + 1;
}

/** n nodes of which f may lie, deciding with quorums of q. */
export interface ByzantineChoice {
  readonly n: number;
  readonly f: number;
  readonly q: number;
}

/** Why a choice of n, f and q cannot work, with the nodes (0 to n - 1) that show it. */
export type ByzantineBreak =
  | { readonly kind: 'liveness'; readonly silent: readonly number[]; readonly answering: number }
  | {
      readonly kind: 'safety';
      readonly first: readonly number[];
      readonly second: readonly number[];
      /** All that the two quorums share: with these lying, each may decide something else. */
      readonly liars: readonly number[];
    };

/** What breaks a choice, or undefined when quorums of q are both reachable and safe. */
export function findByzantineBreak({ n, f, q }: ByzantineChoice): ByzantineBreak | undefined {
  checkCount('n', n, 1, 30);
  checkCount('f', f, 0, n);
  checkCount('q', q, 1, n);
  if (n - f < q) {
    return { kind: 'liveness', silent: nodesOf((1 << f) - 1), answering: n - f };
  }
  const shared = Math.max(0, 2 * q - n);
  if (shared > f) return undefined;
  // The two quorums that share least: the first q nodes and the last q nodes.
  const first = 2 ** q - 1;
  const second = first * 2 ** (n - q);
  return {
    kind: 'safety',
    first: nodesOf(first),
    second: nodesOf(second),
    liars: nodesOf(first & second),
  };
}
