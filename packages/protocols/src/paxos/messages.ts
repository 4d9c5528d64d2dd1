import type { Plain } from '@holdfast/plain';
import type { Ballot } from './ballot.ts';

/** What Paxos nodes say to each other (Lamport 2001, section 2.2 and 2.3). */
export type PaxosMessage =
  /** Phase 1a. */
  | { readonly type: 'prepare'; readonly ballot: Ballot }
  /** Phase 1b: nothing below `ballot` will be accepted; what was accepted last, if anything (`acceptedBallot` 0: nothing). */
  | {
      readonly type: 'promise';
      readonly ballot: Ballot;
      readonly acceptedBallot: Ballot;
      readonly value: Plain;
    }
  /** Phase 2a. */
  | { readonly type: 'accept'; readonly ballot: Ballot; readonly value: Plain }
  /** Phase 2b. */
  | { readonly type: 'accepted'; readonly ballot: Ballot }
  /** Refuses `ballot` because of a higher promise; saves the proposer the wait (an optimisation, section 2.5). */
  | { readonly type: 'refuse'; readonly ballot: Ballot; readonly promised: Ballot }
  /** The value is chosen. */
  | { readonly type: 'learn'; readonly value: Plain };

const NAMES: Readonly<Record<PaxosMessage['type'], string>> = {
  prepare: 'Prepare',
  promise: 'Promise',
  accept: 'Accept',
  accepted: 'Accepted',
  refuse: 'Refuse',
  learn: 'Learn',
};

/** The short name of a message. */
export function paxosMessageName(message: PaxosMessage): string {
  return NAMES[message.type];
}
