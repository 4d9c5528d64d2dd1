import type { Plain } from '@holdfast/plain';

/**
 * A replicated state machine: the same commands in the same order give the same state and the same results on every replica. Both
 * are plain data. `apply` and `query` depend on nothing but their arguments: no clock, no random number, no external call,
 * no iteration order that depends on history, no floating point beyond IEEE basics. Total: every command is legal in every state.
 */
export interface Machine<S = unknown> {
  /** The machine's name in reports: `kv`. */
  readonly name: string;
  /** The state before the first command. */
  init(): S;
  /** Carries out a command: changes `state` in place and answers the result. */
  apply(state: S, command: Plain): Plain;
  /** Answers a read without changing `state`; a machine without it has its reads go through the log. */
  query?(state: S, command: Plain): Plain;
}
