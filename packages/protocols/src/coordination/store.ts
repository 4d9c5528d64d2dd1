import type { Plain } from '@holdfast/plain';
import type { CoordinationDefect } from './defects.ts';

/** One change, at one revision; `value` null is a deletion. */
export interface CoordinationEvent {
  readonly revision: number;
  readonly key: string;
  readonly value: Plain;
}

/** A key as it stands. */
export interface HeldKey {
  readonly value: Plain;
  /** The revision that created it, and the last that changed it. */
  readonly created: number;
  readonly modified: number;
  /** The session it belongs to; 0 for none. */
  readonly session: number;
}

/** The replicated state: plain data. */
export interface CoordinationMachineState {
  /** The latest change; every change has the next number. */
  revision: number;
  /** Events up to this revision are forgotten. */
  compacted: number;
  keys: Record<string, HeldKey>;
  sessions: Record<number, { readonly ttlMs: number; readonly renewals: number }>;
  /** Events since the compaction, one a revision, in order. */
  events: CoordinationEvent[];
}

/** An empty state. */
export function emptyCoordination(): CoordinationMachineState {
  return { revision: 0, compacted: 0, keys: {}, sessions: {}, events: [] };
}

/** What an operation answers, beside the revision. */
export type Answer = Readonly<Record<string, Plain>>;

/** Opens a session, or renews it; answers how often it was. */
export function keepAlive(state: CoordinationMachineState, session: number, ttlMs: number): Answer {
  const renewals = (state.sessions[session]?.renewals ?? 0) + 1;
  state.sessions[session] = { ttlMs, renewals };
  return { renewals };
}

/** Ends a session, and what belongs to it goes. */
export function endSession(
  state: CoordinationMachineState,
  session: number,
  defect: CoordinationDefect | undefined,
): Answer {
  if (state.sessions[session] === undefined) return { error: 'no-session' };
  delete state.sessions[session];
  // Broken twin: nobody sweeps.
  if (defect === 'keeps-ephemerals') return {};
  // Sorted: the order of keys must not depend on how a replica came by them.
  const own = Object.keys(state.keys).filter((key) => heldAt(state, key)?.session === session);
  for (const key of own.sort()) remove(state, key);
  return {};
}

/** Writes a key, for a session or (0) for good; null removes it. */
export function put(state: CoordinationMachineState, key: string, value: Plain, session: number): Answer {
  if (session !== 0 && state.sessions[session] === undefined) return { error: 'no-session' };
  if (value === null) return remove(state, key);
  const created = heldAt(state, key)?.created ?? state.revision + 1;
  changed(state, key, value);
  state.keys[nameOf(key)] = { value, created, modified: state.revision, session };
  return { modified: state.revision };
}

/** Removes a key. */
export function remove(state: CoordinationMachineState, key: string): Answer {
  if (heldAt(state, key) === undefined) return { removed: false };
  delete state.keys[nameOf(key)];
  changed(state, key, null);
  return { removed: true };
}

function changed(state: CoordinationMachineState, key: string, value: Plain): void {
  state.revision++;
  state.events.push({ revision: state.revision, key, value });
}

/** Forgets events up to a revision. */
export function compact(state: CoordinationMachineState, upTo: number): void {
  state.compacted = Math.max(state.compacted, upTo);
  state.events = state.events.filter(({ revision }) => revision > state.compacted);
}

// Plain objects treat this one name as something else.
const nameOf = (key: string): string => (key === '__proto__' ? '__proto__ ' : key);

/** A key as it stands. */
export function heldAt({ keys }: CoordinationMachineState, key: string): HeldKey | undefined {
  const name = nameOf(key);
  return Object.hasOwn(keys, name) ? keys[name] : undefined;
}

/** Keys with a prefix, sorted: an order that does not depend on how a replica came by them. */
export function keysUnder({ keys }: CoordinationMachineState, prefix: string): string[] {
  return Object.keys(keys)
    .filter((key) => key.startsWith(prefix))
    .sort();
}
