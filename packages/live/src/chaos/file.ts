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
      /** Absent of a control, whose functions have names of their own. */
      readonly func?: string;
      /** Names of groups of secrets that the function is given. */
      readonly secrets?: readonly string[];
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

/**
 * Something called before and after what it stands around. A module of Python has functions like `before_activity_control`, as the toolkit calls them; a process is told
 * by `CHAOS_CONTROL_LEVEL`, `CHAOS_CONTROL_SCOPE` and `CHAOS_CONTROL_NAME` in its environment, a server by headers.
 */
export interface Control {
  readonly name: string;
  /** Another one of the experiment's, by its name. */
  readonly ref?: string;
  readonly provider: Provider;
  readonly scope?: 'before' | 'after';
  /** Of the experiment's: whether it stands around everything in it, too. True unless told otherwise. */
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
  readonly 'steady-state-hypothesis'?: {
    readonly title: string;
    readonly probes: readonly Activity[];
    readonly controls?: readonly Control[];
  };
  readonly method: readonly Activity[];
  readonly rollbacks?: readonly Activity[];
  readonly controls?: readonly Control[];
  readonly runtime?: {
    readonly rollbacks?: { readonly strategy?: 'default' | 'always' | 'never' | 'deviated' };
    readonly hypothesis?: {
      readonly strategy?:
        | 'default'
        | 'before-method-only'
        | 'after-method-only'
        | 'during-method-only'
        | 'continuously';
      /** Seconds between two looks during the method (an option of the toolkit's command line). */
      readonly frequency?: number;
      /** The first deviation during the method ends it (an option, too). */
      readonly 'fail-fast'?: boolean;
    };
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

export { resolved } from './resolve.ts';
