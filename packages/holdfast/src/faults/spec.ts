import type { Fault, FaultKind, Stream } from '@holdfast/world';

/** A fault before it has a number: `Omit` distributed over the union. */
export type FaultDraft = Fault extends infer F ? (F extends Fault ? Omit<F, 'id'> : never) : never;

/** What a fault specification may know when it is planned. */
export interface FaultPlanningContext {
  /** The faults' own choices. */
  readonly choices: Stream;
  /** Servers, then clients, by name. */
  readonly servers: readonly string[];
  readonly clients: readonly string[];
  /** Faults strike in [fromUs, untilUs); at untilUs everything heals. */
  readonly fromUs: number;
  readonly untilUs: number;
}

/** Plans faults of one kind, or a mix, for one seed. */
export interface FaultSpec {
  readonly name: string;
  /** Kinds it may plan: each must be within the failure models the subject declares. */
  readonly kinds: readonly FaultKind[];
  /** Host names it speaks of, to be checked early. */
  readonly hosts: readonly string[];
  plan(context: FaultPlanningContext): FaultDraft[];
}
