/** A public source that cases are anchored in. */
export interface Anchor {
  readonly title: string;
  /** What it is used for. */
  readonly use: string;
}

/** The name of one of the nine sources that incidents are anchored in. */
export type IncidentAnchor =
  | 'github-2018'
  | 'raft-paper'
  | 'etcd-recovery'
  | 'aws-retries'
  | 'aws-idempotency'
  | 'lamport-1978'
  | 'aws-time'
  | 'gilbert-lynch'
  | 'jepsen-etcd';

/** The source map (S0.34): nine public sources. Named, never fetched. */
export const ANCHORS: Readonly<Record<IncidentAnchor, Anchor>> = {
  'github-2018': {
    title: 'GitHub October 21 post-incident analysis (2018)',
    use: 'network partition, failover, recovery of diverged databases, operational trade-offs',
  },
  'raft-paper': {
    title: 'In Search of an Understandable Consensus Algorithm (Ongaro and Ousterhout, 2014)',
    use: 'leader election, replicated logs, quorum commit, uncommitted entries',
  },
  'etcd-recovery': {
    title: 'etcd disaster recovery (etcd documentation)',
    use: 'failures a quorum tolerates, recovery from a snapshot into a new cluster',
  },
  'aws-retries': {
    title: 'Timeouts, retries, and backoff with jitter (Amazon Builders’ Library)',
    use: 'retry amplification, backoff, jitter, choice of timeouts',
  },
  'aws-idempotency': {
    title: 'Making retries safe with idempotent APIs (Amazon Builders’ Library)',
    use: 'safe retries of operations with side effects',
  },
  'lamport-1978': {
    title: 'Time, Clocks, and the Ordering of Events in a Distributed System (Lamport, 1978)',
    use: 'happens-before, logical clocks, order of events',
  },
  'aws-time': {
    title: 'Precision clock and time synchronization on EC2 (AWS documentation)',
    use: 'physical time as a reference, never as proof of causal order',
  },
  'gilbert-lynch': {
    title:
      'Brewer’s Conjecture and the Feasibility of Consistent, Available, Partition-Tolerant Web Services (Gilbert and Lynch, 2002)',
    use: 'consistency against availability while a network is parted',
  },
  'jepsen-etcd': {
    title: 'Jepsen: etcd 3.4.3 (2020), and its etcd and Consul analysis of 2014 for stale reads',
    use: 'what a consensus-backed store really promises under faults, and stale reads',
  },
};

/** The name of a source that the basics are anchored in. */
export type BasicsAnchor = 'fallacies' | 'partial-failure' | 'partitions';

/** What the basics are anchored in: no incident, but where an idea was first said or counted. */
export const BASICS_ANCHORS: Readonly<Record<BasicsAnchor, Anchor>> = {
  fallacies: {
    title: 'The Eight Fallacies of Distributed Computing (Deutsch, 1994; the eighth by Gosling, 1997)',
    use: 'what people new to networks believe of them',
  },
  'partial-failure': {
    title: 'A Note on Distributed Computing (Waldo, Wyant, Wollrath, and Kendall, 1994)',
    use: 'partial failure: why a remote call is no local one',
  },
  partitions: {
    title: 'The Network is Reliable (Bailis and Kingsbury, 2014)',
    use: 'partitions that happened, of every shape',
  },
};

/** The name of an anchor. */
export type AnchorName = IncidentAnchor | BasicsAnchor;

/** An anchor by its name. */
export function anchorOf(name: AnchorName): Anchor {
  return { ...ANCHORS, ...BASICS_ANCHORS }[name];
}

/** The mechanisms a case can name (S0.1). */
export const MECHANISMS = [
  'timeout',
  'logical clock',
  'vector clock',
  'quorum',
  'consensus',
  'fencing token',
  'idempotency key',
  'backoff',
] as const;

/** One of them. */
export type Mechanism = (typeof MECHANISMS)[number];

/** Which of the seven questions. */
export type CapstoneName =
  | 'who-may-write'
  | 'accepted-or-committed'
  | 'quorum-and-backup'
  | 'retry-contract'
  | 'ordering-model'
  | 'operation-matrix'
  | 'tested-reads';

/** What a case asks a project of the reader's own (S0.35). */
export const CAPSTONES: Readonly<Record<CapstoneName, string>> = {
  'who-may-write': 'Who may write during a partition?',
  'accepted-or-committed':
    'Where does the project tell "accepted by a node" from "committed by a quorum", and which of the two does a client hear?',
  'quorum-and-backup':
    'How many members may the coordination service lose for good, and which backup was restored last?',
  'retry-contract': 'What are timeout, retry and idempotency of every operation that calls another service?',
  'ordering-model': 'What orders two updates that were made in different places?',
  'operation-matrix': 'What does each operation do during a partition?',
  'tested-reads': 'Which test shows that reads and writes of the store mean what the design assumes?',
};
