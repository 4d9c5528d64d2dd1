import type { Core, NodeId } from '@holdfast/protocols';
import type { Recorder } from '../../properties/recorder.ts';
import type { CoreProperty } from '../../properties/property.ts';
import type { NodeSymmetry } from '../../symmetry/nodeSymmetry.ts';

/**
 * How messages travel. `unordered`: in any order, each delivered at most once. `unordered-duplicating`: in any order, any number of
 * times; a message once sent stays. `ordered`: between two nodes in the order they were sent.
 */
export type NetworkKind = 'unordered' | 'unordered-duplicating' | 'ordered';

/** A node of the system: an ordinary core, the very one that is simulated and runs live. */
export interface ModelNode<M, C, R> {
  readonly id: NodeId;
  readonly core: Core<unknown, M, C, R>;
  /** Whether `Bounds.crashes` reaches it. Default true. */
  readonly mayCrash?: boolean;
}

/** One thing a client asks, and whom; without `to` each node in turn. */
export interface ClientRequest<C> {
  readonly command: C;
  readonly to?: NodeId | readonly NodeId[];
}

/** A client: makes its requests one after another, the next once the one before is answered or its node has crashed. */
export interface ClientScript<C, R> {
  readonly requests: readonly ClientRequest<C>[];
  /** Whether a request with such an answer is to be made again; each try counts among `Bounds.requests`. Default never. */
  readonly again?: (result: R) => boolean;
}

/** A system of cores to explore. */
export interface CoreModel<M, C, R> {
  readonly name: string;
  readonly nodes: readonly ModelNode<M, C, R>[];
  /** Default `unordered`. */
  readonly network?: NetworkKind;
  readonly clients?: readonly ClientScript<C, R>[];
  /** What is remembered of a run beside the nodes' states, for properties about the past. */
  readonly history?: Recorder<M, C, R>;
  readonly properties?: readonly CoreProperty<M>[];
  /** What must lead to what in every run that is fair: judged when asked for, see `exploreLiveness`. */
  readonly leadsTo?: readonly CoreLeadsTo<M>[];
  /** Kinds of steps that happen again and again when they can from some point on. Default all that are listed here. */
  readonly fair?: readonly FairKind[];
  readonly symmetry?: NodeSymmetry<M>;
}

/** Kinds of steps a system may be relied on to take. */
export type FairKind = 'deliver' | 'timer' | 'stored' | 'restart' | 'request';

/** That states that satisfy one property lead to states that satisfy another; `from` left out: every state does. */
export interface CoreLeadsTo<M> {
  readonly name: string;
  readonly from?: CoreProperty<M>;
  readonly to: CoreProperty<M>;
}

/** Thrown for a model that makes no sense. */
export class CoreModelError extends TypeError {
  readonly code = 'BAD_MODEL';
  readonly model: string;
  constructor(model: string, what: string) {
    super(`Cannot explore '${model}' as ${what}`);
    this.name = 'CoreModelError';
    this.model = model;
  }
}
