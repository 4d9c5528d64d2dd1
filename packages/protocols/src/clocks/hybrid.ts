import {
  ClockOverflowError,
  describeValue,
  MalformedClockError,
  readActor,
  readFields,
  readWhole,
} from './boundary.ts';
import { byCodeUnit } from './vector.ts';

/**
 * A hybrid logical timestamp: `l` is the largest physical time heard of, in whole milliseconds, `c` counts events that
 * share it. Source: Kulkarni, Demirbas et al., "Logical Physical Clocks", 2014, figure 5.
 */
export interface HybridStamp {
  readonly l: number;
  readonly c: number;
  readonly node: string;
}

/**
 * A node's hybrid logical clock: its latest stamp, and the ceiling it has durably reserved. Immutable plain data.
 * `l` is never below the node's physical time, is above it only as far as a peer's or its own past clock was, and
 * orders causes before effects; it does not order unconnected events by real time.
 */
export interface HybridClock extends HybridStamp {
  /** No stamp has `l` above it. Persist it BEFORE using stamps up to it; a restart goes on above it. */
  readonly ceilingMs: number;
}

/** The bounds a clock keeps. */
export interface HybridLimits {
  /** A remote stamp further ahead of the local physical clock than this is refused. */
  readonly maxDriftMs: number;
  /** Most events within one `l`; the paper's 16 bits by default. */
  readonly maxCounter: number;
}

/** The largest counter when none is given: 16 bits. */
export const HYBRID_COUNTER_LIMIT = 65_535;

/** A remote stamp too far ahead: accepting it would drag this node and its peers along. Nothing was changed. */
export class ClockDriftError extends RangeError {
  readonly code = 'CLOCK_DRIFT';
  readonly remote: HybridStamp;
  readonly aheadMs: number;
  readonly maxDriftMs: number;
  constructor(remote: HybridStamp, aheadMs: number, maxDriftMs: number) {
    super(
      `Cannot follow the clock of '${remote.node}' as within ${maxDriftMs} ms: it is ${aheadMs} ms ahead; ` +
        'check time synchronisation on both nodes',
    );
    this.name = 'ClockDriftError';
    this.remote = remote;
    this.aheadMs = aheadMs;
    this.maxDriftMs = maxDriftMs;
  }
}

/** A stamp would pass the durable ceiling. Nothing was changed. */
export class ClockCeilingError extends RangeError {
  readonly code = 'CLOCK_CEILING';
  readonly neededMs: number;
  readonly ceilingMs: number;
  constructor(neededMs: number, ceilingMs: number) {
    super(
      `Cannot issue a stamp at ${neededMs} ms as safe across a restart: the durable ceiling is ${ceilingMs} ms; ` +
        'persist a higher ceiling, then call raiseHybridCeiling',
    );
    this.name = 'ClockCeilingError';
    this.neededMs = neededMs;
    this.ceilingMs = ceilingMs;
  }
}

/** Checks and completes limits. Throws `MalformedClockError` on a negative or fractional one. */
export function hybridLimits(limits: { maxDriftMs: number; maxCounter?: number }): HybridLimits {
  return {
    maxDriftMs: readWhole(limits.maxDriftMs, 'maxDriftMs'),
    maxCounter: readWhole(limits.maxCounter ?? HYBRID_COUNTER_LIMIT, 'maxCounter', 1),
  };
}

/**
 * A node's clock on its very first start. Without a ceiling the node promises never to start again under this name.
 */
export function startHybrid(node: string, ceilingMs: number = Number.MAX_SAFE_INTEGER): HybridClock {
  return { l: 0, c: 0, node: readActor(node, 'node'), ceilingMs: readWhole(ceilingMs, 'ceilingMs') };
}

/**
 * A node's clock after a restart with the last ceiling it persisted: every later stamp is above every earlier one,
 * even when the wall clock went back. It issues nothing until a higher ceiling is durable.
 */
export function restartHybrid(node: string, durableCeilingMs: number): HybridClock {
  const ceilingMs = readWhole(durableCeilingMs, 'durableCeilingMs', 0, Number.MAX_SAFE_INTEGER - 1);
  return { l: ceilingMs + 1, c: 0, node: readActor(node, 'node'), ceilingMs };
}

