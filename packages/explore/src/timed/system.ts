import type { Core, NodeId } from '@holdfast/protocols';
import type { ClockRate } from './clock.ts';

/** A node of a timed system: an ordinary core, the very one that is simulated and runs live. */
export interface TimedNode<M, C, R> {
  readonly id: NodeId;
  readonly core: Core<unknown, M, C, R>;
  /** Every way its clock may run is tried, each in runs of its own. Default: exact. */
  readonly clocks?: readonly ClockRate[];
  /** Whether crashes reach it. Default false. */
  readonly mayCrash?: boolean;
  /** Whether its host may be suspended, and what its timers do meanwhile. Default: it may not. */
  readonly suspend?: 'stops' | 'continues';
  /** Timers that never go off here: a bound, such as on who may campaign. Default none. */
  readonly without?: readonly string[];
}

/** One request, made at most once, at any time. */
export interface TimedRequest<C> {
  readonly to: NodeId;
  readonly command: C;
  /** Made only in such states of the node; any when left out. */
  readonly when?: (state: unknown) => boolean;
}

/** What is seen of a run for properties about the past. */
export type TimedEvent<R> =
  | { readonly kind: 'request'; readonly node: NodeId; readonly request: number }
  | { readonly kind: 'note'; readonly node: NodeId; readonly note: string; readonly data: unknown }
  | { readonly kind: 'reply'; readonly node: NodeId; readonly request: number; readonly result: R }
  | { readonly kind: 'crash'; readonly node: NodeId };

/** A node as properties see it. */
export interface TimedView {
  readonly id: NodeId;
  /** The core's state; null while it is down. */
  readonly state: unknown;
  /** Whether it could act now: it is up and awake, and has no timer due that it must heed first. */
  readonly acts: boolean;
}

/**
 * A system of cores in discrete time: timers go off when their time has come and not before, and time does not go on while one is due. One
 * tick is one millisecond of the cores. Messages take any time up to `delayTicks` or are lost; events of one instant come in any order. Stores
 * are durable at once. All numbers are bounds: what they leave out is not looked at.
 */
export interface TimedSystem<M, C, R, P> {
  readonly name: string;
  readonly nodes: readonly TimedNode<M, C, R>[];
  /** The last instant. */
  readonly ticks: number;
  /** A clock that is not exact errs by a tick once in so many. Default 4. */
  readonly clocksErrEvery?: number;
  /** A message that has flown longer is lost. */
  readonly delayTicks: number;
  /** Messages on their way to one node at once: a step that would send more is not taken. Default unlimited. */
  readonly inFlight?: number;
  /** Default 0 of each. */
  readonly crashes?: number;
  readonly suspensions?: number;
  readonly duplicates?: number;
  readonly requests?: readonly TimedRequest<C>[];
  /** What is remembered of a run: plain data, never changed in place. */
  readonly past: P;
  readonly remember: (past: P, event: TimedEvent<R>) => P;
  /** What must hold in every state. */
  readonly always: Readonly<Record<string, (nodes: readonly TimedView[], past: P) => boolean>>;
  /** What must hold in some state: that the bounds are not too small to reach anything. */
  readonly reachable?: Readonly<Record<string, (nodes: readonly TimedView[], past: P) => boolean>>;
}

/** A timer armed: its name, and how many ticks of the node's own clock are left. */
export type ArmedTimer = readonly [name: string, left: number];

/** A message on its way, and how many ticks it has left before it is lost. */
export interface FlyingMessage<M> {
  readonly from: NodeId;
  readonly message: M;
  readonly left: number;
}

/** A state of a timed system; lists go by node. */
export interface TimedState<M, P> {
  now: number;
  rate: ClockRate[];
  node: unknown[];
  disk: Readonly<Record<string, unknown>>[];
  timers: (readonly ArmedTimer[])[];
  inbox: (readonly FlyingMessage<M>[])[];
  asleep: boolean[];
  left: { crashes: number; suspensions: number; duplicates: number };
  asked: boolean[];
  past: P[];
}

/** Thrown for a timed system that makes no sense. */
export class TimedSystemError extends RangeError {
  readonly code = 'BAD_TIMED_SYSTEM';
  readonly value: unknown;
  constructor(name: string, what: string, must: string, value: unknown) {
    super(
      `Cannot explore '${name}' in discrete time as ${what} must be ${must}: ` +
        `current value is ${JSON.stringify(value) ?? 'undefined'}; choose another`,
    );
    this.name = 'TimedSystemError';
    this.value = value;
  }
}

/** Throws `TimedSystemError` unless the numbers make sense and every request has a node to go to. */
export function checkTimedSystem<M, C, R, P>(system: TimedSystem<M, C, R, P>): void {
  const { name, nodes, clocksErrEvery = 4, crashes = 0, suspensions = 0, duplicates = 0 } = system;
  const { ticks, delayTicks, inFlight = Infinity, requests = [] } = system;
  const ids = nodes.map(({ id }) => id);
  if (ids.length === 0 || new Set(ids).size !== ids.length) {
    throw new TimedSystemError(name, 'nodes', 'at least one, with distinct ids', ids);
  }
  const counts = { ticks, delayTicks, crashes, suspensions, duplicates };
  for (const [what, value] of Object.entries(counts)) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new TimedSystemError(name, what, 'a whole number of at least 0', value);
    }
  }
  if (!Number.isSafeInteger(clocksErrEvery) || clocksErrEvery < 2) {
    throw new TimedSystemError(name, 'clocksErrEvery', 'a whole number of at least 2', clocksErrEvery);
  }
  if (!(inFlight >= 1)) throw new TimedSystemError(name, 'inFlight', 'at least 1', inFlight);
  const lost = requests.find(({ to }) => !ids.includes(to));
  if (lost !== undefined)
    throw new TimedSystemError(name, 'the node of a request', `one of ${ids.join(', ')}`, lost.to);
}
