import {
  type Captured,
  type HistoryProperty,
  Memory,
  type Observation,
  ofHistory,
  type Recorder,
} from '@holdfast/explore';
import {
  Breaches,
  type LabMonitor,
  type LabVariant,
  type NodeId,
  type ProtocolLab,
} from '@holdfast/protocols';
import type { ExploredPromises } from '../experiment/explored.ts';
import type { Call } from '../experiment/subject.ts';

type Monitor = LabMonitor<unknown, unknown, unknown>;

/** What a monitor has seen so far: part of a state. */
interface Watched {
  readonly memory: Captured;
  /** Promises broken so far, in order, with the first sentence of each. */
  readonly broken: readonly { readonly promise: string; readonly reason: string }[];
}

/** Something a monitor is told. */
type Told =
  | { readonly kind: 'started'; readonly node: NodeId }
  | { readonly kind: 'requested'; readonly node: NodeId; readonly client: number; readonly command: unknown }
  | { readonly kind: 'noted'; readonly node: NodeId; readonly note: string; readonly data: unknown }
  | { readonly kind: 'answered'; readonly node: NodeId; readonly client: number; readonly result: unknown }
  | { readonly kind: 'state'; readonly node: NodeId; readonly state: unknown };

/**
 * The lab's own monitor as promises to be judged in every state: what it remembers is part of the state, and each event is shown to a monitor
 * that remembers as much. `examined` learns which promises were ever looked at.
 */
export function watchedBy(
  lab: ProtocolLab,
  variant: LabVariant,
  calls: readonly Call[],
  examined: Set<string>,
): ExploredPromises {
  const make = (): Monitor => lab.monitor(variant);
  const first = make();
  for (const node of variant.nodes) first.started?.(node);
  const memory = new Memory(isCount, first.memory?.classes);
  const initial: Watched = { memory: memory.capture(partsOf(first)), broken: [] };
  const commands = calls.map((call) => lab.command(call));
  const recorder: Recorder<unknown, unknown, unknown> = {
    initial,
    states: true,
    observe: told,
    next(history, seen): Watched {
      const before = history as Watched;
      const monitor = make();
      memory.restore(partsOf(monitor), before.memory);
      tell(monitor, seen as Told, calls, commands);
      for (const promise of lab.promises) if (monitor.examined(promise) > 0) examined.add(promise);
      return { memory: memory.capture(partsOf(monitor)), broken: withNew(before.broken, monitor) };
    },
  };
  return { recorder, properties: lab.promises.map(unbroken) };
}

/** What it counts tells runs apart that are alike in everything else. */
function isCount(name: string, value: unknown): boolean {
  return name === 'examined' || value instanceof Breaches;
}

/** Where a monitor keeps what it remembers. Throws `TypeError` for one that keeps it where nobody can see it. */
function partsOf(monitor: Monitor): object {
  if (monitor.memory !== undefined) return monitor.memory.parts;
  if (Object.getPrototypeOf(monitor) !== Object.prototype) return monitor;
  throw new TypeError(
    'Cannot judge by a monitor that is no object of a class and names no memory; give it one',
  );
}

function told(observation: Observation<unknown, unknown, unknown>): Told | undefined {
  switch (observation.kind) {
    case 'restart':
      return { kind: 'started', node: observation.node };
    case 'request':
      return { ...observation, kind: 'requested' };
    case 'note':
      return { ...observation, kind: 'noted' };
    case 'reply':
      return { ...observation, kind: 'answered' };
    case 'state':
      return observation;
    default:
      return undefined;
  }
}

function tell(monitor: Monitor, event: Told, calls: readonly Call[], commands: readonly unknown[]): void {
  switch (event.kind) {
    case 'started':
      monitor.started?.(event.node);
      break;
    case 'requested':
      monitor.requested?.(event.node, event.command, calls[event.client] as Call);
      break;
    case 'noted':
      monitor.noted?.(event.node, event.note, event.data);
      break;
    case 'answered':
      monitor.answered?.(event.node, commands[event.client], event.result);
      break;
    case 'state':
      monitor.observe?.(event.node, event.state);
  }
}

function withNew(broken: Watched['broken'], { breaches }: Monitor): Watched['broken'] {
  const fresh = breaches.filter(
    ({ promise }, i) =>
      !broken.some((known) => known.promise === promise) &&
      breaches.findIndex((other) => other.promise === promise) === i,
  );
  if (fresh.length === 0) return broken;
  return [...broken, ...fresh.map(({ promise, reason }) => ({ promise, reason }))];
}

function unbroken(promise: string): HistoryProperty {
  return {
    ...ofHistory<Watched>(promise, ({ broken }) => broken.every((known) => known.promise !== promise)),
    says: (history) =>
      (history as Watched).broken.find((known) => known.promise === promise)?.reason ?? 'it holds',
  };
}
