/**
 * Thrown for anything a person gave that cannot be used: an option, a file, a name. The text says what, where and how to
 * mend it: "Cannot <action> as <desired state>: <current state>; <what to do>". The command line ends with exit code 2.
 */
export class InputError extends Error {
  readonly code = 'BAD_INPUT';
  constructor(problem: string, mend: string, options?: { readonly cause: unknown }) {
    super(`${problem}; ${mend}`, options);
    this.name = 'InputError';
  }
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The stack of anything thrown, or its text. */
export function stackOf(error: unknown): string {
  return error instanceof Error && error.stack !== undefined ? error.stack : messageOf(error);
}

/** Node's code of a failed system call (`ENOENT`), if that is what was thrown. */
export function systemCode(error: unknown): string | undefined {
  const code = (error as { readonly code?: unknown } | null | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
}
