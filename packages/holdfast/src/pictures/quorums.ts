import {
  type ByzantineChoice,
  findByzantineBreak,
  findDisjointQuorums,
  findStaleRead,
  majorityMembership,
  type QuorumRule,
  type ReplicaCounts,
} from '@holdfast/protocols';
import type { QuorumDiagram, QuorumSet } from '@holdfast/report';

const numbered = (n: number): readonly string[] => Array.from({ length: n }, (_, i) => `N${i + 1}`);
const firstOf = (n: number): readonly number[] => Array.from({ length: n }, (_, i) => i);
const lastOf = (n: number, count: number): readonly number[] => firstOf(count).map((i) => n - count + i);

/** Write and read quorums of N replicas: the pair that misses one another, or the least that any two share. */
export function replicationDiagram(counts: ReplicaCounts): QuorumDiagram {
  const { n, w, r } = counts;
  const stale = findStaleRead(counts);
  const written = { name: `write, W = ${w}`, members: stale?.written ?? firstOf(w) };
  const read = { name: `read, R = ${r}`, members: stale?.read ?? lastOf(n, r) };
  const says =
    stale === undefined
      ? `R + W = ${r + w} > N = ${n}: every read meets every write in at least ${r + w - n}`
      : `R + W = ${r + w} is not above N = ${n}: this read misses this write`;
  return {
    title: `N = ${n}, W = ${w}, R = ${r}`,
    nodes: numbered(n),
    sets: [written, read],
    holds: stale === undefined,
    says,
  };
}

/** The step from one membership to another, at once or by way of a joint one: two majorities that decide apart, if there are any. */
export function membershipDiagram(
  before: readonly string[],
  after: readonly string[],
  joint: boolean,
): QuorumDiagram {
  const nodes = [...new Set([...before, ...after])];
  const old: QuorumRule = [majorityMembership(before)];
  const next: QuorumRule = joint
    ? [majorityMembership(before), majorityMembership(after)]
    : [majorityMembership(after)];
  const disjoint = findDisjointQuorums(old, next);
  const places = (names: readonly string[]): readonly number[] => names.map((name) => nodes.indexOf(name));
  const majority = (names: readonly string[]): readonly string[] =>
    names.slice(0, Math.floor(names.length / 2) + 1);
  const title = `{${before.join(',')}} to {${after.join(',')}}, ${joint ? 'jointly' : 'at once'}`;
  const to = joint ? 'majorities of both' : 'majority of the new';
  if (disjoint !== undefined) {
    const sets: QuorumSet[] = [
      { name: 'majority of the old', members: places(disjoint.first) },
      { name: to, members: places(disjoint.second) },
    ];
    return {
      title,
      nodes,
      sets,
      holds: false,
      says: 'these two decide without a common node, and may decide differently',
    };
  }
  const both = joint ? [...new Set([...majority(before), ...majority(after)])] : majority(after);
  const sets: QuorumSet[] = [
    { name: 'majority of the old', members: places(majority(before)) },
    { name: to, members: places(both) },
  ];
  return { title, nodes, sets, holds: true, says: 'every two that decide share a node' };
}

/** Quorums among nodes of which some may lie: the two that share only liars, the silence that leaves too few, or neither. */
export function byzantineDiagram(choice: ByzantineChoice): QuorumDiagram {
  const { n, f, q } = choice;
  const broken = findByzantineBreak(choice);
  const title = `N = ${n}, up to ${f} Byzantine, quorums of ${q}`;
  const nodes = numbered(n);
  if (broken?.kind === 'liveness') {
    const silent = new Set(broken.silent);
    const answering = firstOf(n).filter((node) => !silent.has(node));
    const says = `with ${f} silent only ${broken.answering} answer, and a quorum takes ${q}: nothing is ever decided`;
    const sets = [{ name: 'answering', members: answering }];
    return { title, nodes, sets, flawed: broken.silent, flaw: 'is silent', holds: false, says };
  }
  const sets = [
    { name: 'one quorum', members: broken?.first ?? firstOf(q) },
    { name: 'another quorum', members: broken?.second ?? lastOf(n, q) },
  ];
  if (broken === undefined) {
    const says = `any two quorums share at least ${2 * q - n}, of which at most ${f} lie, and ${n - f} always answer`;
    return { title, nodes, sets, holds: true, says };
  }
  const says = `these share ${broken.liars.length}, and all of them may lie: each quorum may decide something else`;
  return { title, nodes, sets, flawed: broken.liars, flaw: 'lies', holds: false, says };
}
