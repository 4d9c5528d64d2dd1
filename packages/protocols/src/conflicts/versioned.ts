import { clonePlain, type Plain } from '@holdfast/plain';
import { replicaCount } from '../replication/optionsError.ts';

/**
 * A value that is only written by who knows its version: reject on conflict (optimistic concurrency, Kung and Robinson 1981). Plain data, changed in
 * place by one owner; versions count from 1, 0 is never written. A request sent again gets the answer it got.
 */
export interface VersionedValue {
  version: number;
  value: Plain;
  /** The latest answer of each client. */
  readonly answers: Record<string, { readonly sequence: number; readonly answer: VersionedAnswer }>;
  /** Writes asked for and refused, for the conflict rate; a repeated request counts once. */
  asked: number;
  refused: number;
}

/** What a writer hears. After a conflict nothing was changed: read again, decide again, and write with the new version. */
export type VersionedAnswer =
  | { readonly ok: true; readonly version: number }
  | { readonly ok: false; readonly error: 'conflict'; readonly version: number; readonly value: Plain }
  | { readonly ok: false; readonly error: 'stale-sequence' };

/** A write that expects a version. `client` and `sequence` (from 1) name the request for all time. */
export interface VersionedWrite {
  readonly client: string;
  readonly sequence: number;
  readonly expected: number;
  readonly value: Plain;
}

/** Never written. */
export function startVersioned(): VersionedValue {
  return { version: 0, value: null, answers: {}, asked: 0, refused: 0 };
}

/** Writes if the version is the one expected. Throws `ReplicationOptionsError` for a sequence or version that cannot be. */
export function writeVersioned(held: VersionedValue, write: VersionedWrite): VersionedAnswer {
  replicaCount('sequence', write.sequence);
  replicaCount('expected', write.expected, 0);
  const known = Object.hasOwn(held.answers, write.client) ? held.answers[write.client] : undefined;
  if (known !== undefined && write.sequence <= known.sequence) {
    return write.sequence === known.sequence ? known.answer : { ok: false, error: 'stale-sequence' };
  }
  held.asked++;
  let answer: VersionedAnswer;
  if (write.expected === held.version) {
    held.version++;
    held.value = clonePlain(write.value);
    answer = { ok: true, version: held.version };
  } else {
    held.refused++;
    answer = { ok: false, error: 'conflict', version: held.version, value: clonePlain(held.value) };
  }
  held.answers[write.client] = { sequence: write.sequence, answer };
  return answer;
}

/** Refused writes among those asked for; 0 before the first. */
export function versionedConflictRate({ asked, refused }: VersionedValue): number {
  return asked === 0 ? 0 : refused / asked;
}
