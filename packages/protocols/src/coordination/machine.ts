import { clonePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { Machine } from '../kv/machine.ts';
import type { CoordinationDefect } from './defects.ts';

/** What is asked of the service. Sessions are named by whoever opens them; times in milliseconds. */
export type CoordinationOperation =
  /** Opens the session, or renews it. */
  | { readonly f: 'keep-alive'; readonly session: number; readonly ttlMs: number }
  | { readonly f: 'close-session'; readonly session: number }
  /** With `session` the key is ephemeral: it goes when the session does. */
  | { readonly f: 'put'; readonly key: string; readonly value: Plain; readonly session?: number }
  | { readonly f: 'delete'; readonly key: string }
  /** Puts `to` if the key holds `value` (null: absent), or was last changed at `revision` (0: absent). */
  | {
      readonly f: 'compare-and-swap';
      readonly key: string;
      readonly if: { readonly value: Plain } | { readonly revision: number };
      readonly to: Plain;
      readonly session?: number;
    }
  | { readonly f: 'get'; readonly key: string }
  /** Forgets events up to this revision. */
  | { readonly f: 'compact'; readonly revision: number }
  /** The leader's own: the session's time is over, if it was renewed no more than so many times. */
  | { readonly f: 'expire'; readonly session: number; readonly renewals: number };

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

/** How a machine is made. */
export interface CoordinationMachineOptions {
  /** Events kept for watches; older ones are compacted. */
  readonly keepEvents: number;
  /** What it begins with: a snapshot of another cluster. */
  readonly restored?: CoordinationMachineState | undefined;
  /** Breaks the machine on purpose. */
  readonly defect?: CoordinationDefect | undefined;
}

/** An empty state. */
export function emptyCoordination(): CoordinationMachineState {
  return { revision: 0, compacted: 0, keys: {}, sessions: {}, events: [] };
}

/** Sessions, ephemeral keys, compare-and-swap and revisions as a replicated state machine. Answers are `{ revision, ... }` or `{ error, revision }`. */
export function coordinationMachine(options: CoordinationMachineOptions): Machine<CoordinationMachineState> {
  const { restored, keepEvents } = options;
  return {
    name: 'coordination',
    init: () => (restored === undefined ? emptyCoordination() : clonePlain(restored)),
    apply(state, command): Plain {
      const answer = apply(state, command as unknown as CoordinationOperation, options);
      if (state.events.length > keepEvents) compact(state, state.revision - keepEvents);
      return { ...answer, revision: state.revision };
    },
    query(state, command): Plain {
      const { f, key } = command as { readonly f?: string; readonly key?: string };
      if (f !== 'get' || key === undefined) return { error: 'unsupported', revision: state.revision };
      const held = heldAt(state, key);
      return { value: held?.value ?? null, modified: held?.modified ?? 0, revision: state.revision };
    },
  };
}

type Answer = Readonly<Record<string, Plain>>;

function apply(
  state: CoordinationMachineState,
  operation: CoordinationOperation,
  { defect }: CoordinationMachineOptions,
): Answer {
  switch (operation.f) {
    case 'keep-alive':
      return keepAlive(state, operation.session, operation.ttlMs);
    case 'close-session':
      return endSession(state, operation.session, defect);
    case 'expire': {
      const session = state.sessions[operation.session];
      // Broken twin: a renewal that came in between counts for nothing.
      const isOld = session?.renewals === operation.renewals || defect === 'expires-without-comparing';
      return session !== undefined && isOld
        ? endSession(state, operation.session, defect)
        : { error: 'renewed' };
    }
    case 'put':
      return put(state, operation.key, operation.value, operation.session ?? 0);
    case 'delete':
      return remove(state, operation.key);
    case 'compare-and-swap': {
      const held = heldAt(state, operation.key);
      const { if: condition } = operation;
      const fits =
        'revision' in condition
          ? (held?.modified ?? 0) === condition.revision
          : equalPlain(held?.value ?? null, condition.value);
      return fits
        ? { ...put(state, operation.key, operation.to, operation.session ?? 0), done: true }
        : { done: false };
    }
    case 'get': {
      const held = heldAt(state, operation.key);
      return { value: held?.value ?? null, modified: held?.modified ?? 0 };
    }
    case 'compact':
      if (operation.revision <= state.compacted) return { error: 'compacted', compacted: state.compacted };
      if (operation.revision > state.revision) return { error: 'future-revision' };
      compact(state, operation.revision);
      return {};
    default:
      return { error: 'unsupported' };
  }
}

function keepAlive(state: CoordinationMachineState, session: number, ttlMs: number): Answer {
  const renewals = (state.sessions[session]?.renewals ?? 0) + 1;
  state.sessions[session] = { ttlMs, renewals };
  return { renewals };
}

function endSession(
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

function put(state: CoordinationMachineState, key: string, value: Plain, session: number): Answer {
  if (session !== 0 && state.sessions[session] === undefined) return { error: 'no-session' };
  if (value === null) return remove(state, key);
  const created = heldAt(state, key)?.created ?? state.revision + 1;
  changed(state, key, value);
  state.keys[nameOf(key)] = { value, created, modified: state.revision, session };
  return { modified: state.revision };
}

function remove(state: CoordinationMachineState, key: string): Answer {
  if (heldAt(state, key) === undefined) return { removed: false };
  delete state.keys[nameOf(key)];
  changed(state, key, null);
  return { removed: true };
}

function changed(state: CoordinationMachineState, key: string, value: Plain): void {
  state.revision++;
  state.events.push({ revision: state.revision, key, value });
}

function compact(state: CoordinationMachineState, upTo: number): void {
  state.compacted = Math.max(state.compacted, upTo);
  state.events = state.events.filter(({ revision }) => revision > state.compacted);
}

// Plain objects treat this one name as something else.
const nameOf = (key: string): string => (key === '__proto__' ? '__proto__ ' : key);

function heldAt({ keys }: CoordinationMachineState, key: string): HeldKey | undefined {
  const name = nameOf(key);
  return Object.hasOwn(keys, name) ? keys[name] : undefined;
}
