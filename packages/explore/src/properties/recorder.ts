import type { NodeId } from '@holdfast/protocols';

/** Something that happened in a run, in the order of the run; within a step the event first, then its effects. */
export type Observation<M, C, R> =
  | { readonly kind: 'deliver'; readonly from: NodeId; readonly to: NodeId; readonly message: M }
  | { readonly kind: 'send'; readonly from: NodeId; readonly to: NodeId; readonly message: M }
  | { readonly kind: 'timer'; readonly node: NodeId; readonly timer: string }
  | { readonly kind: 'note'; readonly node: NodeId; readonly note: string; readonly data: unknown }
  | { readonly kind: 'crash'; readonly node: NodeId }
  | { readonly kind: 'restart'; readonly node: NodeId }
  /** Clients are numbered from 0, as in the model. */
  | { readonly kind: 'request'; readonly client: number; readonly node: NodeId; readonly command: C }
  | { readonly kind: 'reply'; readonly client: number; readonly node: NodeId; readonly result: R }
  /** What a node's state is after an event; only for recorders that ask for it. */
  | { readonly kind: 'state'; readonly node: NodeId; readonly state: unknown }
  /** The node a client waited for has crashed: what became of its request is unknown. */
  | { readonly kind: 'lost'; readonly client: number };

/**
 * Remembers what properties need of the past, as plain data that becomes part of the state: what it keeps makes states distinct, so it
 * should keep little. Both functions are pure; they are called once for each distinct argument.
 */
export interface Recorder<M, C, R, H = unknown, E = unknown> {
  readonly initial: H;
  /** Whether it wants to see each node's state after each event: `state` observations. Default false. */
  readonly states?: boolean;
  /** What of an observation matters, as plain data; undefined for nothing. */
  observe(observation: Observation<M, C, R>): E | undefined;
  /** The history after something that matters. Answers a new value and leaves the old as it is. */
  next(history: H, seen: E): H;
}
