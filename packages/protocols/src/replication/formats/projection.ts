import { clonePlain, type Plain } from '@holdfast/plain';

/** An event that the fold could not take in. */
export interface PoisonEvent {
  readonly position: number;
  readonly event: Plain;
  readonly reason: string;
}

/** A view computed from events: plain data, changed in place. */
export interface Projection<V> {
  /** Events taken in or set aside; the next one has this place in the log, from 0. */
  position: number;
  view: V;
  /** Events set aside, oldest first: the view lacks them, and says so. */
  readonly quarantined: PoisonEvent[];
}

/** Takes one event into a view: pure, so that the same events always give the same view. Throws for an event it cannot take. */
export type Fold<V> = (view: V, event: Plain) => V;

/** Most poison events set aside; with more the projection stops where it is. */
export const QUARANTINE_LIMIT = 1_000;

/** A projection that has seen nothing. */
export function startProjection<V>(empty: V): Projection<V> {
  return { position: 0, view: clonePlain(empty), quarantined: [] };
}

/**
 * Takes in the events after `position`, at most `limit` of them. One that the fold throws on is quarantined, and the rest goes on; the view is what it would be
 * without it. Answers how many were passed.
 */
export function catchUp<V>(
  projection: Projection<V>,
  log: readonly Plain[],
  fold: Fold<V>,
  limit: number = Number.POSITIVE_INFINITY,
): number {
  let passed = 0;
  while (projection.position < log.length && passed < limit) {
    if (projection.quarantined.length >= QUARANTINE_LIMIT) return passed;
    const { position } = projection;
    const event = log[position] as Plain;
    try {
      projection.view = fold(clonePlain(projection.view), event);
    } catch (error) {
      projection.quarantined.push({
        position,
        event,
        reason: error instanceof Error ? error.message : String(error),
      });
    }
    projection.position++;
    passed++;
  }
  return passed;
}

/** Events the view has still to take in. */
export function projectionLag<V>({ position }: Projection<V>, log: readonly Plain[]): number {
  return log.length - position;
}

/** The view from scratch: what a projection must equal at any time. */
export function rebuild<V>(empty: V, log: readonly Plain[], fold: Fold<V>): Projection<V> {
  const projection = startProjection(empty);
  catchUp(projection, log, fold);
  return projection;
}
