import type { Plain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import type { ClientCommand, Executed } from '../kv/clientTable.ts';

/**
 * What granters, holders and the resource say to each other. A token numbers one tenure of the lease, for all time; a round numbers
 * the requests of one holder to the granters, an op its calls to the resource under one token.
 */
export type LeaseMessage =
  /** Wants the lease, under a token above all it has heard of. */
  | { readonly type: 'claim'; readonly round: number; readonly token: number }
  /** Wants more time for the tenure it has. */
  | { readonly type: 'renew'; readonly round: number; readonly token: number }
  /** Will not act under this token. */
  | { readonly type: 'release'; readonly token: number }
  | { readonly type: 'granted'; readonly round: number; readonly token: number }
  /** `token` is the highest this granter has given; `holder` has it while its lease runs, 0 when nobody does. */
  | { readonly type: 'refused'; readonly round: number; readonly token: number; readonly holder: NodeId }
  /** Becomes the only writer of the resource, and asks for what it holds. */
  | { readonly type: 'open'; readonly token: number; readonly op: number }
  /** An epoch in a command: the resource carries it out only for its latest writer. */
  | { readonly type: 'call'; readonly token: number; readonly op: number; readonly command: ClientCommand }
  | {
      readonly type: 'opened';
      readonly token: number;
      readonly op: number;
      readonly values: Readonly<Record<string, Plain>>;
    }
  /** The call is behind it, now or before; `held` is what its key holds. */
  | {
      readonly type: 'called';
      readonly token: number;
      readonly op: number;
      readonly done: Executed;
      readonly held: Plain;
    }
  /** Nothing was done: `highest` has opened the resource since. */
  | { readonly type: 'fenced'; readonly token: number; readonly highest: number };

const NAMES: Readonly<Record<LeaseMessage['type'], string>> = {
  claim: 'Claim',
  renew: 'Renew',
  release: 'Release',
  granted: 'Granted',
  refused: 'Refused',
  open: 'Open',
  call: 'Call',
  opened: 'Opened',
  called: 'Called',
  fenced: 'Fenced',
};

/** A message's name in pictures. */
export function leaseMessageName(message: LeaseMessage): string {
  return NAMES[message.type];
}
