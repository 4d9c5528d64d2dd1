/** What a command may touch of the process it runs in. */
export interface Io {
  /** The current folder, absolute. */
  readonly cwd: string;
  /** Writes to standard output: results, nothing else. */
  out(text: string): void;
  /** Writes to standard error: progress and messages. */
  err(text: string): void;
  /** Whether standard error is a terminal, where a line can be rewritten. */
  readonly errIsTerminal: boolean;
  /** Whether standard output takes colours. */
  readonly colours: boolean;
  /** Characters in a line of standard output, where it is a terminal. */
  readonly width: number | undefined;
  /** From now on the first Ctrl-C aborts the signal instead of ending the process; `release` undoes that. */
  catchInterrupt(): Interrupt;
}

/** A Ctrl-C that is waited for. */
export interface Interrupt {
  readonly signal: AbortSignal;
  release(): void;
}

/** The process's own streams and signals. From now on what experiments print with `console` goes to standard error, too. */
export function processIo(): Io {
  for (const method of ['log', 'info', 'debug', 'table', 'dir'] as const) console[method] = console.error;
  return {
    cwd: process.cwd(),
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    errIsTerminal: process.stderr.isTTY === true,
    colours: process.stdout.isTTY === true && (process.env.NO_COLOR ?? '') === '',
    width: process.stdout.isTTY ? process.stdout.columns : undefined,
    catchInterrupt: () => {
      const controller = new AbortController();
      const strike = (): void => controller.abort();
      // Once: a second Ctrl-C ends the process at once.
      process.once('SIGINT', strike);
      process.once('SIGTERM', strike);
      return {
        signal: controller.signal,
        release: () => {
          process.off('SIGINT', strike);
          process.off('SIGTERM', strike);
        },
      };
    },
  };
}
