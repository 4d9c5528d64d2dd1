import type { NodeId } from '@holdfast/protocols';
import type { OperationEvent } from '../properties/operations.ts';

/** A message as a picture needs it. */
export interface MessageFacts {
  readonly from: NodeId;
  readonly to: NodeId;
  /** Its type. */
  readonly label: string;
  readonly payload: unknown;
}

/** What one step of a system of cores did, as plain data for pictures. Clients count from 0. */
export interface StepFacts {
  readonly kind:
    | 'deliver'
    | 'drop'
    | 'duplicate'
    | 'timer'
    | 'request'
    | 'stored'
    | 'crash'
    | 'restart'
    | 'boot';
  /** The node that took it; of a loss or a copy, the one the message was for. */
  readonly node: NodeId;
  /** What was delivered, lost or copied. */
  readonly message?: MessageFacts;
  readonly timer?: string;
  /** What a client asks. */
  readonly request?: { readonly client: number; readonly command: unknown };
  readonly sends: readonly MessageFacts[];
  readonly replies: readonly { readonly client: number; readonly result: unknown }[];
  /** Clients that waited for a node that crashed. */
  readonly lost: readonly number[];
  /** What observers may know of the node after it; null when it is down. */
  readonly view: Readonly<Record<string, unknown>> | null;
  /** Operations it began or ended, where the model records them. */
  readonly operations: readonly OperationEvent[];
}
