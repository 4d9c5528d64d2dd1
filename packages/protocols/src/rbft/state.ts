import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import type { Execution } from '../byzantine/execution.ts';
import type { Core, NodeId, Outbox, RequestId } from '../core/core.ts';
import type { PbftMessage, PrePrepare } from '../pbft/messages.ts';
import type { PbftState } from '../pbft/state.ts';
import type { RbftConfig } from './config.ts';
import type { InstanceChange, RbftMessage } from './messages.ts';

/** A request on its way to the instances. */
export interface Propagated {
  readonly command: SignedCommand;
  /** Nodes that have passed it on, this one included. */
  heard: NodeId[];
  /** Clients of this node that wait for it to be given to the instances. */
  waiting: RequestId[];
  /** Whether f + 1 nodes have passed it on, and the instances have it. */
  given: boolean;
}

/** A node's whole state: plain data. */
export interface RbftState {
  readonly self: NodeId;
  /** One PBFT replica for each instance, the master first. */
  instances: PbftState[];
  /** What the master has ordered and this node has carried out. */
  execution: Execution;
  /** How often the primaries were changed: the view of every instance. */
  change: number;
  /** By `commandKey`. */
  requests: Record<string, Propagated>;
  /** Proposals of requests that are not given to the instances yet, by instance and sequence number. */
  parked: Record<string, PrePrepare>;
  /** Requests ordered by each instance since shares were compared last. */
  ordered: number[];
  /** Why this node wants another change, if it does. */
  complaint: 'delta' | 'lambda' | 'omega' | 'view' | null;
  /** The latest vote of each node. */
  votes: Record<number, InstanceChange>;
  /** Changes since the master ordered anything. */
  attempts: number;
}

/** The core of one instance. */
export type InstanceCore = Core<PbftState, PbftMessage, SignedCommand, ByzantineResult>;

/** One node, for the length of one step. */
export interface RbftNode {
  readonly config: RbftConfig;
  readonly cores: readonly InstanceCore[];
  readonly state: RbftState;
  readonly out: Outbox<RbftMessage, ByzantineResult>;
}

/** Sends to all others. */
export function tellOthers({ config, state, out }: RbftNode, message: RbftMessage, after = 0): void {
  for (const to of config.nodes) if (to !== state.self) out.send(to, message, after);
}
