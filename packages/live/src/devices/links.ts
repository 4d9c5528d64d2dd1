import type { Pair } from '../faults/pairs.ts';

/** A device that stands between members and can silence or thin out what passes. */
export interface LinkDevice {
  readonly name: string;
  /** What it can do besides cutting. */
  readonly loses: boolean;
  /** Nothing passes from the first to the second of each pair until the returned function is called. */
  cut(pairs: readonly Pair[]): () => void;
  /** Each packet of these pairs is lost with this probability until the returned function is called. */
  lose(pairs: readonly Pair[], probability: number): () => void;
}
