import { hostname, platform } from 'node:os';
import { type ChaosExperiment, resolved } from './file.ts';
import type { ActivityResult, ChaosJournal, MetricResult, SteadyState } from './journal.ts';
import { sample, secondsOf } from './metrics.ts';
import { iso, Player } from './player.ts';
import { type ChaosPorts, REAL_PORTS } from './ports.ts';

/** Seconds between two looks at the hypothesis during the method, as the toolkit's command line has it. */
const FREQUENCY_SECONDS = 1;

/** What to run with. */
export interface ChaosOptions {
  /** Default: the real world. */
  readonly ports?: ChaosPorts;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly vars?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

type Strategy = NonNullable<NonNullable<NonNullable<ChaosExperiment['runtime']>['hypothesis']>['strategy']>;

const BEFORE: readonly Strategy[] = ['default', 'before-method-only', 'continuously'];
const AFTER: readonly Strategy[] = ['default', 'after-method-only', 'continuously'];
const DURING: readonly Strategy[] = ['during-method-only', 'continuously'];

/** What has come of an experiment so far. */
interface Course {
  status: ChaosJournal['status'];
  before: SteadyState | null;
  after: SteadyState | null;
  readonly during: SteadyState[];
  run: readonly ActivityResult[];
  metrics: readonly MetricResult[];
}

/**
 * Runs a Chaos Toolkit experiment, by the hypothesis strategy of its `runtime`. Without its steady state the method is not run. An activity that fails does not stop the
 * others. Rollbacks always run, also after an interruption, unless `runtime.rollbacks.strategy` says otherwise; one that fails does not stop the others. Throws only for
 * files that cannot be used.
 */
export async function runChaos(given: ChaosExperiment, options: ChaosOptions = {}): Promise<ChaosJournal> {
  const { signal, ports = REAL_PORTS } = options;
  const experiment = await resolved(given, { ...options, env: options.env ?? {}, ports });
  const started = ports.nowMs();
  const player = new Player(experiment, { ports, signal });
  return player.between('experiment', { name: experiment.title }, async () => {
    const course: Course = {
      status: 'completed',
      before: null,
      after: null,
      during: [],
      run: [],
      metrics: [],
    };
    await play(experiment, player, { ports, signal, course });
    if (signal?.aborted === true && course.status === 'completed') course.status = 'interrupted';
    const { before, after, during, metrics, status } = course;
    const deviated =
      [after, ...during].some((state) => state?.steady_state_met === false) ||
      metrics.some(({ kept }) => !kept);
    const rollbacks = isRolledBack(experiment, status, deviated) ? await player.rollbacks() : [];
    const ended = ports.nowMs();
    return {
      experiment: given,
      status,
      deviated,
      start: iso(started),
      end: iso(ended),
      duration: (ended - started) / 1_000,
      steady_states: { before, after, during },
      run: course.run,
      rollbacks,
      metrics,
      platform: platform(),
      node: hostname(),
    };
  });
}

interface Means {
  readonly ports: ChaosPorts;
  readonly signal: AbortSignal | undefined;
  readonly course: Course;
}

/** Hypothesis, method and hypothesis, as far as they come. */
async function play(experiment: ChaosExperiment, player: Player, means: Means): Promise<void> {
  const { ports, signal, course } = means;
  const { strategy = 'default' } = experiment.runtime?.hypothesis ?? {};
  if (BEFORE.includes(strategy)) course.before = await player.hypothesis();
  if (course.before?.steady_state_met === false) {
    course.status = 'failed';
    return;
  }
  const stop = new AbortController();
  const end = (): void => stop.abort();
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  const over = new AbortController();
  const samples = sample(experiment, player, over.signal, ports);
  const watching = DURING.includes(strategy)
    ? watch(experiment, player, { ...means, stop, over: over.signal })
    : undefined;
  course.run = await player.method(stop.signal);
  if (!stop.signal.aborted) await ports.sleep(secondsOf(experiment.duration) * 1_000, stop.signal);
  over.abort();
  await watching;
  course.metrics = await samples;
  signal?.removeEventListener('abort', end);
  if (signal?.aborted === true) course.status = 'interrupted';
  if (course.status !== 'completed' || !AFTER.includes(strategy)) return;
  course.after = await player.hypothesis();
  if (course.after?.steady_state_met === false) course.status = 'failed';
}

/** Looks at the hypothesis over and over until the method is over; where the file says so, the first deviation ends the method. */
async function watch(
  experiment: ChaosExperiment,
  player: Player,
  { ports, course, stop, over }: Means & { readonly stop: AbortController; readonly over: AbortSignal },
): Promise<void> {
  const { frequency = FREQUENCY_SECONDS, 'fail-fast': failFast = false } =
    experiment.runtime?.hypothesis ?? {};
  while (!over.aborted && !stop.signal.aborted) {
    const state = await player.hypothesis();
    if (state === null) return;
    course.during.push(state);
    if (!state.steady_state_met && failFast) {
      course.status = 'failed';
      stop.abort();
    }
    await ports.sleep(frequency * 1_000, over);
  }
}

/** Whether rollbacks run. Ours always do when a file does not say; the toolkit's `default` leaves them out after a failure or an interruption. */
function isRolledBack(
  { runtime }: ChaosExperiment,
  status: ChaosJournal['status'],
  deviated: boolean,
): boolean {
  switch (runtime?.rollbacks?.strategy ?? 'always') {
    case 'never':
      return false;
    case 'deviated':
      return deviated;
    case 'default':
      return status !== 'failed' && status !== 'interrupted';
    case 'always':
      return true;
  }
}
