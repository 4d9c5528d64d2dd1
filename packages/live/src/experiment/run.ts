import { join } from 'node:path';
import { type Verdict, type VerdictStatus, worstStatus } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { Trace } from '@holdfast/trace';
import { VolatileDisk } from '../devices/disk/disk.ts';
import type { LinkDevice } from '../devices/links.ts';
import { EtcdMesh } from '../devices/mesh/mesh.ts';
import { packetRules } from '../devices/packetRules.ts';
import { LiveError, textOf } from '../errors.ts';
import { assertSupported, Striker } from '../faults/striker.ts';
import { Recorder, type RecordedHistory } from '../history/recorder.ts';
import { loopbackSite } from '../site/loopback.ts';
import { namespaceSite } from '../site/namespaces.ts';
import type { Site } from '../site/site.ts';
import type { Cluster, System } from '../subjects/cluster.ts';
import { type Hold, launchReady, takeHold } from '../subjects/run.ts';
import { systemNamed } from '../subjects/systems.ts';
import { sleep } from '../time.ts';
import { type ExperimentFile, type Expectation, type Step, substituted } from './file.ts';
import { faultOf } from './faults.ts';
import { judge } from './judge.ts';
import { type Measured, measure } from './metrics.ts';
import { Roles } from './roles.ts';
import { type JournalLine, type StepContext, Stepper } from './steps.ts';
import { fitsVersion } from './version.ts';
import { type Struck, traceOf } from './trace.ts';
import { runWorkload } from './workload.ts';

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
}

/** The end of what one process of a member printed. */
export interface MemberLog {
  readonly process: string;
  readonly text: string;
}

/** Lines kept of each log. */
const LOG_LINES = 12;

/** How to run an experiment. */
export interface RunOptions {
  readonly vars?: Readonly<Record<string, Plain>>;
  readonly expect?: Expectation;
  readonly signal?: AbortSignal;
  /** Clusters tried in all while a step's condition does not come true; 3 unless told otherwise. */
  readonly attempts?: number;
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
      const isUnlucky = error instanceof LiveError && error.code === 'NOT_READY';
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
  const file: Omit<ExperimentFile, 'controls'> = substituted(plain, { ...given.vars, ...options.vars });
  const system = systemNamed(file.subject.system);
  const version = system.version();
  if (file.versions !== undefined && !fitsVersion(version, file.versions)) {
    throw new LiveError(
      'VERSION_OTHER',
      `Cannot show ${file.name} with ${system.name} ${version}: it speaks of ${file.versions}`,
      'put such a version on PATH',
      version,
    );
  }
  const started = performance.now();
  const hold = takeHold();
  let undoFailures: readonly string[] = [];
  let done: Omit<LiveResult, 'retries' | 'undoFailures' | 'totalMs'> | undefined;
  try {
    done = await onMachine(file, system, hold, options);
  } finally {
    undoFailures = hold.release();
  }
  return { ...done, undoFailures, totalMs: performance.now() - started };
}

type Plan = Omit<ExperimentFile, 'controls'>;

interface Network {
  readonly site: Site;
  readonly links: LinkDevice | undefined;
  readonly mesh: EtcdMesh | undefined;
}

function networkOf(file: Plan, hold: Hold): Network {
  const { network = 'loopback', system, members = 3 } = file.subject;
  if (network === 'namespaces') {
    const site = namespaceSite(hold.ledger, members);
    return { site, links: packetRules(site, hold.ledger), mesh: undefined };
  }
  if (network === 'loopback') return { site: loopbackSite(), links: undefined, mesh: undefined };
  if (system !== 'etcd') {
    throw new LiveError(
      'FAULT_UNSUPPORTED',
      `Cannot use network: mesh with ${system}: it understands etcd`,
      'use namespaces',
    );
  }
  const mesh = new EtcdMesh(`holdfast-${hold.ledger.runId}`);
  return { site: loopbackSite(), links: mesh, mesh };
}

/** A disk for every member; all or none. */
async function mountDisks(members: number, { ledger }: Hold): Promise<VolatileDisk[]> {
  const folder = (index: number): string => join(ledger.folder, `disk-N${index + 1}`);
  return Promise.all(
    Array.from({ length: members }, (_, index) => VolatileDisk.mount(folder(index), ledger)),
  );
}

