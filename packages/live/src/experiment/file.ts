import type { Plain } from '@holdfast/plain';
import { LiveError } from '../errors.ts';
import type { LeaseTwin } from './leaseLoad.ts';
import type { LoadName } from './loads.ts';
import { EXPERIMENT_SCHEMA, type NetworkName } from './schema.ts';
import { readChecked } from './validate.ts';

/** An operation of a step; see the published schema. */
export interface OperationStep {
  readonly f?: string;
  readonly on?: string;
  readonly key?: string;
  readonly value?: Plain;
  readonly expected?: Plain;
  /** Instead of a value: the store's revision the operation of this name was answered in. */
  readonly revisionOf?: string;
  readonly mode?: string;
  /** The name later steps and checks know it by. */
  readonly as?: string;
  readonly client?: string;
  /** The outcome without which the experiment cannot go on; `ok` unless told otherwise. */
  readonly outcome?: 'ok' | 'fail' | 'unknown' | 'any';
  /** The answer without which the experiment cannot go on: with another one it would show something else. */
  readonly answer?: Plain;
  readonly deadlineMs?: number;
  /** Tries again for so long while an attempt certainly had no effect. */
  readonly retryMs?: number;
  readonly background?: boolean;
  /** So many operations in turn, on `key` with 1, 2, ... behind it. */
  readonly times?: number;
  /** How many of them at once. */
  readonly parallel?: number;
  /** Again and again so long apart, in the background, for `forMs` or until it is joined. */
  readonly everyMs?: number;
  readonly forMs?: number;
}

/** What a step asks of the messages on a link. */
export interface MessageStep {
  readonly from: string;
  readonly to: string;
  readonly type?: string;
  readonly sameContextAs?: string;
  readonly otherContextThan?: string;
  readonly hasContext?: boolean;
  readonly nth?: number;
  readonly as?: string;
}

/** What a step waits for; all that is given, in this order. */
export interface WaitStep {
  readonly ms?: number;
  readonly withinMs?: number;
  readonly leader?: { readonly not?: readonly string[]; readonly as?: string };
  readonly message?: MessageStep;
  /** An event of this key has come on the named watch. */
  readonly watched?: { readonly of: string; readonly key: string };
  readonly operations?: { readonly f?: string; readonly outcome?: string; readonly atLeast?: number };
}

/** A fault as a file gives it: the world's vocabulary, times in milliseconds. */
export interface FaultStep {
  readonly kind: string;
  readonly atMs?: number;
  readonly forMs?: number;
  readonly as?: string;
  readonly [field: string]: unknown;
}

/** One step: exactly one of these. */
export interface Step {
  readonly let?: Readonly<Record<string, string>>;
  readonly read?: OperationStep;
  readonly write?: OperationStep;
  readonly cas?: OperationStep;
  readonly do?: OperationStep;
  readonly join?: string;
  /** Watches keys of a prefix at a member, from behind the revision of a named operation on. */
  readonly watch?: {
    readonly on: string;
    readonly key: string;
    readonly after?: string;
    /** So many revisions further on: what comes before them is not wanted. */
    readonly ahead?: number;
    /** How far it has come is asked as soon as it is open. */
    readonly progress?: boolean;
    readonly as: string;
  };
  readonly strike?: FaultStep;
  readonly heal?: string;
  readonly hold?: { readonly from: string; readonly to: string };
  readonly release?: {
    readonly from: string;
    readonly to: string;
    readonly through?: Omit<MessageStep, 'from' | 'to'>;
  };
  readonly drop?: { readonly from: string; readonly to: string; readonly type?: string };
  readonly wait?: WaitStep;
  readonly note?: string;
}

/** A check of a file. */
export interface CheckEntry {
  /** Linearizability by the model of this name. */
  readonly linearizable?: string;
  readonly modes?: readonly string[];
  readonly keyPrefix?: string;
  /** By the checker of this name (`holdfast check --list`). */
  readonly checker?: string;
  /** What the checker can be told besides, by name. */
  readonly with?: Readonly<Record<string, Plain>>;
  /** What a named operation must have answered. */
  readonly output?: { readonly of: string; readonly is?: Plain; readonly isNot?: Plain };
  /** The named watch delivered only revisions from its beginning on, in order. */
  readonly watchInOrder?: string;
  /** The watches of the workload delivered every acknowledged write once, in order. */
  readonly watchesComplete?: boolean;
  /** The named watch left out no acknowledged change from its beginning to the last event that came. */
  readonly watchComplete?: string;
  /** After the named watch had said that all to a revision had been delivered, nothing of before came. */
  readonly watchProgress?: string;
  /** No two clients believed to hold a lease at once, and its tokens did their work. */
  readonly leasesExclusive?: boolean;
  /** No operation was answered in an earlier revision of the store than one that had ended before it began. */
  readonly revisionsRise?: boolean;
  /** Every acknowledged write to keys of this prefix is found by a later read of its key. */
  readonly noneLost?: { readonly keyPrefix: string };
}

