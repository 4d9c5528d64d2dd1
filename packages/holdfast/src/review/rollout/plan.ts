/** How a new version goes out, and when it goes back: plain data, as a file holds it. Durations in milliseconds. */
export interface RolloutPlan {
  readonly from: string;
  readonly to: string;
  /** Servers that run the new version, stage by stage; the last is all of them. */
  readonly stages: readonly number[];
  /** How long a stage must look well before the next. */
  readonly bakeMs: number;
  /** How often the figures are looked at. */
  readonly everyMs: number;
  /** What takes it back: the metric, and the value that it must not exceed. */
  readonly trigger: { readonly metric: RolloutMetric; readonly above: number } | null;
  /** Whether the new version also writes what the old one reads, and the two are compared while it goes out. */
  readonly dualWrite: boolean;
  readonly dualVerify: boolean;
}

/** What a trigger can look at. `error share`: of what servers with the new version answered. `mismatches`: rows of which the two copies differ. */
export const ROLLOUT_METRICS = ['error share', 'mismatches'] as const;

/** The name of such a metric. */
export type RolloutMetric = (typeof ROLLOUT_METRICS)[number];

/** Thrown for a text that is no plan: `field` names what is wrong. */
export class RolloutPlanError extends Error {
  readonly code = 'BAD_ROLLOUT_PLAN';
  readonly field: string;
  readonly value: unknown;
  constructor(field: string, must: string, value: unknown) {
    super(
      `Cannot roll out as ${field} must be ${must}: current value is ${JSON.stringify(value) ?? 'undefined'}; correct the plan`,
    );
    this.name = 'RolloutPlanError';
    this.field = field;
    this.value = value;
  }
}

/** Reads a plan from JSON. Throws `RolloutPlanError`. */
export function readRolloutPlan(text: string): RolloutPlan {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RolloutPlanError('the file', 'JSON', text.slice(0, 40));
  }
  return rolloutPlan(value);
}

/** Checks a plan. Throws `RolloutPlanError`. */
export function rolloutPlan(value: unknown): RolloutPlan {
  if (typeof value !== 'object' || value === null) throw new RolloutPlanError('the plan', 'an object', value);
  const plan = value as Readonly<Record<keyof RolloutPlan, unknown>>;
  const stages = plan.stages;
  const isStages =
    Array.isArray(stages) &&
    stages.length > 0 &&
    stages.every((n, i) => Number.isInteger(n) && n > (i === 0 ? 0 : Number(stages[i - 1])));
  if (!isStages) throw new RolloutPlanError('stages', 'rising numbers of servers', stages);
  return {
    from: text('from', plan.from),
    to: text('to', plan.to),
    stages: stages as readonly number[],
    bakeMs: duration('bakeMs', plan.bakeMs),
    everyMs: duration('everyMs', plan.everyMs),
    trigger: trigger(plan.trigger),
    dualWrite: flag('dualWrite', plan.dualWrite),
    dualVerify: flag('dualVerify', plan.dualVerify),
  };
}

function trigger(value: unknown): RolloutPlan['trigger'] {
  if (value === null) return null;
  const { metric, above } = (value ?? {}) as { readonly metric?: unknown; readonly above?: unknown };
  const known = ROLLOUT_METRICS.find((name) => name === metric);
  if (known === undefined)
    throw new RolloutPlanError('trigger.metric', `one of ${ROLLOUT_METRICS.join(', ')}`, metric);
  if (typeof above !== 'number' || !(above >= 0))
    throw new RolloutPlanError('trigger.above', 'a number of at least 0', above);
  return { metric: known, above };
}

function text(field: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new RolloutPlanError(field, 'a name', value);
}

function duration(field: string, value: unknown): number {
  if (typeof value === 'number' && value >= 1 && value <= 86_400_000) return value;
  throw new RolloutPlanError(field, 'from 1 to 86400000 milliseconds', value);
}

function flag(field: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new RolloutPlanError(field, 'true or false', value);
}
