/** Files by path. */
export type Texts = Readonly<Record<string, string>>;

/** What a rule lets pass and what it finds; banned words are put together in code, to be tidy themselves. */
export interface Case {
  readonly rule: string;
  readonly name: string;
  readonly passes: Texts;
  readonly fails: Texts;
  /** Line of the one finding in `fails`, and what its message says. */
  readonly line: number;
  readonly says: string;
}

/** So many lines of code. */
export const lines = (count: number, line = 'void 0;'): string => `${line}\n`.repeat(count);

/** The text of a package.json. */
export const manifest = (fields: object): string => JSON.stringify(fields, null, 2);
