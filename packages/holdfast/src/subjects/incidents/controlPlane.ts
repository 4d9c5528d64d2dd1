import type { Experiment } from '../../experiment/experiment.ts';
import type { SketchAnswer, SketchNode, SketchProgram, SketchRequest } from '../sketch/options.ts';
import { incidentExperiment, regularly } from './incident.ts';

/** Who is served first by a control plane: whoever came first, or what repairs. */
export type ControlQueue = 'one-queue' | 'recovery-first';

/** The bound of a recovery, and who keeps it. */
export const RECOVERS_IN_TIME = 'recovery finishes within its bound';

/** One request takes so long: 200 a second at most. */
const WORK_MS = 5;
const QUEUE_LIMIT = 300;
/** A recovery is so many requests, one after the other. */
const STEPS = ['cordon', 'restart', 'verify'] as const;
const BOUND_MS = 200;
const RECOVERIES_MS = [3_000, 4_000, 5_000] as const;

interface Job {
  readonly isRecovery: boolean;
  readonly done: () => void;
}

class ControlPlane implements SketchProgram {
  private readonly node: SketchNode;
  private readonly order: ControlQueue;
  private readonly queue: Job[] = [];
  private working: Job | undefined;

  constructor(node: SketchNode, order: ControlQueue) {
    this.node = node;
    this.order = order;
  }

  request({ f }: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const refuse = (): void => answer({ outcome: 'fail', output: 'the control plane is overloaded' });
    if (f === 'status')
      this.submit({ isRecovery: false, done: () => answer({ outcome: 'ok', output: null }) }, refuse);
    else this.recover(0, answer, refuse);
  }

  timer(): void {
    const { working } = this;
    this.working = undefined;
    working?.done();
    if (this.working === undefined) this.next();
  }

  private recover(step: number, answer: (answer: SketchAnswer) => void, refuse: () => void): void {
    const name = STEPS[step];
    if (name === undefined) return answer({ outcome: 'ok', output: STEPS.length });
    this.submit({ isRecovery: true, done: () => this.recover(step + 1, answer, refuse) }, refuse);
  }

  private submit(job: Job, refuse: () => void): void {
    const isFirst = job.isRecovery && this.order === 'recovery-first';
    // What repairs has a place although the queue is full: there are few of them.
    if (this.queue.length >= QUEUE_LIMIT && !isFirst) return refuse();
    if (isFirst) this.queue.splice(this.queue.filter(({ isRecovery }) => isRecovery).length, 0, job);
    else this.queue.push(job);
    if (this.working === undefined) this.next();
  }

  private next(): void {
    this.working = this.queue.shift();
    if (this.working !== undefined) this.node.timer('work', WORK_MS);
  }
}

/** The management path is asked for twice what it can do while three recoveries need it; `isOverloaded` false: for half. */
export function controlPlaneExperiment(order: ControlQueue, isOverloaded = true): Experiment {
  return incidentExperiment({
    name: `control-plane-${order}${isOverloaded ? '' : '-in-calm'}`,
    nodes: ['control'],
    operations: ['status', 'recover'],
    clients: 4,
    asks: { timeoutMs: 6_000 },
    program: (node) => new ControlPlane(node, order),
    steps: (choices) => [
      ...regularly(choices, { fromMs: 500, untilMs: 6_000, everyMs: isOverloaded ? 2.5 : 10 }, (n) => {
        return { client: n % 3, f: 'status', key: `member-${n % 50}`, input: null };
      }),
      ...RECOVERIES_MS.map((atMs, n) => ({ atMs, client: 3, f: 'recover', key: `member-${n}`, input: null })),
    ],
    faults: [],
    promises: [RECOVERS_IN_TIME],
    judge: ({ operations }) => {
      const asked = operations.filter(({ f }) => f === 'recover');
      const took = asked.map(({ outcome, invokedAt, completedAt }) =>
        outcome === 'ok' ? (completedAt - invokedAt) / 1_000 : Number.POSITIVE_INFINITY,
      );
      const late = took.filter((ms) => ms > BOUND_MS);
      const refused = took.filter((ms) => ms === Number.POSITIVE_INFINITY).length;
      const reason =
        late.length === 0
          ? `${took.length} recoveries took at most ${Math.max(...took).toFixed(0)} of ${BOUND_MS} ms`
          : `${late.length} of ${took.length} recoveries were not done within ${BOUND_MS} ms, ${refused} of them never`;
      return [{ promise: RECOVERS_IN_TIME, kept: late.length === 0, reason, examined: took.length }];
    },
    metrics: ({ operations }) => ({
      'status answered': operations.filter(({ f, outcome }) => f === 'status' && outcome === 'ok').length,
      'status refused': operations.filter(({ f, outcome }) => f === 'status' && outcome === 'fail').length,
    }),
  });
}
