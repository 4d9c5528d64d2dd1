import type { Draft, Pair } from '../faults/pairs.ts';

/** What can be done to packets besides cutting. */
export type LinkChange =
  /** Packets are lost, doubled or altered with this probability. */
  | { readonly kind: 'loss' | 'duplicate' | 'corrupt'; readonly probability: number }
  /** Packets are held back up to `holdMs` with this probability, and overtaken meanwhile. */
  | { readonly kind: 'reorder'; readonly probability: number; readonly holdMs: number }
  /** A way takes so many times as long as one of the simulator's, which is `NOMINAL_LINK_MS`. */
  | { readonly kind: 'slow-link'; readonly factor: number }
  | { readonly kind: 'narrow-link'; readonly bitsPerSecond: number };

/** What one way through the simulator's network takes on average: what `slow-link` multiplies. */
export const NOMINAL_LINK_MS = 0.6;

/** A packet held back by `reorder` waits at most so long unless the fault says, as in the simulator. */
const HOLD_MS = 10;

/** Ends what was done to links. */
export type UndoLinks = () => void | Promise<void>;

/** A device that stands between members and can silence or change what passes. */
export interface LinkDevice {
  readonly name: string;
  /** What it can do besides cutting. */
  readonly changes: ReadonlySet<LinkChange['kind']>;
  /** Nothing passes from the first to the second of each pair until the returned function is called. */
  cut(pairs: readonly Pair[]): UndoLinks | Promise<UndoLinks>;
  /** Packets of these pairs fare like this until the returned function is called. */
  change(pairs: readonly Pair[], change: LinkChange): UndoLinks | Promise<UndoLinks>;
}

/** What a fault of links does to packets; undefined for a cut and for faults that are not of links. */
export function linkChangeOf(fault: Draft): LinkChange | undefined {
  switch (fault.kind) {
    case 'loss':
    case 'duplicate':
    case 'corrupt':
      return { kind: fault.kind, probability: fault.probability };
    case 'reorder': {
      const holdMs = fault.holdUs === undefined ? HOLD_MS : fault.holdUs / 1_000;
      return { kind: 'reorder', probability: fault.probability, holdMs };
    }
    case 'slow-link':
      return { kind: 'slow-link', factor: fault.amount };
    case 'narrow-link':
      return { kind: 'narrow-link', bitsPerSecond: fault.amount };
    default:
      return undefined;
  }
}
