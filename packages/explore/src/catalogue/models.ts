import { ABD_MODELS } from './abd.ts';
import { BEN_OR_MODELS } from './benOr.ts';
import { COMMIT_MODELS } from './commit.ts';
import { DELIVERY_MODELS } from './delivery.ts';
import { EPAXOS_MODELS } from './epaxos.ts';
import { LEASE_MODELS } from './lease.ts';
import type { NamedModel } from './named.ts';
import { PAXOS_MODELS } from './paxos.ts';
import { PBFT_MODELS } from './pbft.ts';
import { PUBLISHED_MODELS } from './published.ts';
import { RAFT_MODELS } from './raft.ts';
import { RAFT_RACES } from './raftRaces.ts';
import { SWIM_MODELS } from './swim.ts';
import { VIEWSTAMPED_MODELS } from './viewstamped.ts';
import { ZAB_MODELS } from './zab.ts';

/** All models that come with the explorer, in the order in which they are listed. */
export const NAMED_MODELS: readonly NamedModel[] = [
  ...PUBLISHED_MODELS,
  ...RAFT_MODELS,
  ...RAFT_RACES,
  ...PAXOS_MODELS,
  ...VIEWSTAMPED_MODELS,
  ...ZAB_MODELS,
  ...EPAXOS_MODELS,
  ...BEN_OR_MODELS,
  ...ABD_MODELS,
  ...COMMIT_MODELS,
  ...PBFT_MODELS,
  ...SWIM_MODELS,
  ...DELIVERY_MODELS,
  ...LEASE_MODELS,
];
