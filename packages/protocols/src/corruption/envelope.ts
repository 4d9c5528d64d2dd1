import { encodePlain, hashString } from '@holdfast/plain';

/** A value as it travels or lies on a disk: its text, and a checksum of the text. */
export interface Envelope {
  readonly text: string;
  /** A signed 32-bit hash: against accidents, not against anybody who wants to be believed. */
  readonly checksum: number;
}

/** Writes a value that JSON can hold down, with its checksum. */
export function seal(value: unknown): Envelope {
  const text = encodePlain(value);
  return { text, checksum: hashString(text) };
}

/** The value, or undefined when text and checksum do not belong together: to be dropped, as if it had been lost. */
export function open(envelope: Envelope): { readonly value: unknown } | undefined {
  if (hashString(envelope.text) !== envelope.checksum) return undefined;
  return { value: JSON.parse(envelope.text) as unknown };
}
