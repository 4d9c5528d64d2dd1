import type { NodeId } from '@holdfast/protocols';
import type { PropertyKind } from '../engine/space.ts';

/** A node as properties see it. */
export interface NodeSight<S = unknown> {
  readonly node: NodeId;
  readonly up: boolean;
  /** The core's state; null while the node is down. Frozen. */
  readonly state: S | null;
  /** What is durable on its disk. */
  readonly records: Readonly<Record<string, unknown>>;
}

/**
 * A property of the nodes together, over what it takes from each: `view` is called once for each distinct local state,
 * `holds` once for each distinct list of views (and history). A `reachable` property asks for one state where it holds.
 */
export interface NodesProperty<V = unknown, H = unknown> {
  readonly over: 'nodes';
  readonly kind: PropertyKind;
  readonly name: string;
  /** What matters of a node, as plain data. */
  view(sight: NodeSight): V;
  /** One view per node, in the order of the model. `history` is null unless `withHistory`. */
  holds(views: readonly V[], history: H): boolean;
  readonly withHistory: boolean;
}

/** A property of the recorded history alone. */
export interface HistoryProperty<H = unknown> {
  readonly over: 'history';
  readonly kind: PropertyKind;
  readonly name: string;
  holds(history: H): boolean;
  /** What is wrong with a history, in a sentence; default: the history itself. */
  says?(history: H): string;
}

/** A property of messages in flight: `always` that each satisfies it, `reachable` that some does. */
export interface MessageProperty<M> {
  readonly over: 'messages';
  readonly kind: 'always' | 'reachable';
  readonly name: string;
  holds(message: M, from: NodeId, to: NodeId): boolean;
}

/** What may be asked of a system of cores. */
export type CoreProperty<M> = NodesProperty | HistoryProperty | MessageProperty<M>;

/** What a property of nodes is made of. */
export interface NodesPropertyOptions<S, V> {
  readonly name: string;
  /** Default `always`. */
  readonly kind?: PropertyKind;
  /** What matters of a node, as plain data. */
  readonly view: (sight: NodeSight<S>) => V;
  readonly holds: (views: readonly V[]) => boolean;
}

/** A property over a view of each node. */
export function ofNodes<S, V>(options: NodesPropertyOptions<S, V>): NodesProperty {
  const { name, kind = 'always', view, holds } = options;
  return {
    over: 'nodes',
    kind,
    name,
    view: view as (sight: NodeSight) => unknown,
    holds: holds as (views: readonly unknown[]) => boolean,
    withHistory: false,
  };
}

/** What a property of nodes and history is made of. */
export interface NodesAndHistoryOptions<S, V, H> {
  readonly name: string;
  /** Default `always`. */
  readonly kind?: PropertyKind;
  readonly view: (sight: NodeSight<S>) => V;
  readonly holds: (views: readonly V[], history: H) => boolean;
}

/** A property over a view of each node and the recorded history. */
export function ofNodesAndHistory<S, V, H>(options: NodesAndHistoryOptions<S, V, H>): NodesProperty {
  const { name, kind = 'always', view, holds } = options;
  return {
    over: 'nodes',
    kind,
    name,
    view: view as (sight: NodeSight) => unknown,
    holds: holds as (views: readonly unknown[], history: unknown) => boolean,
    withHistory: true,
  };
}

/** A property of the recorded history; `kind` is `always` unless said. */
export function ofHistory<H>(
  name: string,
  holds: (history: H) => boolean,
  kind: PropertyKind = 'always',
): HistoryProperty {
  return { over: 'history', kind, name, holds: holds as (history: unknown) => boolean };
}

/** A property of messages in flight. */
export function ofMessages<M>(
  name: string,
  kind: 'always' | 'reachable',
  holds: (message: M, from: NodeId, to: NodeId) => boolean,
): MessageProperty<M> {
  return { over: 'messages', kind, name, holds };
}
