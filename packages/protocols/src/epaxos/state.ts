import type { Plain } from '@holdfast/plain';
import type { NodeId, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { ClientCommand, ClientTable } from '../kv/clientTable.ts';
import type { Machine } from '../kv/machine.ts';
import type { Ballot } from '../paxos/ballot.ts';
import { type CommandId, conflict, type Payload, sortedIds } from './commandId.ts';
import type { EPaxosConfig } from './config.ts';
import type { EPaxosMessage, EPaxosPhase, Invalidating } from './messages.ts';

/** What a client hears. */
export type EPaxosResult =
  | { readonly ok: true; readonly value: Plain }
  /** `too-many-open`: no effect. `given-up`: the command was replaced by nothing. `stale-sequence`: a later one came before. */
  | { readonly ok: false; readonly error: 'too-many-open' | 'given-up' | 'stale-sequence' };

/** A command as a replica knows it; durable as a whole. */
export interface Instance {
  ballot: Ballot;
  /** The ballot in which it was accepted last. */
  accepted: Ballot;
  phase: EPaxosPhase;
  payload: Payload;
  dependencies: readonly CommandId[];
  /** What the first coordinator proposed; null when it was never heard. */
  initialCommand: Payload;
  initialDependencies: readonly CommandId[];
}

/** A command this replica coordinates, first or by recovery, in one ballot. */
export interface Attempt {
  readonly ballot: Ballot;
  step: 'pre-accept' | 'accept' | 'recover' | 'validate' | 'waiting';
  preAccepted: Record<NodeId, readonly CommandId[]>;
  accepted: NodeId[];
  reports: Record<NodeId, Extract<EPaxosMessage, { readonly type: 'recover-ok' }>>;
  /** The quorum whose reports decided how to go on. */
  quorum: NodeId[];
  agreeing: number;
  command: Payload;
  dependencies: readonly CommandId[];
  validated: Record<NodeId, readonly Invalidating[]>;
  /** Commands to wait for. */
  invalidating: CommandId[];
}

/** A replica's whole state: plain data. Records are by command. */
export interface EPaxosState {
  readonly self: NodeId;
  /** How many commands it has coordinated first. */
  count: number;
  instances: Record<CommandId, Instance>;
  /** Durable: the last ballot of this replica's own, by command. */
  proposed: Record<CommandId, Ballot>;
  attempts: Record<CommandId, Attempt>;
  /** Recoveries of others that wait, as heard last. */
  waitingElsewhere: Record<CommandId, number>;
  /** Committed, and durable here. */
  settled: Record<CommandId, true>;
  /** Of those, not carried out, in the order of arrival. */
  ready: CommandId[];
  executed: Record<CommandId, true>;
  executedCount: number;
  machine: unknown;
  clients: ClientTable;
  waiting: Record<CommandId, RequestId>;
  /** Whether it will look at what is not committed. */
  watching: boolean;
  /** Of each command not committed: how it stood at the last look, and for how many looks it has stood so. */
  stale: Record<CommandId, { readonly ballot: Ballot; readonly phase: EPaxosPhase; looks: number }>;
  /** Messages of this replica to itself, each to be heard when a store is durable. */
  own: { readonly after: StoreToken; readonly message: EPaxosMessage }[];
}

/** One replica, for the length of one step. */
export interface EPaxosNode {
  readonly config: EPaxosConfig;
  readonly machine: Machine;
  readonly state: EPaxosState;
  readonly out: Outbox<EPaxosMessage, EPaxosResult>;
}

/** What a replica knows of a command, from now on at least that it exists. */
export function instanceOf({ state }: EPaxosNode, id: CommandId): Instance {
  return (state.instances[id] ??= {
    ballot: 0,
    accepted: 0,
    phase: 'initial',
    payload: null,
    dependencies: [],
    initialCommand: null,
    initialDependencies: [],
  });
}

/** Makes what is known of a command durable. */
export function save({ state, out }: EPaxosNode, id: CommandId): StoreToken {
  return out.store([{ key: `command/${id}`, value: { ...(state.instances[id] as Instance) } }]);
}

/** Sends to another replica, or tells itself, once the store is durable. */
export function tell(
  { state, out }: EPaxosNode,
  to: NodeId,
  message: EPaxosMessage,
  after: StoreToken = 0,
): void {
  if (to === state.self) state.own.push({ after, message });
  else out.send(to, message, after);
}

/** Sends to all replicas, itself included. */
export function tellAll(node: EPaxosNode, message: EPaxosMessage, after: StoreToken = 0): void {
  for (const to of node.config.nodes) tell(node, to, message, after);
}

/** The commands a replica has heard of whose order with this one matters. */
export function conflictsOf({ state }: EPaxosNode, id: CommandId, command: ClientCommand): CommandId[] {
  const ids: CommandId[] = [];
  for (const [other, { phase, payload }] of Object.entries(state.instances)) {
    if (other !== id && phase !== 'initial' && payload !== null && conflict(payload, command))
      ids.push(other);
  }
  return sortedIds(ids);
}

/** A new attempt in a ballot. */
export function startAttempt(
  { state }: EPaxosNode,
  id: CommandId,
  ballot: Ballot,
  step: Attempt['step'],
): Attempt {
  const lists = { preAccepted: {}, accepted: [], reports: {}, quorum: [], validated: {}, invalidating: [] };
  const attempt: Attempt = { ballot, step, ...lists, agreeing: 0, command: null, dependencies: [] };
  state.attempts[id] = attempt;
  return attempt;
}