/** A figure with a threshold. */
export interface MetricEntry {
  readonly name?: string;
  readonly of: 'errorRate' | 'okRate' | 'latencyP99Ms' | 'latencyP50Ms' | 'operations' | 'leaderChanges';
  readonly f?: string;
  readonly min?: number;
  readonly max?: number;
}

/** Operations that arrive whether or not earlier ones were answered. */
export interface WorkloadEntry {
  /** `registers` unless told otherwise. */
  readonly of?: LoadName;
  /** The member all are asked of, by name or role as the run begins; each client has its own member otherwise. */
  readonly on?: string;
  readonly keys?: number;
  readonly clients?: number;
  readonly ratePerSecond?: number;
  readonly mix?: Readonly<Record<string, number>>;
  readonly mode?: string;
  readonly deadlineMs?: number;
  /** Clients try again for so long while an attempt certainly had no effect. */
  readonly retryMs?: number;
  /** It goes on for so long, or until the steps end when absent. */
  readonly forMs?: number;
  readonly seed?: number;
  /** Begins every key, so that several workloads of one cluster do not meet. */
  readonly keyPrefix?: string;
  /** False: the broken twin of the workload, whose clients read, then write, and do not look whether somebody was faster. */
  readonly atomic?: boolean;
  /** Of leases: how long one lives; 1,000 unless told otherwise. */
  readonly ttlMs?: number;
  /** Of leases: how long clients stand still now and then; longer than a lease lives unless told otherwise. */
  readonly pauseMs?: number;
  /** Of leases: which broken client. */
  readonly twin?: LeaseTwin;
}

/** What an experiment is expected to show. */
export type Expectation = 'holds' | 'violated';

/** An experiment on a real cluster, as its file says it. */
export interface ExperimentFile {
  readonly format: 'holdfast-live/1';
  readonly name: string;
  readonly about?: string;
  /** Versions of the system it speaks of: `>=3.4.0 <3.4.42`. */
  readonly versions?: string;
  readonly vars?: Readonly<Record<string, Plain>>;
  readonly subject: {
    readonly system: string;
    readonly members?: number;
    readonly network?: NetworkName;
    /** What members store on; `volatile` disks forget what was not synced when their power goes. */
    readonly disk?: 'machine' | 'volatile';
    readonly settings?: Readonly<Record<string, string | number | boolean>>;
    /** Of a cluster that runs already: where clients reach each member. Nothing is started then. */
    readonly addresses?: readonly string[];
  };
  readonly workload?: WorkloadEntry;
  readonly faults?: readonly FaultStep[];
  readonly steps?: readonly Step[];
  readonly checks: readonly CheckEntry[];
  readonly metrics?: readonly MetricEntry[];
  readonly rollback?: readonly Step[];
  readonly expect?: Expectation;
  /** The same experiment with other variables, and what it shows then. */
  readonly controls?: readonly {
    readonly name: string;
    readonly vars: Readonly<Record<string, Plain>>;
    readonly expect?: Expectation;
  }[];
}

/** Reads an experiment file. Throws `BadFileError` naming line and column of everything wrong. */
export function readExperiment(text: string, file: string): ExperimentFile {
  return readChecked(text, file, EXPERIMENT_SCHEMA) as ExperimentFile;
}

/**
 * Puts values in the place of `${name}` everywhere in plain data. A text that is nothing but `${name}` becomes the value itself, of
 * whatever type. Throws `LiveError` for a name without a value.
 */
export function substituted<T>(data: T, values: Readonly<Record<string, unknown>>): T {
  if (typeof data === 'string') return substitutedText(data, values) as T;
  if (Array.isArray(data)) return data.map((item: unknown) => substituted(item, values)) as T;
  if (typeof data !== 'object' || data === null) return data;
  const entries = Object.entries(data).map(([key, value]) => [key, substituted(value as unknown, values)]);
  return Object.fromEntries(entries) as T;
}

function substitutedText(text: string, values: Readonly<Record<string, unknown>>): unknown {
  const valueOf = (name: string): unknown => {
    if (Object.hasOwn(values, name)) return values[name];
    throw new LiveError(
      'UNKNOWN_NAME',
      `Cannot put a value in the place of \${${name}}: there is none`,
      `give one of ${Object.keys(values).join(', ') || 'the variables'}`,
      name,
    );
  };
  const whole = /^\$\{([^}]+)\}$/.exec(text);
  if (whole !== null) return valueOf(whole[1] ?? '');
  return text.replace(/\$\{([^}]+)\}/g, (_, name: string) => {
    const value = valueOf(name);
    return typeof value === 'string' ? value : JSON.stringify(value);
  });
}
