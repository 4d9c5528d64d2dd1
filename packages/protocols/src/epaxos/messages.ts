import type { ClientCommand } from '../kv/clientTable.ts';
import type { Ballot } from '../paxos/ballot.ts';
import type { CommandId, Payload } from './commandId.ts';

/** How far a command has come at a replica. */
export type EPaxosPhase = 'initial' | 'pre-accepted' | 'accepted' | 'committed';

/** A command that may rule out that another was committed fast, and how far it has come where it was found. */
export interface Invalidating {
  readonly id: CommandId;
  readonly phase: EPaxosPhase;
}

/** What replicas say to each other about one command (Ryabinin, Gotsman and Sutra 2025). Dependencies are in the order of ids. */
export type EPaxosMessage = { readonly id: CommandId } & (
  | {
      readonly type: 'pre-accept';
      readonly command: ClientCommand;
      readonly dependencies: readonly CommandId[];
    }
  | { readonly type: 'pre-accept-ok'; readonly dependencies: readonly CommandId[] }
  | {
      readonly type: 'accept';
      readonly ballot: Ballot;
      readonly payload: Payload;
      readonly dependencies: readonly CommandId[];
    }
  | { readonly type: 'accept-ok'; readonly ballot: Ballot }
  | { readonly type: 'commit'; readonly payload: Payload; readonly dependencies: readonly CommandId[] }
  | { readonly type: 'recover'; readonly ballot: Ballot }
  | {
      readonly type: 'recover-ok';
      readonly ballot: Ballot;
      readonly accepted: Ballot;
      readonly phase: EPaxosPhase;
      readonly payload: Payload;
      readonly dependencies: readonly CommandId[];
      /** What the coordinator proposed first. */
      readonly initial: readonly CommandId[];
    }
  | {
      readonly type: 'validate';
      readonly ballot: Ballot;
      readonly command: ClientCommand;
      readonly dependencies: readonly CommandId[];
    }
  | { readonly type: 'validate-ok'; readonly ballot: Ballot; readonly invalidating: readonly Invalidating[] }
  /** The recovery of `id` waits for others; `agreeing` replicas of its quorum pre-accepted it as proposed. */
  | { readonly type: 'waiting'; readonly agreeing: number }
);

const NAMES: Readonly<Record<EPaxosMessage['type'], string>> = {
  'pre-accept': 'PreAccept',
  'pre-accept-ok': 'PreAcceptOK',
  accept: 'Accept',
  'accept-ok': 'AcceptOK',
  commit: 'Commit',
  recover: 'Recover',
  'recover-ok': 'RecoverOK',
  validate: 'Validate',
  'validate-ok': 'ValidateOK',
  waiting: 'Waiting',
};

/** The short name of a message. */
export function epaxosMessageName(message: EPaxosMessage): string {
  return NAMES[message.type];
}
