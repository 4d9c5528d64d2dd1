import type { NodeId } from '../core/core.ts';

/**
 * Ways to break atomic commit on purpose, each a minimal deviation in one marked place, of one protocol. `undefined` is the correct protocol.
 *
 * Two-phase commit:
 * - `prepares-in-memory`: a participant says yes without a durable record, and has forgotten it after a crash (catalogue 116).
 * - `aborts-alone-after-yes`: a participant that said yes gives up waiting and aborts (catalogue 117).
 * - `answers-before-forcing-log`: the coordinator announces commit before its record is durable (catalogue 117).
 *
 * Three-phase commit:
 * - `skips-precommit`: the coordinator commits once all have said yes, as if all knew.
 *
 * Consensus-backed commit:
 * - `decides-alone`: the coordinator takes the votes for the decision, and asks nobody.
 */
export type CommitDefect =
  | 'prepares-in-memory'
  | 'aborts-alone-after-yes'
  | 'answers-before-forcing-log'
  | 'skips-precommit'
  | 'decides-alone';

/** Those of two-phase commit, for tables and sweeps. */
export const COMMIT_DEFECTS: readonly CommitDefect[] = [
  'prepares-in-memory',
  'aborts-alone-after-yes',
  'answers-before-forcing-log',
];

/** Those of three-phase commit. */
export const THREE_PHASE_DEFECTS: readonly CommitDefect[] = ['skips-precommit'];

/** Those of consensus-backed commit. */
export const CONSENSUS_COMMIT_DEFECTS: readonly CommitDefect[] = ['decides-alone'];

/** One transaction: who coordinates it, who takes part. Durations are in milliseconds of the node's own clock. */
export interface CommitOptions {
  readonly coordinator: NodeId;
  /** Not the coordinator; at least one. */
  readonly participants: readonly NodeId[];
  /** Participants that vote no. Default none. */
  readonly refusing?: readonly NodeId[];
  /** How long anybody waits for the next message. Default 100. */
  readonly timeoutMs?: number;
  /** Breaks the protocol it belongs to on purpose; the others refuse it. */
  readonly defect?: CommitDefect | undefined;
}

/** Options with nothing left open. */
export type CommitConfig = Readonly<Required<CommitOptions>>;

/** Thrown for options no transaction can run with. */
export class CommitOptionsError extends RangeError {
  readonly code = 'BAD_COMMIT_OPTIONS';
  readonly option: string;
  readonly value: unknown;
  constructor(option: string, must: string, value: unknown) {
    super(
      `Cannot commit as ${option} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}`,
    );
    this.name = 'CommitOptionsError';
    this.option = option;
    this.value = value;
  }
}

/** Validates options once and fills in what is left open; `defects` are those that may be asked for. Throws `CommitOptionsError`. */
export function commitConfig(options: CommitOptions, defects: readonly CommitDefect[]): CommitConfig {
  const { coordinator, participants, refusing = [], timeoutMs = 100, defect } = options;
  const all = [coordinator, ...participants];
  const distinct = new Set(all).size === all.length && participants.length > 0;
  if (!distinct || !all.every((id) => Number.isSafeInteger(id) && id > 0)) {
    throw new CommitOptionsError('coordinator and participants', 'distinct positive whole numbers', all);
  }
  if (!refusing.every((id) => participants.includes(id))) {
    throw new CommitOptionsError('refusing', 'participants', refusing);
  }
  if (!Number.isSafeInteger(timeoutMs) || timeoutMs < 1) {
    throw new CommitOptionsError('timeoutMs', 'a whole number of at least 1', timeoutMs);
  }
  if (defect !== undefined && !defects.includes(defect)) {
    throw new CommitOptionsError('defect', `one of ${defects.join(', ')}`, defect);
  }
  return { coordinator, participants: [...participants], refusing: [...refusing], timeoutMs, defect };
}
