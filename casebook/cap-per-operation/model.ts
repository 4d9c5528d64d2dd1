/** How a service treats writes while its regions cannot reach each other. */
export const POLICIES = ['accept-all', 'per-operation', 'reject-writes', 'read-only'] as const;
/** One of them. */
export type Policy = (typeof POLICIES)[number];

/** What a field of a profile needs: one authority, any answer, or that no edit is lost. */
export type Class = 'strong' | 'degraded' | 'merged';

/** The fields of a profile by class: each is written by an operation of its own. */
export const FIELDS: Readonly<Record<string, Class>> = {
  password: 'strong',
  permission: 'strong',
  billing: 'strong',
  'display name': 'degraded',
  avatar: 'degraded',
  preferences: 'degraded',
  bio: 'merged',
  notifications: 'merged',
};

/** The class of a key: of a merged field every edit is a key of its own, `bio#7`. */
export function classOf(key: string): Class {
  return FIELDS[key.replace(/#.*$/, '')] ?? 'degraded';
}

/** The region that decides on strong fields, and the other one. */
export const HOME = 1;
export const AWAY = 2;

/** A region that has heard nothing of the other for this long takes it for cut off, ms. */
export const SILENCE_MS = 200;
export const SYNC_MS = 50;

/** What a region says to its callers when it does not do what was asked. */
export const WORDS = {
  strong: 'cannot be changed or shown here now: it needs the home region',
  all: 'nothing can be changed here now',
} as const;

/** A value with the stamp that orders it: a Lamport clock, then the region. */
export interface Stamped {
  readonly value: unknown;
  readonly counter: number;
  readonly region: number;
}

/** An operation as a client asks for it, and as one region forwards it to the other. */
export interface Command {
  readonly id: string;
  readonly isWrite: boolean;
  readonly key: string;
  readonly value: unknown;
}

/** What a region answers. */
export type Result =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: 'refused'; readonly why: string }
  | { readonly ok: false; readonly error: 'unclear' };

/** What regions say to each other. */
export type Message =
  | {
      readonly type: 'sync';
      readonly counter: number;
      readonly fields: Readonly<Record<string, Stamped>>;
      readonly edits: readonly string[];
    }
  | { readonly type: 'forward'; readonly command: Command }
  | { readonly type: 'forwarded'; readonly id: string; readonly result: Result };

/** A region. */
export interface Region {
  readonly self: number;
  counter: number;
  fields: Record<string, Stamped>;
  /** Edits of merged fields: a set that only grows. */
  edits: string[];
  /** Nothing was heard of the other region for a while. */
  cutOff: boolean;
  /** Writes carried out, so that one sent again is not carried out again. */
  done: string[];
  /** Commands sent to the home region and not answered: the request that waits, 0 when it has been given up. */
  forwarded: Record<string, number>;
}
