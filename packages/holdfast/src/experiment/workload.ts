import type { Plain } from '@holdfast/plain';
import type { Stream } from '@holdfast/world';

/** An operation to be invoked, decided before the run: part of the run's plan, which shrinking edits. */
export interface PlannedOperation {
  /** Dense from 0 in the seed's plan; kept when a plan is edited, so that two runs can be compared. */
  readonly id: number;
  /** When it arrives, simulated microseconds. Arrivals do not wait for earlier operations (open loop). */
  readonly atUs: number;
  /** The client it arrives at, from 0. */
  readonly client: number;
  readonly f: string;
  readonly key: string;
  readonly input: Plain;
}

/** What a workload may know when it plans. */
export interface PlanningContext {
  /** The workload's own choices. */
  readonly choices: Stream;
  /** First and last instant at which operations may arrive. */
  readonly fromUs: number;
  readonly untilUs: number;
  /** Final operations, once everything has healed and arrivals have ended, are due from `untilUs` to here. */
  readonly finalUntilUs: number;
}

/** A generator of operations. */
export interface Workload {
  readonly name: string;
  /** How many client hosts it wants. */
  readonly clients: number;
  /** Operations it can produce; each must be one of the subject's, and each must be named in the contract. */
  readonly operations: readonly string[];
  /**
   * Name of the sequential model its histories are judged by: one of `modelNames` of the checker. Null when what its operations answer
   * follows no sequential model; the contract then claims no consistency for them (`unclaimed`), and the subject's own promises are judged.
   */
  readonly model: string | null;
  plan(context: PlanningContext): PlannedOperation[];
}
