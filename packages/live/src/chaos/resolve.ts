import { LiveError } from '../errors.ts';
import { substituted } from '../experiment/file.ts';
import type { Activity, ChaosExperiment, Provider } from './file.ts';
import type { ChaosPorts } from './ports.ts';

/** Where values come from. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Wins over what the file says. */
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly ports: ChaosPorts;
}

/** A value that is not written down in the file. */
interface Dynamic {
  readonly type?: unknown;
  readonly key?: unknown;
  readonly default?: unknown;
  readonly env_var_type?: unknown;
  readonly provider?: Provider;
}

/**
 * The experiment with `${name}` replaced by configuration, then secrets, and references to activities by the activities themselves. Entries of
 * `{type: env, key, default, env_var_type}` come from the environment, those of `{type: probe, provider}` from what it gives. Throws `LiveError` for a name or a reference
 * without a value, and for sources nobody can read here (a vault).
 */
export async function resolved(experiment: ChaosExperiment, sources: Sources): Promise<ChaosExperiment> {
  const { configuration = {}, secrets = {}, ...rest } = experiment;
  const groups = Object.entries(secrets).map(([name, group]) => {
    const entries = isRecord(group) && !('type' in group) ? group : { [name]: group };
    return [name, entries] as const;
  });
  const hidden: Record<string, Readonly<Record<string, unknown>>> = {};
  for (const [name, entries] of groups) hidden[name] = await valuesOf(entries, sources);
  const configured = await valuesOf(configuration, sources);
  const values = { ...Object.assign({}, ...Object.values(hidden)), ...configured, ...sources.vars };
  const whole = { ...substituted(referenced(rest), values as Readonly<Record<string, unknown>>) };
  return { ...whole, configuration: { ...configured, ...sources.vars }, secrets: hidden };
}

/** With activities in the place of their references. */
function referenced(rest: ChaosExperiment): ChaosExperiment {
  const byName = new Map<string, Activity>();
  const hypothesis = rest['steady-state-hypothesis'];
  for (const activity of [...(hypothesis?.probes ?? []), ...rest.method]) byName.set(activity.name, activity);
  const found = (activity: Activity): Activity => {
    if (activity.ref === undefined) return activity;
    const named = byName.get(activity.ref);
    if (named !== undefined) return named;
    throw new LiveError(
      'UNKNOWN_NAME',
      `Cannot find the activity '${activity.ref}'`,
      `name one of ${[...byName.keys()].join(', ')}`,
      activity.ref,
    );
  };
  return {
    ...rest,
    method: rest.method.map(found),
    ...(hypothesis === undefined
      ? {}
      : { 'steady-state-hypothesis': { ...hypothesis, probes: hypothesis.probes.map(found) } }),
    ...(rest.rollbacks === undefined ? {} : { rollbacks: rest.rollbacks.map(found) }),
  };
}

async function valuesOf(
  entries: Readonly<Record<string, unknown>>,
  { env, ports }: Sources,
): Promise<Record<string, unknown>> {
  const values: Record<string, unknown> = {};
  for (const [name, entry] of Object.entries(entries)) {
    const dynamic: Dynamic = isRecord(entry) ? entry : {};
    if (dynamic.type === 'vault') {
      throw new LiveError(
        'FAULT_UNSUPPORTED',
        `Cannot read the secret '${name}' from a vault: none is asked here`,
        'say { type: env, key: NAME } and put it into the environment',
        name,
      );
    }
    if (dynamic.type === 'env' && typeof dynamic.key === 'string') {
      const value = env[dynamic.key] ?? dynamic.default;
      if (value !== undefined) values[name] = typed(value, dynamic.env_var_type);
    } else if (dynamic.type === 'probe' && dynamic.provider !== undefined) {
      const provider = substituted(dynamic.provider, values);
      values[name] = contentOf(await ports.provide(provider), provider.type);
    } else values[name] = entry;
  }
  return values;
}

/** What an environment holds is text unless its entry says otherwise. */
function typed(value: unknown, type: unknown): unknown {
  switch (type) {
    case 'int':
      return Math.trunc(Number(value));
    case 'float':
      return Number(value);
    case 'bool':
      return ['true', '1', 'yes', 'on'].includes(String(value).toLowerCase());
    case 'json':
      return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
    default:
      return value;
  }
}

/** What of a probe's answer becomes a value: the body, the output, or all of it. */
function contentOf(output: unknown, type: Provider['type']): unknown {
  const { body, stdout } = (output ?? {}) as { readonly body?: unknown; readonly stdout?: unknown };
  return type === 'http' ? body : type === 'process' ? String(stdout).trim() : output;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
