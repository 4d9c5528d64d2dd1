import type { CoreProperty, ModelNode, NodeSymmetry, Recorder } from '@holdfast/explore';
import type { Plain } from '@holdfast/plain';
import type { Call } from './subject.ts';

/** What a node's answer means for an operation that is not asked for again. */
export type ExploredAnswer =
  | { readonly kind: 'done'; readonly output: Plain }
  /** It had no effect and never will. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'unclear' };

/** Promises of a protocol, judged in every state of an exploration. */
export interface ExploredPromises {
  readonly recorder?: Recorder<unknown, unknown, unknown>;
  readonly properties: readonly CoreProperty<unknown>[];
  /** How states name nodes, where nodes are alike. */
  readonly symmetry?: NodeSymmetry<unknown>;
}

/** A subject as exploration takes it: the very cores that are simulated, what clients ask of them, what they promise. */
export interface ExploredSubject {
  readonly nodes: readonly ModelNode<unknown, unknown, unknown>[];
  /** What to ask a node for a call. */
  command(call: Call): unknown;
  answer(result: unknown): ExploredAnswer;
  /** Whether one node's answer settles an operation, so that what clients see can be judged. */
  readonly oneAnswers: boolean;
  /** Promises of its own that exploration judges too, while clients make these calls; those it does not are named to whoever asks. */
  promises?(calls: readonly Call[]): ExploredPromises;
  /** Of its promises, those that were looked at so far; absent where all that are judged are looked at in every state. */
  readonly examined?: ReadonlySet<string>;
}
