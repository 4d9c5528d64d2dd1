import { ExperimentError } from '../../experiment/errors.ts';
import type { PlannedOperation, PlanningContext, Workload } from '../../experiment/workload.ts';

/** Users of a service. */
export interface CallsOptions {
  /** Client hosts, 1 to 1,000. */
  readonly clients: number;
  /** Calls a second over all clients, whether or not earlier ones were answered. */
  readonly ratePerSecond: number;
  /** Relative weights of the operations. */
  readonly mix: Readonly<Record<string, number>>;
  /** A stretch of time, counted from the start of the run, in which so many times as many calls come. */
  readonly surge?: { readonly atMs: number; readonly forMs: number; readonly factor: number };
}

/** Calls in an open loop, by a Poisson-like process. */
export function calls(options: CallsOptions): Workload {
  const { clients, ratePerSecond, mix, surge } = options;
  const inRange = (name: string, value: number, min: number, max: number): void => {
    if (value >= min && value <= max) return;
    const problem = `must be from ${min} to ${max}: current value is ${value}`;
    throw new ExperimentError(`workload calls.${name}`, problem, 'give a value in range');
  };
  inRange('clients', clients, 1, 1_000);
  inRange('ratePerSecond', ratePerSecond, 0.001, 100_000);
  inRange('surge.factor', surge?.factor ?? 1, 0.001, 1_000);
  const operations = Object.keys(mix).filter((f) => (mix[f] ?? 0) > 0);
  inRange('mix', operations.length, 1, 1_000);
  return {
    name: 'calls',
    clients,
    operations,
    model: null,
    plan: (context) => planCalls(options, operations, context),
  };
}

function planCalls(
  { clients, ratePerSecond, mix, surge }: CallsOptions,
  operations: readonly string[],
  { choices, fromUs, untilUs }: PlanningContext,
): PlannedOperation[] {
  const planned: PlannedOperation[] = [];
  const weights = operations.map((f) => mix[f] ?? 0);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  for (let atUs = fromUs; ; ) {
    const isSurge =
      surge !== undefined && atUs >= surge.atMs * 1_000 && atUs < (surge.atMs + surge.forMs) * 1_000;
    const rate = ratePerSecond * (isSurge ? surge.factor : 1);
    const halfGapUs = Math.max(1, Math.round(500_000 / rate));
    // A sum of four uniform draws: irregular arrivals with the right mean from integer arithmetic alone.
    for (let i = 0; i < 4; i++) atUs += choices.below(halfGapUs, 'gap');
    if (++atUs >= untilUs) break;
    let at = choices.fraction('operation') * total;
    const f = operations.find((_, i) => (at -= weights[i] ?? 0) < 0) ?? (operations[0] as string);
    const id = planned.length;
    planned.push({ id, atUs, client: choices.below(clients, 'client'), f, key: `${f}-${id}`, input: null });
  }
  return planned;
}
