import { LiveError } from '../errors.ts';
import { substituted } from '../experiment/file.ts';
import { readChecked } from '../experiment/validate.ts';
import { CHAOS_SCHEMA } from './schema.ts';

/** How an activity is carried out. Python is what the toolkit itself is written in; it needs a `python3` with the module. */
export type Provider =
  | {
      readonly type: 'http';
      readonly url: string;
      readonly method?: string;
      readonly headers?: Readonly<Record<string, string>>;
      readonly arguments?: unknown;
      /** Seconds; of a pair the second is for the answer. */
      readonly timeout?: number | readonly [number, number];
    }
  | {
      readonly type: 'process';
      readonly path: string;
      readonly arguments?: string | readonly unknown[] | Readonly<Record<string, unknown>>;
      readonly timeout?: number;
    }
  | {
      readonly type: 'python';
      readonly module: string;
      readonly func: string;
      readonly arguments?: Readonly<Record<string, unknown>>;
      readonly timeout?: number;
    };

/** A probe or an action of an experiment. */
export interface Activity {
  readonly ref?: string;
  readonly type: 'probe' | 'action';
  readonly name: string;
  readonly provider: Provider;
  readonly tolerance?: unknown;
  readonly background?: boolean;
  /** Seconds. */
  readonly pauses?: { readonly before?: number; readonly after?: number };
  readonly controls?: readonly Control[];
}

/** Something done before and after: here an action that is run around what it controls. */
export interface Control {
  readonly name: string;
  readonly provider: Provider;
  readonly scope?: 'before' | 'after';
  readonly automatic?: boolean;
}

/** Figures sampled over a run with a threshold each (the number a probe gives; a rate is that of answers within its tolerance). */
export interface ChaosMetric {
  readonly name: string;
  /** The probe sampled, by name. */
  readonly probe: string;
  readonly of?: 'value' | 'latencyP99Ms' | 'errorRate' | 'okRate';
  readonly min?: number;
  readonly max?: number;
}

/** A Chaos Toolkit experiment. */
export interface ChaosExperiment {
  readonly title: string;
  readonly description: string;
  readonly configuration?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
  readonly 'steady-state-hypothesis'?: { readonly title: string; readonly probes: readonly Activity[] };
  readonly method: readonly Activity[];
  readonly rollbacks?: readonly Activity[];
  readonly controls?: readonly Control[];
  readonly runtime?: {
    readonly rollbacks?: { readonly strategy?: 'default' | 'always' | 'never' | 'deviated' };
    readonly hypothesis?: { readonly strategy?: 'default' | 'before-method-only' | 'after-method-only' };
  };
  readonly hypothesis?: string;
  /** Seconds the metrics are sampled for after the method, as a number or `60s`. */
  readonly duration?: number | string;
  readonly metrics?: readonly ChaosMetric[];
}

/** Reads an experiment in YAML or JSON. Throws `BadFileError` with line and column. */
export function readChaos(text: string, file: string): ChaosExperiment {
  return readChecked(text, file, CHAOS_SCHEMA) as ChaosExperiment;
}

/** Whether a text looks like a Chaos Toolkit experiment rather than one of ours. */
export function isChaos(text: string): boolean {
  return !/^\s*["']?format["']?\s*:/m.test(text) && /["']?method["']?\s*:/.test(text);
}

/**
 * The experiment with `${name}` replaced by configuration, then secrets, and references to activities by the activities themselves. Entries of
 * `{type: env, key, default}` come from `env`. Throws `LiveError` for a name or a reference without a value.
 */
export function resolved(
  experiment: ChaosExperiment,
  env: Readonly<Record<string, string | undefined>>,
  vars: Readonly<Record<string, unknown>> = {},
): ChaosExperiment {
  const { configuration = {}, secrets = {}, ...rest } = experiment;
  const flat = Object.assign(
    {},
    ...Object.values(secrets).filter((group) => typeof group === 'object'),
  ) as Record<string, unknown>;
  const values = { ...valuesOf(flat, env), ...valuesOf(configuration, env), ...vars };
  const byName = new Map<string, Activity>();
  const hypothesis = rest['steady-state-hypothesis'];
  for (const activity of [...(hypothesis?.probes ?? []), ...rest.method]) byName.set(activity.name, activity);
  const referenced = (activity: Activity): Activity => {
    if (activity.ref === undefined) return activity;
    const found = byName.get(activity.ref);
    if (found !== undefined) return found;
    throw new LiveError(
      'UNKNOWN_NAME',
      `Cannot find the activity '${activity.ref}'`,
      `name one of ${[...byName.keys()].join(', ')}`,
      activity.ref,
    );
  };
  const whole = {
    ...rest,
    method: rest.method.map(referenced),
    ...(hypothesis === undefined
      ? {}
      : { 'steady-state-hypothesis': { ...hypothesis, probes: hypothesis.probes.map(referenced) } }),
    ...(rest.rollbacks === undefined ? {} : { rollbacks: rest.rollbacks.map(referenced) }),
  };
  return substituted(whole, values);
}

function valuesOf(
  entries: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const dynamic = entry as {
      readonly type?: unknown;
      readonly key?: unknown;
      readonly default?: unknown;
    } | null;
    if (dynamic?.type !== 'env' || typeof dynamic.key !== 'string') values[name] = entry;
    else {
      const value = env[dynamic.key] ?? dynamic.default;
      if (value !== undefined) values[name] = value;
    }
  }
  return values;
}
