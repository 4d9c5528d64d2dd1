/** One thing this machine can or cannot do. */
export interface Capability {
  readonly name: string;
  readonly kind: 'system' | 'device';
  readonly able: boolean;
  /** What was found: a version, a path, why it does not work. */
  readonly found: string;
  /** How to get it, when it is not there. */
  readonly remedy?: string;
}
