import type { SignedCommand } from '../byzantine/command.ts';
import type { NodeId } from '../core/core.ts';
import { type PbftMessage, pbftMessageName } from '../pbft/messages.ts';

/** A node wants other primaries than those of change number `change`. */
export interface InstanceChange {
  readonly type: 'instance-change';
  readonly by: NodeId;
  readonly change: number;
  readonly signature: string;
}

/** What nodes say to each other (Aublin, Ben Mokhtar and Quema 2013, section IV). */
export type RbftMessage =
  /** A client's request, told to everybody before anybody orders it. Counted by who is at the other end. */
  | { readonly type: 'propagate'; readonly command: SignedCommand }
  /** A message of one of the f + 1 instances. */
  | { readonly type: 'instance'; readonly instance: number; readonly message: PbftMessage }
  | InstanceChange;

/** The short name of a message: of a backup's, with its number. */
export function rbftMessageName(message: RbftMessage): string {
  if (message.type === 'propagate') return 'Propagate';
  if (message.type === 'instance-change') return 'InstanceChange';
  const { instance } = message;
  return `${pbftMessageName(message.message)}${instance === 0 ? '' : `/${instance}`}`;
}
