import type { Plain } from '@holdfast/plain';
import type { CoordinationDefect } from '../defects.ts';
import {
  type Answer,
  type CoordinationMachineState,
  endSession,
  heldAt,
  type HeldKey,
  keepAlive,
  keysUnder,
  put,
  remove,
} from '../store.ts';

/** Consul's requests on keys and sessions. Indexes are revisions; times in milliseconds. */
export type ConsulRequest =
  | {
      readonly op: 'session-create';
      readonly session: number;
      readonly ttlMs: number;
      /** For so long after the session is invalidated nobody gets its locks. Default 15,000, as Consul's. */
      readonly lockDelayMs?: number;
      /** What becomes of its locks: the keys are released, or deleted. Default `release`. */
      readonly behavior?: 'release' | 'delete';
    }
  | { readonly op: 'session-renew' | 'session-destroy' | 'session-info'; readonly session: number }
  | {
      readonly op: 'kv-put';
      readonly key: string;
      readonly value: Plain;
      /** Only if the key was last changed at this index; 0: only if it is not there. */
      readonly cas?: number;
      /** Takes the lock for a session; refused while another holds it, or its lock-delay runs. */
      readonly acquire?: number;
      /** Gives the lock back. */
      readonly release?: number;
    }
  | { readonly op: 'kv-delete'; readonly key: string; readonly cas?: number }
  | { readonly op: 'kv-get' | 'kv-list'; readonly key: string };

/** What a key holds. */
export interface ConsulEntry {
  readonly data: Plain;
  /** How often its lock was taken. With key and session the sequencer, for others to check. */
  readonly lockIndex: number;
  /** The session that holds its lock; 0 for none. */
  readonly holder: number;
}

/** How a session ends. */
export interface SessionTerms {
  readonly lockDelayMs: number;
  readonly behavior: 'release' | 'delete';
}

/** Consul's default. */
const LOCK_DELAY_MS = 15_000;

const termsKey = (session: number): string => `.consul/session/${session}`;

/** The key that stands for a lock at rest. */
export const delayKey = (key: string): string => `.consul/delay/${key}`;

/**
 * Consul's key-value store and sessions (Consul documentation, "KV store API", "Sessions and distributed locks"): check-and-set by ModifyIndex, locks of sessions, lock-delay. A put or delete that does
 * not fit answers `done: false`; errors: `no-session`, `session-exists`. A blocking query is a watch of the service from the index that was read, plus one, and
 * another read.
 */
export function consul(
  state: CoordinationMachineState,
  request: ConsulRequest,
  defect: CoordinationDefect | undefined,
): Answer {
  switch (request.op) {
    case 'session-create': {
      const { session, ttlMs, lockDelayMs = LOCK_DELAY_MS, behavior = 'release' } = request;
      if (state.sessions[session] !== undefined) return { error: 'session-exists' };
      keepAlive(state, session, ttlMs);
      put(state, termsKey(session), { lockDelayMs, behavior }, session);
      return { session };
    }
    case 'session-renew':
    case 'session-info': {
      const held = state.sessions[request.session];
      if (held === undefined) return { error: 'no-session' };
      if (request.op === 'session-renew') keepAlive(state, request.session, held.ttlMs);
      return { session: request.session, ttlMs: held.ttlMs };
    }
    case 'session-destroy': {
      const terms = sessionTerms(state, request.session);
      const answer = endSession(state, request.session, defect);
      if (answer['error'] === undefined) releaseLocks(state, request.session, terms);
      return answer;
    }
    case 'kv-put':
      return kvPut(state, request, defect);
    case 'kv-delete': {
      const held = heldAt(state, request.key);
      if (request.cas !== undefined && (held?.modified ?? 0) !== request.cas) return { done: false };
      remove(state, request.key);
      return { done: true };
    }
    case 'kv-get':
      return { entries: describe(state, [request.key]) };
    default:
      return { entries: describe(state, keysUnder(state, request.key)) };
  }
}

function kvPut(
  state: CoordinationMachineState,
  { key, value, cas, acquire, release }: Extract<ConsulRequest, { readonly op: 'kv-put' }>,
  defect: CoordinationDefect | undefined,
): Answer {
  const held = heldAt(state, key);
  const { lockIndex = 0, holder = 0 } = (held?.value ?? {}) as Partial<ConsulEntry>;
  if (cas !== undefined && (held?.modified ?? 0) !== cas) return { done: false };
  if (acquire !== undefined) {
    if (state.sessions[acquire] === undefined) return { error: 'no-session' };
    // Broken twin: free is free.
    const rests = heldAt(state, delayKey(key)) !== undefined && defect !== 'ignores-lock-delay';
    const isFree = holder === acquire || (holder === 0 && !rests);
    if (!isFree) return { done: false };
    // Broken twin: who holds it is not counted.
    const next = holder === acquire || defect === 'keeps-lock-index' ? lockIndex : lockIndex + 1;
    put(state, key, { data: value, lockIndex: next, holder: acquire }, 0);
    return { done: true, lockIndex: next };
  }
  if (release !== undefined && holder !== release) return { done: false };
  // Without a session a put writes past a lock: locks are advisory.
  put(state, key, { data: value, lockIndex, holder: release === undefined ? holder : 0 }, 0);
  return { done: true };
}

/** How a session of Consul's was opened; undefined for another. */
export function sessionTerms(state: CoordinationMachineState, session: number): SessionTerms | undefined {
  return heldAt(state, termsKey(session))?.value as unknown as SessionTerms | undefined;
}

/**
 * A session is over: its locks are released or deleted, and kept from everybody for its lock-delay. The delay is a session of its own, which
 * nobody renews.
 */
export function releaseLocks(
  state: CoordinationMachineState,
  session: number,
  terms: SessionTerms | undefined,
): void {
  if (terms === undefined) return;
  const { lockDelayMs, behavior } = terms;
  for (const key of keysUnder(state, '')) {
    const { value } = heldAt(state, key) as HeldKey;
    const { data, lockIndex, holder } = (value ?? {}) as Partial<ConsulEntry>;
    if (holder !== session) continue;
    if (behavior === 'delete') remove(state, key);
    else put(state, key, { data: data ?? null, lockIndex: lockIndex ?? 0, holder: 0 }, 0);
    if (lockDelayMs === 0) continue;
    const delay = -(state.revision + 1);
    keepAlive(state, delay, lockDelayMs);
    put(state, delayKey(key), true, delay);
  }
}

function describe(state: CoordinationMachineState, keys: readonly string[]): Plain {
  return keys.flatMap((key) => {
    const held = heldAt(state, key);
    if (held === undefined || key.startsWith('.consul/')) return [];
    const { data, lockIndex, holder } = held.value as unknown as ConsulEntry;
    const { created, modified } = held;
    return [
      { key, value: data, createIndex: created, modifyIndex: modified, lockIndex, session: holder },
    ] as Plain[];
  });
}