async function onMachine(
  file: Plan,
  system: System,
  hold: Hold,
  options: RunOptions,
): Promise<Omit<LiveResult, 'retries' | 'undoFailures' | 'totalMs'>> {
  const started = performance.now();
  const { site, links, mesh } = networkOf(file, hold);
  try {
    const strikes = [...(file.faults ?? []), ...(file.steps ?? []).flatMap(({ strike }) => strike ?? [])];
    const isVolatile = file.subject.disk === 'volatile';
    for (const fault of strikes) assertSupported(faultOf(fault), links, isVolatile);
    const disks = isVolatile ? await mountDisks(file.subject.members ?? 3, hold) : undefined;
    const cluster = await launchReady(
      system,
      {
        ledger: hold.ledger,
        site,
        members: file.subject.members ?? 3,
        settings: file.subject.settings ?? {},
        ...(disks === undefined ? {} : { dataFolderOf: (index: number) => disks[index]?.folder ?? '' }),
        ...(mesh === undefined ? {} : { peerProxy: (index, address) => mesh.proxy(index, address) }),
      },
      options.signal,
    );
    const readyMs = performance.now() - started;
    try {
      return { ...(await observe(file, cluster, { hold, links, mesh, disks }, options)), readyMs };
    } finally {
      cluster.close();
    }
  } finally {
    mesh?.close();
  }
}

async function observe(
  file: Plan,
  cluster: Cluster,
  devices: {
    readonly hold: Hold;
    readonly links: LinkDevice | undefined;
    readonly mesh: EtcdMesh | undefined;
    readonly disks: readonly VolatileDisk[] | undefined;
  },
  options: RunOptions,
): Promise<Omit<LiveResult, 'retries' | 'undoFailures' | 'totalMs' | 'readyMs'>> {
  const stop = new AbortController();
  options.signal?.addEventListener('abort', () => stop.abort(), { once: true });
  const recorder = new Recorder();
  const roles = new Roles(cluster, stop.signal);
  const journal: JournalLine[] = [];
  const striker = new Striker(cluster, {
    ledger: devices.hold.ledger,
    links: devices.links,
    disks: devices.disks,
    resolve: (name) => roles.resolve(name),
    say: (text) => void journal.push({ atMs: Math.round(recorder.nowUs() / 1_000), text }),
  });
  const struck: Struck[] = [];
  const { mesh } = devices;
  const context = { cluster, recorder, roles, striker, mesh, signal: stop.signal, journal, struck };
  const stepper = new Stepper(context);
  const leaders = watchLeaders(
    cluster,
    file.metrics?.some(({ of }) => of === 'leaderChanges') === true,
    stop.signal,
  );
  try {
    const load =
      file.workload === undefined ? undefined : runWorkload(file.workload, cluster, recorder, stop.signal);
    const faults = Promise.all((file.faults ?? []).map((fault) => timed(stepper, fault, stop.signal)));
    for (const step of file.steps ?? []) await stepper.step(step);
    await faults;
    if (file.workload?.forMs !== undefined) await load;
    await stepper.settle();
    options.signal?.throwIfAborted();
    stop.abort();
    await load;
  } finally {
    stop.abort();
    stepper.watches.closeAll();
    await rollBack(file.rollback ?? [], stepper, { ...context, signal: new AbortController().signal });
  }
  const changes = await leaders;
  const recording = recorder.finish();
  const verdicts = file.checks.map((check) => judge(check, recording, stepper.named, stepper.watches));
  const metrics = (file.metrics ?? []).map((metric) => measure(metric, recorder.recorded, changes));
  const status = metrics.some(({ kept }) => !kept) ? 'violated' : worstStatus(verdicts);
  const { system, version } = cluster;
  return {
    name: file.name,
    system,
    version,
    status,
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

async function timed(
  stepper: Stepper,
  fault: Parameters<Stepper['strike']>[0],
  signal: AbortSignal,
): Promise<void> {
  await sleep(fault.atMs ?? 0, signal);
  if (!signal.aborted) await stepper.strike(fault);
}

/** Every step of the rollback is tried, then every fault that is left is healed; failures go into the journal. */
async function rollBack(
  steps: readonly Step[],
  stepper: Stepper,
  context: { readonly journal: JournalLine[] } & ConstructorParameters<typeof Stepper>[0],
): Promise<void> {
  const note = (error: unknown): void =>
    void context.journal.push({ atMs: -1, text: `rollback failed: ${textOf(error)}` });
  await stepper.heal('all').catch(note);
  const undoing = new Stepper(context);
  for (const step of steps) await undoing.step(step).catch(note);
  await undoing.heal('all').catch(note);
}

/** How often another member was seen leading. */
async function watchLeaders(cluster: Cluster, isWanted: boolean, signal: AbortSignal): Promise<number> {
  let changes = 0;
  let last: string | undefined;
  while (isWanted && !signal.aborted) {
    const leader = (await cluster.leader())?.name;
    if (leader !== undefined && last !== undefined && leader !== last) changes++;
    last = leader ?? last;
    await sleep(100, signal);
  }
  return changes;
}
