/** What went wrong with a real cluster, a device or an experiment file; the command line ends with 2 or 3 on it. */
export type LiveErrorCode =
  | 'PROGRAM_MISSING'
  | 'INSTALL_FAILED'
  | 'MEMBER_DIED'
  | 'NOT_READY'
  | 'PORT_TAKEN'
  | 'DEVICE_MISSING'
  | 'FAULT_UNSUPPORTED'
  | 'UNKNOWN_NAME'
  | 'BAD_FILE'
  | 'UNDO_FAILED'
  | 'VERSION_OTHER';

/** Thrown for anything a person can mend: the text says what, why and how ("Cannot <do> as <must be>: <is>; <what to do>"). */
export class LiveError extends Error {
  readonly code: LiveErrorCode;
  /** The offending value, for programs. */
  readonly value: unknown;
  constructor(code: LiveErrorCode, problem: string, mend: string, value?: unknown) {
    super(`${problem}; ${mend}`);
    this.name = 'LiveError';
    this.code = code;
    this.value = value;
  }
}

/** The text of anything thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
