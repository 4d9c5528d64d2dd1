import type { Plain } from '@holdfast/plain';
import type { ApiCall, ApiRequest } from '../apis/api.ts';
import type { CoordinationResult } from '../state.ts';
import type { Answer, CoordinationEvent } from '../store.ts';

/** What a recipe asks next: a request, or a watch that is answered with events, with none after a while, or with `compacted`. */
export type RecipeAsk =
  | { readonly kind: 'do'; readonly operation: ApiCall }
  | { readonly kind: 'watch'; readonly prefix: string; readonly from: number };

/**
 * A client of a coordination service, step by step: it yields what it asks and is handed the answer. Whoever drives it finds the leader, repeats
 * what was not answered under the same name, and renews the session meanwhile; a recipe only hears answers.
 */
export type Recipe<T> = Generator<RecipeAsk, T, CoordinationResult>;

/** A lock that is held, or a term that is led. */
export interface HeldLock {
  readonly name: string;
  readonly session: number;
  /** The key that stands for it. */
  readonly key: string;
  /** Rises from holder to holder: for whatever the lock protects to check. Holding the lock is not enough. */
  readonly token: number;
}

/** A value of the configuration, and what it takes to change it. */
export interface Configured {
  readonly value: Plain;
  /** Hand it back to write: version (ZooKeeper), mod revision (etcd), ModifyIndex (Consul); 0 where there is nothing. */
  readonly version: number;
  /** The revision it was read at: follow it from there. */
  readonly at: number;
}

/** Addresses of a service, sorted. */
export interface Discovered {
  readonly addresses: readonly Plain[];
  readonly at: number;
}

/** The four recipes, in the primitives of one service. Election is the lock of a name: who holds it leads. */
export interface CoordinationRecipes {
  open(session: number, ttlMs: number): Recipe<void>;
  /** Waits until the lock is held. */
  lock(session: number, name: string): Recipe<HeldLock>;
  /** False when it was not held any more. */
  unlock(held: HeldLock): Recipe<boolean>;
  /** The session that holds a lock or leads, at some moment that may be over; 0 for none. */
  leader(name: string): Recipe<number>;
  read(name: string): Recipe<Configured>;
  /** Writes if nobody has since the version was read. */
  write(name: string, value: Plain, version: number): Recipe<boolean>;
  /** Waits for a value later than `at`. Values in between may be passed over. */
  next(name: string, at: number): Recipe<Configured>;
  register(session: number, service: string, address: Plain): Recipe<void>;
  discover(service: string): Recipe<Discovered>;
}

/** Thrown when a service refuses what a recipe needs: a session that is over, mostly. */
export class RecipeError extends Error {
  readonly code = 'RECIPE_REFUSED';
  readonly error: string;
  constructor(request: ApiRequest, error: string) {
    super(
      `Cannot go on as ${request.request.op} must be carried out: current answer is '${error}'; open a session anew`,
    );
    this.name = 'RecipeError';
    this.error = error;
  }
}

/** Asks, and takes the answer with the revision it was made at; refusals are the caller's to look at. */
export function* tried(request: ApiRequest): Recipe<{ readonly answer: Answer; readonly revision: number }> {
  const result = yield { kind: 'do', operation: { f: 'api', ...request } };
  if (!result.ok || 'events' in result) throw new RecipeError(request, result.ok ? 'events' : result.error);
  return { answer: result.value as Answer, revision: result.revision };
}

/** Asks, and throws `RecipeError` when it is refused. */
export function* asked(request: ApiRequest): Recipe<{ readonly answer: Answer; readonly revision: number }> {
  const done = yield* tried(request);
  const { error } = done.answer;
  if (typeof error === 'string') throw new RecipeError(request, error);
  return done;
}

/** Waits for events of keys with a prefix from a revision on; none when a while has passed, or when some are forgotten: read again. */
export function* watched(prefix: string, from: number): Recipe<readonly CoordinationEvent[]> {
  const result = yield { kind: 'watch', prefix, from };
  return result.ok && 'events' in result ? result.events : [];
}
