import type { NodeId } from '../core/core.ts';
import type { Opinion } from './opinion.ts';

/** An opinion on its way through the group. */
export interface SwimUpdate extends Opinion {
  readonly member: NodeId;
  /** Who found it out: the accuser of a suspect, the one that gave up a dead member, else the member itself. */
  readonly by: NodeId;
}

/** What members say to each other. Sequence numbers count at the one that waits for the answer. */
export type SwimMessage =
  | { readonly type: 'ping'; readonly sequence: number; readonly updates: readonly SwimUpdate[] }
  /** Asks to ping `target` in the sender's stead. */
  | {
      readonly type: 'ping-req';
      readonly sequence: number;
      readonly target: NodeId;
      readonly updates: readonly SwimUpdate[];
    }
  | { readonly type: 'ack'; readonly sequence: number; readonly updates: readonly SwimUpdate[] }
  /** The one asked to ping in another's stead is there, and heard nothing from the target so far (Lifeguard). */
  | { readonly type: 'nack'; readonly sequence: number }
  /** All that the sender holds. One that `asks` wants as much in return. */
  | { readonly type: 'sync'; readonly asks: boolean; readonly updates: readonly SwimUpdate[] };

const NAMES: Readonly<Record<SwimMessage['type'], string>> = {
  ping: 'Ping',
  'ping-req': 'PingReq',
  ack: 'Ack',
  nack: 'Nack',
  sync: 'Sync',
};

/** The short name of a message. */
export function swimMessageName(message: SwimMessage): string {
  return NAMES[message.type];
}
