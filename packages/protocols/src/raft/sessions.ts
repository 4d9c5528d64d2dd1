import { clonePlain, type Plain } from '@holdfast/plain';
import type { Machine } from '../kv/machine.ts';
import type { RaftError } from './client.ts';
import type { RaftConfig } from './config.ts';

/** What a client's last operation was and answered (dissertation, 6.3). */
export interface Session {
  readonly sequence: number;
  readonly result: Plain;
  /** The entry that used the session last. */
  readonly index: number;
}

/** What a normal entry holds. */
export interface ClientEntry {
  readonly client: number;
  readonly sequence: number;
  readonly operation: Plain;
}

/** The part of a node's state that commands change, the same on every node at the same applied index. */
export interface Replicated {
  machine: unknown;
  sessions: Record<number, Session>;
  sessionCount: number;
}

/** What applying an entry answers. */
export type Applied = { readonly value: Plain } | { readonly error: RaftError };

/**
 * Applies a client's entry once: a repeated sequence answers what it answered the first time, an older one is refused.
 */
export function applyOnce(
  state: Replicated,
  entry: ClientEntry,
  index: number,
  machine: Machine,
  config: RaftConfig,
): Applied {
  const { client, sequence } = entry;
  // Broken twin: nobody remembers what was applied.
  if (client === 0 || config.defect === 'no-dedup')
    return { value: machine.apply(state.machine, entry.operation) };
  const session = state.sessions[client];
  if (session !== undefined) {
    if (sequence === session.sequence) return { value: session.result };
    if (sequence < session.sequence) return { error: 'stale-sequence' };
  } else state.sessionCount++;
  const value = machine.apply(state.machine, entry.operation);
  state.sessions[client] = { sequence, result: value, index };
  if (state.sessionCount > config.maxSessions) forgetOldest(state);
  return { value };
}

/** Forgets the session whose last entry is oldest: the same one on every node. */
function forgetOldest(state: Replicated): void {
  let oldest = '';
  let index = Number.POSITIVE_INFINITY;
  for (const client in state.sessions) {
    const session = state.sessions[client] as Session;
    if (session.index >= index) continue;
    index = session.index;
    oldest = client;
  }
  delete state.sessions[Number(oldest)];
  state.sessionCount--;
}

/** The replicated part as snapshot data; shares nothing with the state. */
export function packReplicated(state: Replicated): Plain {
  const { machine, sessions, sessionCount } = state;
  return clonePlain({ machine, sessions, sessionCount }) as unknown as Plain;
}

/** Puts snapshot data in place of the replicated part. */
export function unpackReplicated(state: Replicated, data: Plain): void {
  const { machine, sessions, sessionCount } = clonePlain(data) as unknown as Replicated;
  state.machine = machine;
  state.sessions = sessions;
  state.sessionCount = sessionCount;
}
