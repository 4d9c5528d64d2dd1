import { clonePlain, equalPlain, type Plain } from '@holdfast/plain';
import type { Machine } from '../kv/machine.ts';
import { type ApiCall, callApi, readApi } from './apis/api.ts';
import { releaseLocks, sessionTerms } from './apis/consul.ts';
import type { CoordinationDefect } from './defects.ts';
import {
  type Answer,
  compact,
  type CoordinationMachineState,
  emptyCoordination,
  endSession,
  heldAt,
  keepAlive,
  put,
  remove,
} from './store.ts';

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
  | { readonly f: 'expire'; readonly session: number; readonly renewals: number }
  /** In the words of a service that is in use. */
  | ApiCall;

/** How a machine is made. */
export interface CoordinationMachineOptions {
  /** Events kept for watches; older ones are compacted. */
  readonly keepEvents: number;
  /** What it begins with: a snapshot of another cluster. */
  readonly restored?: CoordinationMachineState | undefined;
  /** Breaks the machine on purpose. */
  readonly defect?: CoordinationDefect | undefined;
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
      if (f === 'api') {
        return { ...readApi(state, command as unknown as ApiCall), revision: state.revision };
      }
      if (f !== 'get' || key === undefined) return { error: 'unsupported', revision: state.revision };
      const held = heldAt(state, key);
      return { value: held?.value ?? null, modified: held?.modified ?? 0, revision: state.revision };
    },
  };
}

function apply(
  state: CoordinationMachineState,
  operation: CoordinationOperation,
  { defect }: CoordinationMachineOptions,
): Answer {
  switch (operation.f) {
    case 'keep-alive':
      return keepAlive(state, operation.session, operation.ttlMs);
    case 'close-session':
      return sessionOver(state, operation.session, defect);
    case 'expire': {
      const session = state.sessions[operation.session];
      // Broken twin: a renewal that came in between counts for nothing.
      const isOld = session?.renewals === operation.renewals || defect === 'expires-without-comparing';
      return session !== undefined && isOld
        ? sessionOver(state, operation.session, defect)
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
    case 'api':
      return callApi(state, operation, defect);
    default:
      return { error: 'unsupported' };
  }
}

/** Ephemeral keys go, and locks of the session are released or deleted, as it was opened. */
function sessionOver(
  state: CoordinationMachineState,
  session: number,
  defect: CoordinationDefect | undefined,
): Answer {
  const terms = sessionTerms(state, session);
  const answer = endSession(state, session, defect);
  if (answer['error'] === undefined) releaseLocks(state, session, terms);
  return answer;
}
