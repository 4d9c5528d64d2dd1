import { encodePlain } from '@holdfast/plain';
import type { Recorder } from '../properties/recorder.ts';

/** By position, every entry some node took to be there, encoded, sorted. */
export type EntriesPast = Readonly<Record<string, readonly string[]>>;

/** What a note says of a position of the log; undefined for nothing. */
export type ReadEntry = (
  note: string,
  data: unknown,
) => readonly [position: string, entry: unknown] | undefined;

/** Remembers what was carried out, decided or chosen at each position of a replicated log. */
export function entryRecorder<M, C, R>(read: ReadEntry): Recorder<M, C, R> {
  const initial: EntriesPast = {};
  return {
    initial,
    observe: (seen) => {
      const found = seen.kind === 'note' ? read(seen.note, seen.data) : undefined;
      return found === undefined ? undefined : { position: found[0], entry: encodePlain(found[1]) };
    },
    next: (past, seen): EntriesPast => {
      const before = past as EntriesPast;
      const { position, entry } = seen as { readonly position: string; readonly entry: string };
      const entries = before[position] ?? [];
      return entries.includes(entry) ? before : { ...before, [position]: [...entries, entry].sort() };
    },
  };
}

/** One entry a position, whoever says it. */
export function allAgree(past: EntriesPast): boolean {
  return Object.values(past).every((entries) => entries.length < 2);
}
