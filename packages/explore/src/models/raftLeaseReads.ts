import {
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftOptions,
  type RaftResult,
  type RaftState,
} from '@holdfast/protocols';
import type { Spec } from '../engine/spec/spec.ts';
import type { TimedEvent, TimedState, TimedSystem } from '../timed/system.ts';
import { timedSpec } from '../timed/timedSpec.ts';
import { REGISTER, WRITTEN } from './raftReads.ts';

/** What is remembered of a run of lease reads. */
export interface LeaseReadPast {
  /** Whether the write was answered. */
  readonly written: boolean;
  /** Whether the read was asked for after that. */
  readonly owed: boolean;
  readonly stale: boolean;
}

/** A Raft group that serves reads by lease, to explore in discrete time. */
export interface RaftLeaseReads
  extends Pick<TimedSystem<RaftMessage, RaftCommand, RaftResult, LeaseReadPast>, 'ticks'>,
    Partial<
      Pick<TimedSystem<RaftMessage, RaftCommand, RaftResult, LeaseReadPast>, 'delayTicks' | 'inFlight'>
    > {
  readonly name: string;
  readonly nodes: number;
  readonly options?: Partial<RaftOptions>;
}

const WRITE = 1;
const READ = 2;
const [READER, WRITER] = [1, 2];
const NOTHING: LeaseReadPast = { written: false, owed: false, stale: false };

/**
 * The lease read path of the Raft core in discrete time: one leader is asked to write, another to read, each whenever it takes itself for
 * the leader, and a read asked for after the write was answered must show it. Nodes are alike, so it does not matter which two are asked.
 */
export function raftLeaseReads(system: RaftLeaseReads): Spec<TimedState<RaftMessage, LeaseReadPast>> {
  const { name, nodes, ticks, delayTicks = 0, inFlight = 2, options = {} } = system;
  const voters = Array.from({ length: nodes }, (_, i) => i + 1);
  const timing = { electionTimeoutMs: 2, electionJitterMs: 1, heartbeatMs: 1, maxDriftPpm: 0 };
  const modes = { preVote: false, checkQuorum: true, leaseReads: true, snapshotEvery: 0 };
  const core = raft({ ...timing, ...modes, ...options, voters }, REGISTER);
  const once = { client: 0, sequence: 0 } as const;
  return timedSpec<RaftMessage, RaftCommand, RaftResult, LeaseReadPast>({
    name,
    // Two that may campaign are enough for one leader to be replaced; a third that does neither decides between them.
    nodes: voters.map((id) => ({
      id,
      core,
      ...([READER, WRITER].includes(id) ? {} : { without: ['election'] }),
    })),
    ticks,
    delayTicks,
    inFlight,
    requests: [
      { to: WRITER, command: { ...once, operation: { f: 'write', value: WRITTEN } }, when: leads },
      { to: READER, command: { ...once, operation: { f: 'read' }, read: 'lease' }, when: leads },
    ],
    past: NOTHING,
    remember,
    always: { 'a read shows what was written before it': (_, { stale }) => !stale },
    reachable: {
      'a leader is asked that has been replaced': (views, { owed }) =>
        owed && views.some(({ id, state }) => id === READER && leads(state)),
    },
  });
}

function leads(state: unknown): boolean {
  return (state as RaftState | null)?.role === 'leader';
}

function remember(past: LeaseReadPast, event: TimedEvent<RaftResult>): LeaseReadPast {
  if (event.kind === 'request' && event.request === READ) return { ...past, owed: past.written };
  if (event.kind !== 'reply' || !event.result.ok) return past;
  if (event.request === WRITE) return { ...past, written: true };
  return past.owed && event.result.value !== WRITTEN ? { ...past, stale: true } : past;
}
