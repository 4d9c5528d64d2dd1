import { checkCount, countOf, ENUMERATION_LIMIT, nodesOf, QuorumOptionsError } from './subsets.ts';

/** Who decides, and how many of them it takes. */
export interface Membership {
  readonly members: readonly string[];
  readonly quorum: number;
}

/** A set decides when it holds a quorum of every membership listed: one alone, or the two of a joint configuration. */
export type QuorumRule = readonly Membership[];

/** Two sets without a common member that each decide. */
export interface DisjointQuorums {
  readonly first: readonly string[];
  readonly second: readonly string[];
}

/** A membership that decides by majority. */
export function majorityMembership(members: readonly string[]): Membership {
  return { members, quorum: Math.floor(members.length / 2) + 1 };
}

/**
 * A quorum of `a` and a quorum of `b` without a common member, or undefined when all pairs meet: found by trying every
 * set of the nodes of both, at most `ENUMERATION_LIMIT` of them. Two such quorums can decide two different things.
 */
export function findDisjointQuorums(a: QuorumRule, b: QuorumRule): DisjointQuorums | undefined {
  const nodes = [...new Set([...a, ...b].flatMap(({ members }) => members))];
  checkCount('members', nodes.length, 1, ENUMERATION_LIMIT);
  const first = a.map((membership) => maskOf(membership, nodes));
  const second = b.map((membership) => maskOf(membership, nodes));
  const all = 2 ** nodes.length - 1;
  let best: number | undefined;
  for (let set = 0; set <= all; set++) {
    if (decides(set, first) && decides(all & ~set, second)) {
      if (best === undefined || countOf(set) < countOf(best)) best = set;
    }
  }
  if (best === undefined) return undefined;
  const names = (set: number) => nodesOf(set).map((node) => nodes[node] ?? '');
  return { first: names(best), second: names(trim(all & ~best, second)) };
}

/** The steps of a change of membership after which two configurations act at once: each with its disjoint quorums. */
export function checkMembershipChange(
  steps: readonly QuorumRule[],
): readonly { readonly step: number; readonly disjoint: DisjointQuorums }[] {
  return steps.slice(1).flatMap((next, i) => {
    const disjoint = findDisjointQuorums(steps[i] ?? next, next);
    return disjoint ? [{ step: i + 1, disjoint }] : [];
  });
}

interface Mask {
  readonly mask: number;
  readonly quorum: number;
}

function maskOf({ members, quorum }: Membership, nodes: readonly string[]): Mask {
  if (new Set(members).size !== members.length) {
    throw new QuorumOptionsError('members', 'a list of different nodes', members.join(', '));
  }
  checkCount('quorum', quorum, 1, members.length);
  return { mask: members.reduce((mask, member) => mask | (1 << nodes.indexOf(member)), 0), quorum };
}

function decides(set: number, rule: readonly Mask[]): boolean {
  return rule.every(({ mask, quorum }) => countOf(set & mask) >= quorum);
}

/** Leaves out nodes a decision does not need. */
function trim(set: number, rule: readonly Mask[]): number {
  let left = set;
  for (const node of nodesOf(set)) if (decides(left & ~(1 << node), rule)) left &= ~(1 << node);
  return left;
}
