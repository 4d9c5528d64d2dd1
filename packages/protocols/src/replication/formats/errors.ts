/** Why a replica stopped: every one of these is better than going on with other data than the source. */
export type ReplicaStopCode =
  | 'UNSAFE_STATEMENT'
  | 'ROW_MISMATCH'
  | 'SCHEMA_MISMATCH'
  | 'FORMAT_MISMATCH'
  | 'UNMAPPED_CHANGE';

/** A change that a replica must not apply. Nothing was changed. */
export class ReplicaStoppedError extends Error {
  readonly code: ReplicaStopCode;
  /** What was found where something else had to be. */
  readonly found: unknown;
  constructor(code: ReplicaStopCode, desired: string, found: unknown, advice: string) {
    super(`Cannot apply the change as ${desired}: found ${JSON.stringify(found) ?? 'nothing'}; ${advice}`);
    this.name = 'ReplicaStoppedError';
    this.code = code;
    this.found = found;
  }
}
