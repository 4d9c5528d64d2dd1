/** What the parent asks of the process that runs checks. */
export type Request =
  /** Installs what is missing. */
  | { readonly kind: 'install' }
  /** Runs one check; the logs of members go into that folder. */
  | { readonly kind: 'check'; readonly name: string; readonly logs: string };

/** What came of it: of an installation, what it fetched and what it could not. */
export interface Reply {
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What went wrong, why it was skipped, or what was installed. */
  readonly why: string;
  /** No other attempt may be made. */
  readonly isFinal?: boolean;
}
