import type { Plain } from '@holdfast/plain';
import type { Ballot } from '../paxos/ballot.ts';

/** A client's command in a slot. */
export interface SlotCommand {
  readonly client: number;
  readonly sequence: number;
  readonly operation: Plain;
}

/** What a slot holds: a command, or null for a no-op. */
export type SlotEntry = SlotCommand | null;

/** A slot as an acceptor knows it: accepted in `ballot`, or chosen. */
export interface ReportedSlot {
  readonly slot: number;
  readonly ballot: Ballot;
  readonly entry: SlotEntry;
  readonly chosen: boolean;
}

/** What Multi-Paxos nodes say to each other. Slots count from 1. */
export type MultiPaxosMessage =
  /** Phase 1a, once for all slots from `from` on. */
  | { readonly type: 'prepare'; readonly ballot: Ballot; readonly from: number }
  /** Phase 1b, with everything known from there on. */
  | { readonly type: 'promise'; readonly ballot: Ballot; readonly slots: readonly ReportedSlot[] }
  /** Phase 2a. */
  | { readonly type: 'accept'; readonly ballot: Ballot; readonly slot: number; readonly entry: SlotEntry }
  /** Phase 2b. */
  | { readonly type: 'accepted'; readonly ballot: Ballot; readonly slot: number }
  | { readonly type: 'refuse'; readonly promised: Ballot }
  /** Slots that are chosen. */
  | {
      readonly type: 'chosen';
      readonly slots: readonly { readonly slot: number; readonly entry: SlotEntry }[];
    }
  /** The leader lives; it knows all slots up to `chosenTo`. */
  | { readonly type: 'heartbeat'; readonly ballot: Ballot; readonly chosenTo: number }
  /** Asks the leader for chosen slots from `from` on. */
  | { readonly type: 'behind'; readonly from: number };

const NAMES: Readonly<Record<MultiPaxosMessage['type'], string>> = {
  prepare: 'Prepare',
  promise: 'Promise',
  accept: 'Accept',
  accepted: 'Accepted',
  refuse: 'Refuse',
  chosen: 'Chosen',
  heartbeat: 'Heartbeat',
  behind: 'Behind',
};

/** The short name of a message. */
export function multiPaxosMessageName(message: MultiPaxosMessage): string {
  return NAMES[message.type];
}
