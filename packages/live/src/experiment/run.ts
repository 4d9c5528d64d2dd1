import type { Verdict, VerdictStatus } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { Trace } from '@holdfast/trace';
import { LiveError } from '../errors.ts';
import type { RecordedHistory } from '../history/recorder.ts';
import type { System } from '../subjects/cluster.ts';
import { takeHold } from '../subjects/run.ts';
import { systemNamed } from '../subjects/systems.ts';
import { type ExperimentFile, type Expectation, substituted } from './file.ts';
import type { Measured } from './metrics.ts';
import { externalStage } from './externalStage.ts';
import { play } from './play.ts';
import type { NetworkName } from './schema.ts';
import { machineStage, type PlayedFile, type SimulatedStage } from './stage.ts';
import type { JournalLine } from './steps.ts';
import { fitsVersion } from './version.ts';

/** What a run showed. */
export interface LiveResult {
  readonly name: string;
  readonly system: string;
  readonly version: string;
  /** Over all checks and thresholds. */
  readonly status: VerdictStatus;
  readonly expect: Expectation;
  readonly verdicts: readonly Verdict[];
  readonly metrics: readonly Measured[];
  readonly recording: RecordedHistory;
  /** What was seen of it, for pictures. */
  readonly trace: Trace;
  /** The end of what each process printed. */
  readonly logs: readonly MemberLog[];
  /** Clusters given up because a step's condition did not come true, and why. */
  readonly retries: readonly string[];
  readonly journal: readonly JournalLine[];
  /** What the rollback or the undo could not do. */
  readonly undoFailures: readonly string[];
  readonly readyMs: number;
  readonly totalMs: number;
  /** Of a simulated run: equal digests mean equal runs. */
  readonly digest?: string;
}

/** The end of what one process of a member printed. */
export interface MemberLog {
  readonly process: string;
  readonly text: string;
}

/** How to run an experiment. */
export interface RunOptions {
  readonly vars?: Readonly<Record<string, Plain>>;
  readonly expect?: Expectation;
  readonly signal?: AbortSignal;
  /** Clusters tried in all while a step's condition does not come true; 3 unless told otherwise. */
  readonly attempts?: number;
  /** The network instead of the file's: the same experiment elsewhere. */
  readonly network?: NetworkName;
  /** Sets up the stage of `network: simulation`; without it there is none. */
  readonly simulate?: (file: PlayedFile) => SimulatedStage;
  /** A capture file of what members say to each other goes there (network: vxlan). */
  readonly pcap?: string;
}

/**
 * Runs an experiment, again on a fresh cluster when a step's condition did not come true: then nothing was shown. What an attempt showed
 * stands, whatever it is. Throws as below.
 */
export async function runLive(given: ExperimentFile, options: RunOptions = {}): Promise<LiveResult> {
  const { attempts = 3 } = options;
  const retries: string[] = [];
  for (let attempt = 1; ; attempt++) {
    try {
      return { ...(await runOnce(given, options)), retries };
    } catch (error) {
      // Somebody else may have taken a port between its choice and the start of the member.
      const isUnlucky =
        error instanceof LiveError &&
        (error.code === 'NOT_READY' || /address already in use/.test(error.message));
      if (!isUnlucky || attempt >= attempts || options.signal?.aborted === true) throw error;
      retries.push(error.message);
    }
  }
}

/**
 * Runs an experiment on a cluster made for it. Whatever happens, its rollback runs, all faults are healed and everything made for it is
 * undone, also by a guard when this process is killed. Throws `LiveError` when it cannot be run: bad names, missing programs, a version it
 * does not speak of (`VERSION_OTHER`), faults no device can do, a step whose condition never comes true.
 */
async function runOnce(given: ExperimentFile, options: RunOptions): Promise<Omit<LiveResult, 'retries'>> {
  const { controls: _controls, ...plain } = given;
  const filled: PlayedFile = substituted(plain, { ...given.vars, ...options.vars });
  const { network = filled.subject.network ?? 'loopback' } = options;
  const file: PlayedFile = { ...filled, subject: { ...filled.subject, network } };
  return network === 'simulation' ? inWorld(file, options) : onMachine(file, options);
}

async function inWorld(file: PlayedFile, options: RunOptions): Promise<Omit<LiveResult, 'retries'>> {
  const { simulate } = options;
  if (simulate === undefined) {
    throw new LiveError(
      'FAULT_UNSUPPORTED',
      `Cannot play ${file.name} with network: simulation: no simulator is at hand`,
      "use 'holdfast live', or give one to runLive",
    );
  }
  const started = performance.now();
  const stage = simulate(file);
  const done = await stage.drive(play(file, stage, options));
  await stage.close();
  const digest = stage.digest?.();
  const totalMs = performance.now() - started;
  const made = { ...done, readyMs: stage.readyMs, undoFailures: [], totalMs };
  return digest === undefined ? made : { ...made, digest };
}

async function onMachine(file: PlayedFile, options: RunOptions): Promise<Omit<LiveResult, 'retries'>> {
  const system = systemNamed(file.subject.system);
  if (file.subject.addresses !== undefined) return onCluster(file, system, options);
  const version = system.version();
  assertVersion(file, system, version);
  const started = performance.now();
  const hold = takeHold();
  let undoFailures: readonly string[] = [];
  let done: Omit<LiveResult, 'retries' | 'undoFailures' | 'totalMs'> | undefined;
  try {
    const stage = await machineStage(file, system, hold, options);
    try {
      done = { ...(await play(file, stage, options)), readyMs: stage.readyMs };
    } finally {
      await stage.close();
    }
  } finally {
    undoFailures = hold.release();
  }
  return { ...done, undoFailures, totalMs: performance.now() - started };
}

/** On a cluster that somebody else runs: there is nothing to undo but what our clients met. */
async function onCluster(
  file: PlayedFile,
  system: System,
  options: RunOptions,
): Promise<Omit<LiveResult, 'retries'>> {
  const started = performance.now();
  const stage = await externalStage(file, system, options);
  try {
    assertVersion(file, system, stage.cluster.version);
    const done = await play(file, stage, options);
    return { ...done, readyMs: stage.readyMs, undoFailures: [], totalMs: performance.now() - started };
  } finally {
    await stage.close();
  }
}

function assertVersion(file: PlayedFile, system: System, version: string): void {
  if (file.versions !== undefined && !fitsVersion(version, file.versions)) {
    throw new LiveError(
      'VERSION_OTHER',
      `Cannot show ${file.name} with ${system.name} ${version}: it speaks of ${file.versions}`,
      'put such a version on PATH',
      version,
    );
  }
}
