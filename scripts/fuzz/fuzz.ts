import type { History } from '@holdfast/check';

/** A comparison of a checker with its twin, on one random history after the other. */
export interface Fuzz {
  /** What is compared with what. */
  readonly about: string;
  begin(): FuzzRun;
}

/** One run over many seeds. */
export interface FuzzRun {
  /** Draws and compares the history of this seed. Throws `Disagreement`. */
  judge(seed: number): void;
  /** What was seen, a line each. */
  summary(): readonly string[];
}

/** A checker and its twin came to different ends. */
export class Disagreement extends Error {
  readonly code = 'DISAGREEMENT';
  readonly history: History;

  constructor(what: string, history: History) {
    super(what);
    this.name = 'Disagreement';
    this.history = history;
  }
}

/** A history in lines, to be pasted into a test. */
export function linesOf({ operations }: History): string[] {
  return operations.map(({ id, process: by, f, key, input, outcome, output, invokedAt, completedAt }) => {
    const what = `${f} ${key ?? ''} ${JSON.stringify(input)}`;
    return `  ${id} p${by} ${what} ${outcome} ${JSON.stringify(output)} [${invokedAt}, ${completedAt}]`;
  });
}
