import type { NodeId } from '../core/core.ts';
import { RAFT_DEFECTS, RAFT_FIELD_DEFECTS, type RaftDefect, type RaftFieldDefect } from './defects.ts';

/** What a Raft group is asked to be. Durations are in milliseconds of the node's own clock. */
export interface RaftOptions {
  /** The voters of the first configuration; the same list on every node, also on nodes that join later. */
  readonly voters: readonly NodeId[];
  /** Non-voting members of the first configuration. */
  readonly learners?: readonly NodeId[];
  /** A follower that hears nothing campaigns after a time in [electionTimeoutMs, electionTimeoutMs + electionJitterMs - 1]. Default 150. */
  readonly electionTimeoutMs?: number;
  /** Default: `electionTimeoutMs`. 1 gives every node the same timeout, and split votes. */
  readonly electionJitterMs?: number;
  /** Time between heartbeats; below `electionTimeoutMs`. Default 50. */
  readonly heartbeatMs?: number;
  /** Candidates ask whether they could win before they raise the term (dissertation, 9.6). Default true. */
  readonly preVote?: boolean;
  /** A leader without a quorum steps down, and nodes that hear a leader refuse votes (dissertation, 6.2, 4.2.3). Default true. */
  readonly checkQuorum?: boolean;
  /** Leaders keep a read lease (dissertation, 6.4.1). Needs `checkQuorum`. Default false. */
  readonly leaseReads?: boolean;
  /** The assumption of lease reads: no clock runs more than this many parts per million faster than another. Default 1000. */
  readonly maxDriftPpm?: number;
  /** Unanswered appends per follower. Default 64. */
  readonly maxInflight?: number;
  /** Entries per append. Default 64. */
  readonly maxEntriesPerAppend?: number;
  /** Entries a leader holds that are not committed; beyond it proposals are refused. Default 10,000. */
  readonly maxUncommitted?: number;
  /** Entries handed to the state machine at once. Default 1,000. */
  readonly maxApplying?: number;
  /** A snapshot is taken every so many applied entries; 0 never. Default 1,000. */
  readonly snapshotEvery?: number;
  /** Entries kept behind a snapshot for followers that lag a little. Default 100. */
  readonly keepEntries?: number;
  /** Client sessions remembered; beyond it the one least recently used is forgotten, and with it its deduplication. Default 10,000. */
  readonly maxSessions?: number;
  /** Reads a node holds while they are confirmed; beyond it reads are refused. Default 10,000. */
  readonly maxPendingReads?: number;
  /** A leader that is removed or demoted steps down when it applies that. Default true. */
  readonly stepDownOnRemoval?: boolean;
  /** Lets membership changes into the log that do not fit the configuration in force. Default false. */
  readonly skipChangeChecks?: boolean;
  /** Breaks the protocol on purpose. */
  readonly defect?: RaftDefect | RaftFieldDefect | undefined;
}

/** Options with nothing left open. */
export type RaftConfig = Readonly<Required<RaftOptions>>;

/** Thrown for options no Raft group can run with. */
export class RaftOptionsError extends RangeError {
  readonly code = 'BAD_RAFT_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot run Raft as ${option} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}`,
    );
    this.name = 'RaftOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open. Throws `RaftOptionsError`. */
export function raftConfig(options: RaftOptions): RaftConfig {
  const electionTimeoutMs = options.electionTimeoutMs ?? 150;
  const config: RaftConfig = {
    voters: [...options.voters].sort((a, b) => a - b),
    learners: [...(options.learners ?? [])].sort((a, b) => a - b),
    electionTimeoutMs,
    electionJitterMs: options.electionJitterMs ?? electionTimeoutMs,
    heartbeatMs: options.heartbeatMs ?? 50,
    preVote: options.preVote ?? true,
    checkQuorum: options.checkQuorum ?? true,
    leaseReads: options.leaseReads ?? false,
    maxDriftPpm: options.maxDriftPpm ?? 1_000,
    maxInflight: options.maxInflight ?? 64,
    maxEntriesPerAppend: options.maxEntriesPerAppend ?? 64,
    maxUncommitted: options.maxUncommitted ?? 10_000,
    maxApplying: options.maxApplying ?? 1_000,
    snapshotEvery: options.snapshotEvery ?? 1_000,
    keepEntries: options.keepEntries ?? 100,
    maxSessions: options.maxSessions ?? 10_000,
    maxPendingReads: options.maxPendingReads ?? 10_000,
    stepDownOnRemoval: options.stepDownOnRemoval ?? true,
    skipChangeChecks: options.skipChangeChecks ?? false,
    defect: options.defect,
  };
  check(config);
  return config;
}

const DEFECTS: readonly (RaftDefect | RaftFieldDefect)[] = [...RAFT_DEFECTS, ...RAFT_FIELD_DEFECTS];

const AT_LEAST_ONE = [
  'electionTimeoutMs',
  'electionJitterMs',
  'heartbeatMs',
  'maxInflight',
  'maxEntriesPerAppend',
  'maxUncommitted',
  'maxApplying',
  'maxSessions',
  'maxPendingReads',
] as const;

function check(config: RaftConfig): void {
  for (const name of AT_LEAST_ONE) {
    if (!Number.isInteger(config[name]) || config[name] < 1) {
      throw new RaftOptionsError(name, 'a whole number of at least 1', config[name]);
    }
  }
  for (const name of ['snapshotEvery', 'keepEntries'] as const) {
    if (!Number.isInteger(config[name]) || config[name] < 0) {
      throw new RaftOptionsError(name, 'a whole number of at least 0', config[name]);
    }
  }
  if (config.heartbeatMs >= config.electionTimeoutMs) {
    throw new RaftOptionsError(
      'heartbeatMs',
      `below electionTimeoutMs (${config.electionTimeoutMs}), or followers depose a healthy leader`,
      config.heartbeatMs,
    );
  }
  checkMembers(config);
  if (config.leaseReads && !config.checkQuorum) {
    throw new RaftOptionsError('checkQuorum', 'true with leaseReads: nothing else keeps voters loyal', false);
  }
  if (!(config.maxDriftPpm >= 0 && config.maxDriftPpm < 1_000_000)) {
    throw new RaftOptionsError('maxDriftPpm', 'in [0, 1000000)', config.maxDriftPpm);
  }
  if (config.defect !== undefined && !DEFECTS.includes(config.defect)) {
    throw new RaftOptionsError('defect', `one of ${DEFECTS.join(', ')}`, config.defect);
  }
}

function checkMembers({ voters, learners }: RaftConfig): void {
  const all = [...voters, ...learners];
  if (!all.every((id) => Number.isInteger(id) && id > 0)) {
    throw new RaftOptionsError('voters and learners', 'positive whole numbers', all);
  }
  if (new Set(all).size !== all.length) {
    throw new RaftOptionsError('voters and learners', 'distinct', all);
  }
}
