import {
  classifyRaftResult,
  guarded,
  kv,
  leaderClient,
  raft,
  type RaftCommand,
  type RaftMessage,
  raftMessageName,
  type RaftOptions,
  type RaftResult,
} from '@holdfast/protocols';
import { linkPolicy } from '@holdfast/world';
import { ExperimentError } from '../experiment/errors.ts';
import type { Subject } from '../experiment/subject.ts';
import { exploredRaftKv } from './raft/explored.ts';
import { KV_OPERATIONS } from './raft/operation.ts';
import { RAFT_KV_NODES, type RaftKvOptions } from './raft/options.ts';
import { WATCHED_PROMISES } from './raft/promises.ts';
import { type RaftCore, RunningRaftKv } from './raft/running.ts';

/** How clients of the store retry; the budget of S3.32. */
const CLIENT = { attemptTimeoutMs: 300, backoffMs: [5, 50], maxAttempts: 8, deadlineMs: 2_000 } as const;

/** A replicated key-value store: clients, servers, and a Raft core with its monitors. */
export function raftKv(options: RaftKvOptions): Subject {
  const [least, most] = RAFT_KV_NODES;
  if (!Number.isInteger(options.nodes) || options.nodes < least || options.nodes > most) {
    throw new ExperimentError(
      'raftKv.nodes',
      `must be a whole number from ${least} to ${most}: current value is ${options.nodes}`,
      'choose a size',
    );
  }
  const servers = Array.from({ length: options.nodes }, (_, i) => i + 1);
  const voters = options.voters ?? servers;
  const config = {
    electionTimeoutMs: 300,
    heartbeatMs: 60,
    ...options.raft,
    ...(options.reads === 'lease' ? { leaseReads: true } : {}),
    voters,
    ...(options.defect === undefined ? {} : { defect: options.defect }),
  };
  const coreOf = (version: Omit<RaftOptions, 'voters'>): RaftCore => {
    const plain = raft({ ...config, ...version }, kv);
    return options.guard === true ? guarded(plain) : plain;
  };
  const core = coreOf({});
  const versions = Object.fromEntries(
    Object.entries(options.versions ?? {}).map(([name, version]) => [name, coreOf(version)]),
  );
  const clientCore = leaderClient<RaftCommand, RaftResult>({
    ...CLIENT,
    servers,
    callsArriveOnce: false,
    classify: classifyRaftResult,
  });
  return {
    name: `raft key-value store on ${options.nodes} nodes${options.defect === undefined ? '' : ` (${options.defect})`}`,
    nodes: servers.map((node) => `N${node}`),
    failureModels: [
      'omission',
      'timing',
      ...(options.defect === undefined ? [] : (['unstable-storage'] as const)),
    ],
    operations: KV_OPERATIONS,
    promises: [...WATCHED_PROMISES, 'equal states at equal applied index'],
    link: linkPolicy({ latency: options.latency ?? { kind: 'uniform', minUs: 200, maxUs: 1_000 } }),
    messageLabel,
    explored: (nodes) => {
      // Leases depend on how long timers last, and any may go off at any time.
      if (options.reads === 'lease' || options.voters !== undefined) return undefined;
      if (nodes < least || nodes > options.nodes) return undefined;
      const ids = servers.slice(0, nodes);
      return exploredRaftKv(raft({ ...config, voters: ids }, kv), ids, options);
    },
    resized: (nodes) =>
      nodes >= least && nodes < options.nodes && voters.length === options.nodes
        ? raftKv({ ...options, nodes, changes: [], transfers: [] })
        : undefined,
    start: (context) => new RunningRaftKv(context, options, { core, versions, clientCore }),
  };
}

function messageLabel(payload: unknown): string {
  const message = payload as RaftMessage | { readonly kind: 'call' | 'answer' };
  if ('type' in message) return raftMessageName(message);
  return message.kind === 'call' ? 'Call' : 'Answer';
}
