import { encodePlain, type Plain } from '@holdfast/plain';
import { clientPrincipal, isSignedBy, type Signer, signAs } from './signer.ts';

/** A client's command, signed by the client: no node can invent one. A client's sequences rise from 1. */
export interface SignedCommand {
  readonly client: number;
  readonly sequence: number;
  readonly operation: Plain;
  readonly signature: string;
}

/**
 * What a client hears from one node: nothing it may believe alone. It believes what f + 1 nodes answer alike over connections it knows to
 * be theirs (`matchingClient`).
 */
export type ByzantineResult =
  | { readonly ok: true; readonly value: Plain }
  /** The command had no effect by this request. */
  | { readonly ok: false; readonly error: 'not-genuine' | 'stale-sequence' | 'too-many-pending' };

/** Signs a command as its client. */
export function signCommand(
  signer: Signer,
  command: { readonly client: number; readonly sequence: number; readonly operation: Plain },
): SignedCommand {
  return signAs<SignedCommand>(signer, clientPrincipal(command.client), command);
}

/** Whether the client named in it signed the command. */
export function isGenuine(signer: Signer, command: SignedCommand): boolean {
  return isSignedBy(signer, clientPrincipal(command.client), command);
}

/** Names a command for all time. */
export function commandKey({
  client,
  sequence,
}: {
  readonly client: number;
  readonly sequence: number;
}): string {
  return `${client}/${sequence}`;
}

/** The digest of what agreement is about: commands, or null for nothing. */
export function digestOf(signer: Signer, content: unknown): string {
  return signer.digest(encodePlain(content));
}
