import type { CoreProperty, NodesProperty } from './property.ts';
import type { OperationEvent, OperationHistory } from './operations.ts';
import type { Observation, Recorder } from './recorder.ts';

/** A protocol's own past beside what clients saw. */
export interface PairedHistory {
  readonly past: unknown;
  readonly operations: OperationHistory;
}

/** What either keeps of one observation. */
interface PairedSeen {
  readonly past?: unknown;
  readonly operation?: OperationEvent;
}

/** Two recorders as one: a protocol's own, and one of operations. */
export function pairedRecorder<M, C, R>(
  own: Recorder<M, C, R>,
  operations: Recorder<M, C, R>,
): Recorder<M, C, R> {
  const initial: PairedHistory = {
    past: own.initial,
    operations: operations.initial as OperationHistory,
  };
  return {
    initial,
    ...(own.states === true ? { states: true } : {}),
    observe(observation: Observation<M, C, R>): PairedSeen | undefined {
      const past = own.observe(observation);
      const operation = operations.observe(observation) as OperationEvent | undefined;
      if (past === undefined && operation === undefined) return undefined;
      return {
        ...(past === undefined ? {} : { past }),
        ...(operation === undefined ? {} : { operation }),
      };
    },
    next(history, seen): PairedHistory {
      const before = history as PairedHistory;
      const { past, operation } = seen as PairedSeen;
      return {
        past: past === undefined ? before.past : own.next(before.past, past),
        operations:
          operation === undefined
            ? before.operations
            : (operations.next(before.operations, operation) as OperationHistory),
      };
    },
  };
}

/** A property that looks at one side of a paired history only. */
export function ofSide<M>(property: CoreProperty<M>, side: keyof PairedHistory): CoreProperty<M> {
  if (property.over === 'messages') return property;
  const of = (history: unknown): unknown => (history as PairedHistory)[side];
  if (property.over === 'history')
    return {
      ...property,
      holds: (history: unknown): boolean => property.holds(of(history)),
      ...(property.says === undefined
        ? {}
        : { says: (history: unknown): string => property.says?.(of(history)) ?? '' }),
    };
  if (!property.withHistory) return property;
  const nodes: NodesProperty = {
    ...property,
    view: (sight) => property.view(sight),
    holds: (views: readonly unknown[], history: unknown) => property.holds(views, of(history)),
  };
  return nodes;
}
