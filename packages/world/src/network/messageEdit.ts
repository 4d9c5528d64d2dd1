import { assertWhole } from '../models/optionError.ts';

/** What replaces the network's decision for one message: it is lost, or each copy of it takes `byUs` longer. */
export type MessageEdit = { readonly kind: 'drop' } | { readonly kind: 'delay'; readonly byUs: number };

/**
 * Edits by message number: the position of a message among all that a run has sent, from 0. A number names the same message as
 * long as nothing before it has changed; numbers that are never sent change nothing.
 */
export type MessageEdits = Readonly<Record<string, MessageEdit>>;

/** The longest extra delay: a simulated day. */
export const MAX_MESSAGE_DELAY_US = 86_400_000_000;

/** Throws `BadOptionError` for a delay that is not a whole number of microseconds from 0 to `MAX_MESSAGE_DELAY_US`. */
export function assertMessageEdits(edits: MessageEdits): void {
  for (const [message, edit] of Object.entries(edits)) {
    if (edit.kind === 'delay') assertWhole(`messages.${message}.byUs`, edit.byUs, 0, MAX_MESSAGE_DELAY_US);
  }
}
