import { cpus } from 'node:os';
import { LiveError, takeHold } from '@holdfast/live';
import type { Experiment } from '../../experiment/experiment.ts';
import { planRun } from '../../simulate/plan.ts';
import { PlannedRun } from '../../simulate/plannedRun.ts';
import type { RunResult } from '../../simulate/result.ts';
import type { ExperimentReference } from '../resolveExperiment.ts';
import { needsVolatileDisks } from './admitted.ts';
import { excused } from './excused.ts';
import { ProcessGroup } from './processGroup.ts';
import { ToldLog } from './toldLog.ts';
import { WallTime } from './wallTime.ts';

/** How to run an experiment on processes. */
export interface ProcessRunOptions {
  readonly reference: ExperimentReference;
  /** Plans operations and faults, as for a simulated run. */
  readonly seed: number;
  readonly signal?: AbortSignal;
  /** Called now and then with the time of the run, microseconds. */
  readonly progress?: (nowUs: number) => void;
}

/** What a run on processes came to. */
export interface ProcessRun {
  /** As a simulated run gives it; its digest names no run that could be made again. */
  readonly result: RunResult;
  /** Steps that processes took, each compared with the step of its core. */
  readonly steps: number;
  /** Processes started, first starts and restarts. */
  readonly starts: number;
  /** From the first process to the first operation, milliseconds. */
  readonly readyMs: number;
  /** The most that something happened after it was due, milliseconds; large where the machine is too slow for the load. */
  readonly latestMs: number;
  /** It was ended before its plan was. */
  readonly interrupted: boolean;
  readonly undoFailures: readonly string[];
  /** What the processes told: enough to make the run again. */
  readonly log: ToldLog;
  /** When it ended, microseconds. */
  readonly endUs: number;
}

/** A process that has not started after so long never will. */
const READY_MS = 30_000;

/**
 * Runs the plan of a seed on processes: each server's core in one of its own, with real time, sockets and disk; the same operations, faults and
 * promises as in simulation. Throws `ExperimentError` for a fault that processes cannot have, `DivergedError`, `LiveError`.
 */
export async function runProcesses(experiment: Experiment, options: ProcessRunOptions): Promise<ProcessRun> {
  const { reference, seed, signal, progress } = options;
  const volatile = needsVolatileDisks(experiment);
  const plan = planRun(experiment, seed);
  const hold = takeHold();
  const startMs = performance.now();
  let undoFailures: readonly string[] = [];
  let group: ProcessGroup | undefined;
  let run: PlannedRun | undefined;
  let readyMs = 0;
  let latestUs = 0;
  const log = new ToldLog();
  try {
    group = await ProcessGroup.open({
      reference,
      nodes: plan.nodes,
      seed,
      ledger: hold.ledger,
      volatile,
      log,
    });
    run = new PlannedRun(experiment, plan, { trace: true }, { boot: group.boot });
    await allStarted(group, run, plan.nodes, signal);
    readyMs = performance.now() - startMs;
    log.begin();
    run.begin();
    latestUs = await play(run, group, { untilUs: plan.endUs, signal, progress });
  } finally {
    await group?.close();
    undoFailures = hold.release();
  }
  log.close();
  return {
    result: excused(run.finish(), experiment, latestUs / 1_000),
    steps: group.mirrors.steps,
    starts: group.mirrors.booted,
    readyMs,
    latestMs: latestUs / 1_000,
    interrupted: run.world.nowUs < plan.endUs,
    undoFailures,
    log,
    endUs: run.world.nowUs,
  };
}

/** The world's time begins when every process is there. */
async function allStarted(
  group: ProcessGroup,
  { world }: PlannedRun,
  nodes: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = performance.now() + READY_MS;
  while (group.mirrors.booted < nodes) {
    if (group.failure !== undefined) throw group.failure;
    if (signal?.aborted === true) throw interrupted();
    if (performance.now() > deadline) {
      throw new LiveError(
        'NOT_READY',
        `Cannot use ${nodes} processes: ${group.mirrors.booted} have started within ${READY_MS} ms`,
        `this machine has ${cpus().length} processors; use fewer nodes`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 2));
    world.run(0);
  }
}

async function play(
  { world }: PlannedRun,
  group: ProcessGroup,
  how: {
    readonly untilUs: number;
    readonly signal: AbortSignal | undefined;
    readonly progress: ((nowUs: number) => void) | undefined;
  },
): Promise<number> {
  const time = new WallTime(world);
  const failed = new AbortController();
  const signal = how.signal === undefined ? failed.signal : AbortSignal.any([how.signal, failed.signal]);
  group.wake = () => {
    if (group.failure !== undefined) failed.abort();
    time.wake();
  };
  await time.drive(
    how.untilUs,
    () => {
      group.follow(world);
      how.progress?.(world.nowUs);
    },
    signal,
  );
  if (group.failure !== undefined) throw group.failure;
  return time.latestUs;
}

function interrupted(): LiveError {
  return new LiveError(
    'NOT_READY',
    'Cannot use processes that have not started: interrupted',
    'run it again',
  );
}
