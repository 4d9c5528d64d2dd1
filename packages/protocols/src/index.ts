/**
 * Protocol cores and data types. Each folder lists what it offers in its own `index.ts`, by name.
 */
export * from './byzantine/index.ts';
export * from './client/index.ts';
export * from './clocks/index.ts';
export * from './commit/index.ts';
export * from './coordination/index.ts';
export * from './core/index.ts';
export * from './crdt/index.ts';
export * from './delivery/index.ts';
export * from './detectors/index.ts';
export * from './failover/index.ts';
export * from './generals/index.ts';
export * from './hotstuff/index.ts';
export * from './kv/index.ts';
export * from './lab/index.ts';
export * from './lease/index.ts';
export * from './multipaxos/index.ts';
export * from './ot/index.ts';
export * from './paxos/index.ts';
export * from './pbft/index.ts';
export * from './quorum/index.ts';
export * from './raft/index.ts';
export * from './replication/index.ts';
export * from './tendermint/index.ts';
export * from './viewstamped/index.ts';
export * from './leaderless/index.ts';
export * from './merkle/index.ts';
export * from './abd/index.ts';
export * from './conflicts/index.ts';
export * from './zab/index.ts';
export * from './benor/index.ts';
export * from './epaxos/index.ts';
export * from './swim/index.ts';
export * from './gossip/index.ts';
export * from './consensus/index.ts';
export * from './corruption/index.ts';
