import type { Stream } from '@holdfast/world';
import { ExperimentError } from '../experiment/errors.ts';
import type { PlannedOperation, PlanningContext, Workload } from '../experiment/workload.ts';

/** A set of compare-and-set registers under load. */
export interface RegistersOptions {
  /** How many registers, 1 to 10,000. */
  readonly keys: number;
  /** How many client hosts, 1 to 1,000. */
  readonly clients: number;
  /** Arrivals a second over all clients, by a Poisson-like process: they do not wait for answers (no coordinated omission). */
  readonly ratePerSecond: number;
  /** Relative weights. */
  readonly mix: { readonly read: number; readonly write: number; readonly cas: number };
  /** Chance that an operation goes to the first register rather than to a random one: a hot key. Default 0. */
  readonly hotKeyShare?: number;
  /** Whether each register is read by every client once everything has healed. Default true. */
  readonly finalReads?: boolean;
}

/** Operations a run may plan; more would not fit a minute of any machine. */
export const MAX_PLANNED_OPERATIONS: number = 5_000_000;

/**
 * Clients reading, writing and comparing-and-swapping registers. Every value written is unique in the run, which makes the
 * checker exact and fast; a compare expects what was planned last, so that it often matches.
 */
export function registers(options: RegistersOptions): Workload {
  check(options);
  return {
    name: 'registers',
    clients: options.clients,
    operations: (['read', 'write', 'cas'] as const).filter((f) => options.mix[f] > 0),
    model: 'cas-register',
    plan: (context) => planRegisters(options, context),
  };
}

function check(options: RegistersOptions): void {
  const inRange = (name: string, value: number, min: number, max: number): void => {
    if (value >= min && value <= max) return;
    throw new ExperimentError(
      `workload registers.${name}`,
      `must be from ${min} to ${max}: current value is ${value}`,
      'give a value in range',
    );
  };
  inRange('keys', options.keys, 1, 10_000);
  inRange('clients', options.clients, 1, 1_000);
  inRange('ratePerSecond', options.ratePerSecond, 0.001, 100_000);
  inRange('hotKeyShare', options.hotKeyShare ?? 0, 0, 1);
  const { read, write, cas } = options.mix;
  for (const [name, weight] of Object.entries(options.mix)) inRange(`mix.${name}`, weight, 0, 1e6);
  if (read + write + cas === 0) {
    throw new ExperimentError(
      'workload registers.mix',
      'has no operation with a weight above 0',
      'weigh at least one',
    );
  }
}

function planRegisters(options: RegistersOptions, context: PlanningContext): PlannedOperation[] {
  const { choices } = context;
  const operations: PlannedOperation[] = [];
  const latest: number[] = new Array<number>(options.keys).fill(0);
  const meanGapUs = 1_000_000 / options.ratePerSecond;
  const bound = ((context.untilUs - context.fromUs) / meanGapUs) * 2;
  if (bound > MAX_PLANNED_OPERATIONS) {
    throw new ExperimentError(
      'workload registers',
      `would plan about ${Math.round(bound / 2)} operations`,
      `lower ratePerSecond or simulatedSeconds below ${MAX_PLANNED_OPERATIONS / 2} operations`,
    );
  }
  let value = 1;
  for (let atUs = context.fromUs; ; ) {
    atUs += 1 + gapUs(meanGapUs, choices);
    if (atUs >= context.untilUs) break;
    const key = pickKey(options, choices);
    const f = pickOperation(options, choices);
    let input: number | [number, number] | null = null;
    if (f !== 'read') {
      input = f === 'write' ? value : [latest[key] as number, value];
      latest[key] = value++;
    }
    const client = choices.below(options.clients, 'client');
    operations.push({ id: operations.length, atUs, client, f, key: `k${key}`, input });
  }
  if (options.finalReads !== false && options.mix.read > 0) addFinalReads(options, context, operations);
  return operations;
}

// A sum of four uniform draws: irregular arrivals with the right mean from integer arithmetic alone.
function gapUs(meanUs: number, choices: Stream): number {
  const spread = Math.max(1, Math.round(meanUs / 2));
  let sum = 0;
  for (let i = 0; i < 4; i++) sum += choices.below(spread, 'gap');
  return sum;
}

function pickKey(options: RegistersOptions, choices: Stream): number {
  if (choices.chance(options.hotKeyShare ?? 0, 'hot-key')) return 0;
  return choices.below(options.keys, 'key');
}

function pickOperation(options: RegistersOptions, choices: Stream): 'read' | 'write' | 'cas' {
  const { read, write, cas } = options.mix;
  const RESOLUTION = 1_000_000;
  const at = (choices.below(RESOLUTION, 'operation') / RESOLUTION) * (read + write + cas);
  if (at < read) return 'read';
  return at < read + write ? 'write' : 'cas';
}

function addFinalReads(
  options: RegistersOptions,
  context: PlanningContext,
  operations: PlannedOperation[],
): void {
  const total = options.keys * options.clients;
  const gap = Math.max(1, Math.floor((context.finalUntilUs - context.untilUs) / (total + 1)));
  let atUs = context.untilUs;
  for (let key = 0; key < options.keys; key++) {
    for (let client = 0; client < options.clients; client++) {
      atUs += gap;
      operations.push({ id: operations.length, atUs, client, f: 'read', key: `k${key}`, input: null });
    }
  }
}
