import { gunzipSync, gzipSync } from 'node:zlib';
import type { Experiment } from '../../experiment/experiment.ts';
import { bootCore, type BootCore } from '../../simulate/coreProgram.ts';
import { planRun } from '../../simulate/plan.ts';
import { PlannedRun } from '../../simulate/plannedRun.ts';
import type { RunResult } from '../../simulate/result.ts';
import { InputError, messageOf } from '../inputError.ts';
import { excused } from './excused.ts';
import type { Told } from './frames.ts';
import { Mirrors, NOBODY } from './mirrors.ts';
import type { ToldLog, ToldTurn } from './toldLog.ts';

const FORMAT = 'holdfast-process-recording';
const VERSION = 1;

/** What a recording says of its run, beside what processes told. */
export interface RecordingHead {
  readonly experiment: string;
  /** The experiment's file, for those that are not built in. */
  readonly file?: string;
  readonly seed: number;
  /** When it ended, microseconds. */
  readonly endUs: number;
  /** How late the machine was at most, milliseconds. */
  readonly latestMs: number;
  readonly digest: string;
}

/** A run on processes as data. */
export interface Recording extends RecordingHead {
  readonly before: readonly ToldTurn[];
  readonly turns: readonly ToldTurn[];
}

/** Whether a text claims to be a recording. */
export function isRecording(text: string): boolean {
  return text.startsWith(`{"format":"${FORMAT}"`);
}

/** A recording as a text of one line. */
export function printRecording(head: RecordingHead, { before, turns }: ToldLog): string {
  const told = gzipSync(JSON.stringify({ before, turns })).toString('base64');
  return `${JSON.stringify({ format: FORMAT, version: VERSION, ...head, told })}\n`;
}

/** Reads what `printRecording` wrote. Throws `InputError`. */
export function parseRecording(text: string, shown: string): Recording {
  try {
    const { version, told, ...head } = JSON.parse(text) as RecordingHead & {
      readonly version: number;
      readonly told: string;
    };
    if (version !== VERSION) throw new RangeError(`its version is ${version}, and ${VERSION} is known`);
    const turns = JSON.parse(gunzipSync(Buffer.from(told, 'base64')).toString('utf8')) as Pick<
      Recording,
      'before' | 'turns'
    >;
    return { ...head, ...turns };
  } catch (error) {
    throw new InputError(`Cannot read ${shown} as a recording: ${messageOf(error)}`, 'nothing was run', {
      cause: error,
    });
  }
}

/** What a run made again from its recording came to. */
export interface Replayed {
  readonly result: RunResult;
  readonly steps: number;
  readonly starts: number;
}

/**
 * Makes a run on processes again without any process: the world is the same as long as the processes tell the same at the same times. Throws
 * `DivergedError` when the cores are no longer those that ran.
 */
export function replayRecording(experiment: Experiment, recording: Recording): Replayed {
  const plan = planRun(experiment, recording.seed);
  let failure: Error | undefined;
  const mirrors = new Mirrors({
    deliver: () => undefined,
    heard: () => undefined,
    failed: (error) => {
      failure ??= error;
    },
  });
  const hear: ((told: Told) => void)[] = [];
  const boot: BootCore = (core, host, options) => {
    if (host.id >= plan.nodes) return bootCore(core, host, options);
    hear[host.id] = mirrors.place(core, host, options);
    return NOBODY;
  };
  const run = new PlannedRun(experiment, plan, { trace: true }, { boot });
  const take = ({ atUs, told }: ToldTurn): void => {
    run.world.run(atUs);
    for (const [host, one] of told) hear[host]?.(one);
    if (failure !== undefined) throw failure;
  };
  for (const turn of recording.before) take(turn);
  run.world.run(0);
  run.begin();
  for (const turn of recording.turns) take(turn);
  run.world.run(recording.endUs);
  if (failure !== undefined) throw failure;
  const result = excused(run.finish(), experiment, recording.latestMs);
  return { result, steps: mirrors.steps, starts: mirrors.booted };
}