/** The clock with a higher ceiling, which MUST already be durable. A lower one changes nothing. */
export function raiseHybridCeiling(clock: HybridClock, durableCeilingMs: number): HybridClock {
  const ceilingMs = readWhole(durableCeilingMs, 'durableCeilingMs');
  return ceilingMs <= clock.ceilingMs ? clock : { ...clock, ceilingMs };
}

/**
 * The next local event or send at physical time `physicalMs` (whole milliseconds; it may go back). Throws
 * `ClockOverflowError` when the counter is full, `ClockCeilingError` past the ceiling, `MalformedClockError` on a time
 * that is none.
 */
export function tickHybrid(clock: HybridClock, physicalMs: number, limits: HybridLimits): HybridClock {
  readWhole(physicalMs, 'physicalMs');
  return physicalMs > clock.l
    ? advance(clock, physicalMs, 0, limits)
    : advance(clock, clock.l, clock.c + 1, limits);
}

/**
 * The stamp of receiving a message that carries `remote` (checked), by the paper's four-way rule. Throws
 * `ClockDriftError` when `remote` is further ahead of `physicalMs` than the limit, and what `tickHybrid` throws.
 */
export function receiveHybrid(
  clock: HybridClock,
  remote: unknown,
  physicalMs: number,
  limits: HybridLimits,
): HybridClock {
  readWhole(physicalMs, 'physicalMs');
  const heard = parseHybrid(remote, limits);
  const aheadMs = heard.l - physicalMs;
  if (aheadMs > limits.maxDriftMs) throw new ClockDriftError(heard, aheadMs, limits.maxDriftMs);
  const l = Math.max(clock.l, heard.l, physicalMs);
  let c = 0;
  if (l === clock.l) c = (l === heard.l ? Math.max(clock.c, heard.c) : clock.c) + 1;
  else if (l === heard.l) c = heard.c + 1;
  return advance(clock, l, c, limits);
}

/** The total order (l, c, node): negative, 0 or positive. Extends happens-before. */
export function compareHybrid(a: HybridStamp, b: HybridStamp): number {
  return a.l - b.l || a.c - b.c || byCodeUnit(a.node, b.node);
}

/**
 * How far the clock runs ahead of the node's physical time, in milliseconds: the gauge to export. It rises when a peer
 * within the drift bound drags this node forward, or when this node's own clock stepped back.
 */
export function hybridAheadMs(clock: HybridStamp, physicalMs: number): number {
  return Math.max(0, clock.l - physicalMs);
}

/** Reads a stamp that came from elsewhere, or throws `MalformedClockError`; its counter must be within the limit. */
export function parseHybrid(value: unknown, limits: HybridLimits, path = 'stamp'): HybridStamp {
  const fields = readFields(value, path, 'a hybrid stamp {l, c, node}');
  return {
    l: readWhole(fields.l, `${path}.l`),
    c: readWhole(fields.c, `${path}.c`, 0, limits.maxCounter),
    node: readActor(fields.node, `${path}.node`),
  };
}

function advance(clock: HybridClock, l: number, c: number, limits: HybridLimits): HybridClock {
  if (c > limits.maxCounter) {
    throw new ClockOverflowError(
      `issue another stamp at ${l} ms`,
      clock.c,
      limits.maxCounter,
      'try again when the physical clock has passed it',
    );
  }
  if (l > clock.ceilingMs) throw new ClockCeilingError(l, clock.ceilingMs);
  return { l, c, node: clock.node, ceilingMs: clock.ceilingMs };
}

/** A reading of a node's skew, ready for a gauge with an alert. */
export interface SkewReading {
  readonly node: string;
  /** The node's wall clock minus the reference, in milliseconds. */
  readonly skewMs: number;
  readonly boundMs: number;
  readonly alert: boolean;
}

/** Makes skew visible: how a node's wall clock stands to a reference reading, and whether the bound is passed. */
export function readSkew(node: string, wallMs: number, referenceMs: number, boundMs: number): SkewReading {
  if (!Number.isFinite(wallMs) || !Number.isFinite(referenceMs)) {
    throw new MalformedClockError('skew', 'a difference of two times', describeValue([wallMs, referenceMs]));
  }
  const skewMs = wallMs - referenceMs;
  return { node, skewMs, boundMs, alert: Math.abs(skewMs) > boundMs };
}
