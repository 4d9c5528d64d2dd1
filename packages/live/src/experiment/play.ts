import { type Verdict, worstStatus } from '@holdfast/check';
import type { Trace } from '@holdfast/trace';
import { textOf } from '../errors.ts';
import { Recorder, type RecordedHistory } from '../history/recorder.ts';
import type { Cluster } from '../subjects/cluster.ts';
import type { Clock } from '../time.ts';
import type { FaultStep, Step } from './file.ts';
import { judge } from './judge.ts';
import { measure } from './metrics.ts';
import type { LiveResult, MemberLog, RunOptions } from './run.ts';
import { Roles } from './roles.ts';
import type { PlayedFile, Stage } from './stage.ts';
import { type JournalLine, type StepContext, Stepper } from './steps.ts';
import { type Struck, traceOf } from './trace.ts';
import { runWorkload } from './workload.ts';

/** What the keys of watches begin with when a file does not say. */
const WATCHED = 'watched';

/** How long watches may take after the last write. */
const CATCH_UP_MS = 5_000;

/** Lines kept of each log. */
const LOG_LINES = 12;

/** How often it is asked who leads. */
const LEADER_EVERY_MS = 100;

/** What playing an experiment gives; the rest of a result is about the machine. */
export type Played = Omit<LiveResult, 'retries' | 'undoFailures' | 'totalMs' | 'readyMs'>;

/** Plays an experiment on a stage and judges what was seen. Its rollback runs whatever happens. */
export async function play(file: PlayedFile, stage: Stage, options: RunOptions): Promise<Played> {
  const { cluster, clock, mesh } = stage;
  const stop = new AbortController();
  options.signal?.addEventListener('abort', () => stop.abort(), { once: true });
  const recorder = new Recorder(clock);
  const roles = new Roles(cluster, stop.signal, clock);
  const journal: JournalLine[] = [];
  const striker = stage.striker({
    resolve: (name) => roles.resolve(name),
    say: (text) => void journal.push({ atMs: Math.round(recorder.nowUs() / 1_000), text }),
  });
  const struck: Struck[] = [];
  const context = { cluster, recorder, roles, striker, mesh, signal: stop.signal, journal, struck };
  const stepper = new Stepper(context);
  const wantsLeaders = file.metrics?.some(({ of }) => of === 'leaderChanges') === true;
  const leaders = watchLeaders(cluster, clock, wantsLeaders, stop.signal);
  try {
    const { workload } = file;
    const on = workload?.on === undefined ? undefined : await roles.resolve(workload.on);
    if (workload?.of === 'watch')
      stepper.watches.follow(cluster, {
        keyPrefix: workload.keyPrefix ?? WATCHED,
        resumes: workload.atomic !== false,
        clock,
      });
    const load =
      workload === undefined ? undefined : runWorkload(workload, cluster, recorder, stop.signal, on);
    const faults = Promise.all((file.faults ?? []).map((fault) => timed(stepper, clock, fault, stop.signal)));
    for (const step of file.steps ?? []) await stepper.step(step);
    await faults;
    if (workload?.forMs !== undefined) await load;
    await stepper.settle();
    options.signal?.throwIfAborted();
    stop.abort();
    await load;
    if (workload?.of === 'watch')
      await stepper.watches.caughtUp(recorder.recorded, {
        withinMs: CATCH_UP_MS,
        clock,
      });
  } finally {
    stop.abort();
    stepper.watches.closeAll();
    await rollBack(file.rollback ?? [], stepper, { ...context, signal: new AbortController().signal });
  }
  const changes = await leaders;
  const recording = recorder.finish();
  const checks = file.checks.map((check) =>
    judge(check, recording, stepper.named, stepper.watches, recorder.recorded),
  );
  const verdicts: Verdict[] = [...checks, ...(stage.invariants?.() ?? [])];
  const metrics = (file.metrics ?? []).map((metric) => measure(metric, recorder.recorded, changes));
  const { system, version } = cluster;
  return {
    name: file.name,
    system,
    version,
    status: metrics.some(({ kept }) => !kept) ? 'violated' : worstStatus(verdicts),
    expect: options.expect ?? file.expect ?? 'holds',
    verdicts,
    metrics,
    recording,
    trace: seenOf(cluster, recorder, recording, context),
    logs: logsOf(cluster),
    journal,
  };
}

function seenOf(
  { members }: Cluster,
  recorder: Recorder,
  recording: RecordedHistory,
  { mesh, struck, journal }: Pick<StepContext, 'mesh' | 'struck' | 'journal'>,
): Trace {
  return traceOf({
    members: members.map(({ name }) => name),
    recording,
    struck,
    messages: mesh?.seen ?? [],
    meshStartUs: mesh === undefined ? 0 : mesh.startMs * 1_000 - recorder.startUs,
    journal,
    endedUs: recorder.nowUs(),
  });
}

function logsOf({ members }: Cluster): MemberLog[] {
  return members.flatMap(({ servers }) =>
    servers.map((server) => ({ process: server.name, text: server.lastWords(LOG_LINES) })),
  );
}

async function timed(stepper: Stepper, clock: Clock, fault: FaultStep, signal: AbortSignal): Promise<void> {
  await clock.sleep(fault.atMs ?? 0, signal);
  if (!signal.aborted) await stepper.strike(fault);
}

/** Every step of the rollback is tried, then every fault that is left is healed; failures go into the journal. */
async function rollBack(steps: readonly Step[], stepper: Stepper, context: StepContext): Promise<void> {
  const note = (error: unknown): void =>
    void context.journal.push({ atMs: -1, text: `rollback failed: ${textOf(error)}` });
  await stepper.heal('all').catch(note);
  const undoing = new Stepper(context);
  for (const step of steps) await undoing.step(step).catch(note);
  await undoing.heal('all').catch(note);
}

/** How often another member was seen leading. */
async function watchLeaders(
  cluster: Cluster,
  clock: Clock,
  isWanted: boolean,
  signal: AbortSignal,
): Promise<number> {
  let changes = 0;
  let last: string | undefined;
  while (isWanted && !signal.aborted) {
    const leader = (await cluster.leader())?.name;
    if (leader !== undefined && last !== undefined && leader !== last) changes++;
    last = leader ?? last;
    await clock.sleep(LEADER_EVERY_MS, signal);
  }
  return changes;
}
