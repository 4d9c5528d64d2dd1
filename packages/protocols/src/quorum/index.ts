export {
  type ByzantineBreak,
  type ByzantineChoice,
  byzantineQuorum,
  byzantineSize,
  crashSize,
  findByzantineBreak,
  majorityOf,
  toleratedByzantine,
  toleratedCrashes,
} from './faults.ts';
export {
  checkMembershipChange,
  type DisjointQuorums,
  findDisjointQuorums,
  majorityMembership,
  type Membership,
  type QuorumRule,
} from './membership.ts';
export { type PlacedReplica, type PlacementReport, placementReport, type ZoneLoss } from './placement.ts';
export {
  checkReplicaCounts,
  findNewThenOld,
  findStaleRead,
  type NewThenOld,
  quorumAvailability,
  type QuorumFacts,
  quorumFacts,
  quorumLatency,
  REPLICA_LIMIT,
  type ReplicaCounts,
  type SloppyFacts,
  sloppyFacts,
} from './replication.ts';
export { choose, countOf, ENUMERATION_LIMIT, nodesOf, QuorumOptionsError, subsetsOfSize } from './subsets.ts';
