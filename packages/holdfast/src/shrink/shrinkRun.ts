import type { Verdict } from '@holdfast/check';
import { minimise } from '@holdfast/explore';
import { admits, type MessageEdit } from '@holdfast/world';
import type { Experiment } from '../experiment/experiment.ts';
import type { RunPlan } from '../simulate/plan.ts';
import { type RunResult, simulatePlan } from '../simulate/simulate.ts';
import { closer, gaps, windowed, withoutServer } from './steps.ts';

/** How a violated run was made small. */
export interface ShrinkResult {
  /** The smallest run found, with its trace. */
  readonly result: RunResult;
  readonly plan: RunPlan;
  /** The promise kept violated all the way. */
  readonly promise: string;
  /** World events before and after. */
  readonly fromEvents: number;
  readonly toEvents: number;
  /** Runs made on the way. */
  readonly runs: number;
}

/** How hard to try, and whom to tell. */
export interface ShrinkOptions {
  /** Most world events to spend on runs. Default 8 million: some twenty seconds at worst. */
  readonly maxEvents?: number;
  /** The promise to keep violated. Default: the most telling of the violated ones. */
  readonly promise?: string;
  /** Called now and then with what is known so far. */
  readonly onProgress?: (runs: number, events: number) => void;
  /** Asked before each run; true ends shrinking with the best found so far. */
  readonly cancelled?: () => boolean;
}

/** A run this small needs no other attempt. */
const SMALL = 90;
/** Attempts to shrink one run, each with other luck. */
const ATTEMPTS = 4;
const DEFAULT_MAX_EVENTS = 8_000_000;
/** Seeds tried for a luckier run of the same plan. */
const RESEEDS = 24;
/** One operation, fault or server in the size of a plan; times count less. */
const STEP = 1e12;
/** Plans with so few operations can afford to try each removal with several seeds. */
const FEW_OPERATIONS = 40;
/** Seeds tried, beside its own, when a plan is changed. */
const MOST_LUCK = 24;
const LUCK_EVENTS = 8_000;
/** How much of the end of a run to try alone. */
const WINDOWS_US: readonly number[] = [300_000, 600_000, 1_200_000, 2_500_000, 5_000_000];
/** How much longer a run with fewer servers may go on before its monitor sees the violation. */
const LOOSE_US = 1_500_000;
/** After the violation the run may go on for this long: an answer on its way still arrives. */
const TAIL_US = 1_000;

/** Of several broken promises the one a client feels most is kept; then those of monitors, which see it at once; then those of the whole history. */
const MOST_TELLING = 'no acknowledged write lost';

/**
 * Makes a violated run small: fewer faults, operations and servers, calmer links, shorter pauses, an earlier end, as long as the
 * same promise stays violated. Deterministic: the same run gives the same result. Throws a `RangeError` for a run that is not violated.
 */
export function shrinkRun(
  experiment: Experiment,
  result: RunResult,
  options: ShrinkOptions = {},
): ShrinkResult {
  let best: ShrinkResult | undefined;
  let runs = 0;
  let budget = options.maxEvents ?? DEFAULT_MAX_EVENTS;
  for (let attempt = 0; attempt < ATTEMPTS && budget > 0; attempt++) {
    const shrinker = new Shrinker(experiment, result, options, attempt, Math.ceil(budget / 2), runs);
    const found = shrinker.shrink();
    runs = found.runs;
    budget -= shrinker.spent;
    if (best === undefined || found.toEvents < best.toEvents) best = found;
    if (best.toEvents <= SMALL || options.cancelled?.() === true) break;
  }
  return { ...(best as ShrinkResult), runs };
}

class Shrinker {
  private readonly experiment: Experiment;
  private readonly options: ShrinkOptions;
  private readonly promise: string;
  /** Whether a monitor sees the violation while the run goes on, so that the run may stop there. */
  private readonly monitored: boolean;
  private readonly fromEvents: number;
  /** World events spent on runs. */
  spent = 0;
  private readonly budget: number;
  private runs: number;
  /** What is added to a plan's seed first when it needs other luck. */
  private readonly luck: number;
  private plan: RunPlan;
  private events: number;
  /** Messages sent in the best run so far. */
  private messages: number;
  /** Whether losing a message is within what the subject claims to survive. */
  private readonly losesMessages: boolean;

  constructor(
    experiment: Experiment,
    result: RunResult,
    options: ShrinkOptions,
    attempt: number,
    budget: number,
    runs: number,
  ) {
    const violated = result.verdicts.filter((verdict) => verdict.status === 'violated');
    const telling = [MOST_TELLING, ...experiment.subject.promises];
    const wanted = options.promise === undefined ? telling : [options.promise];
    const first = options.promise === undefined ? violated[0] : undefined;
    const chosen = wanted.flatMap((name) => violated.filter((v) => v.promise === name))[0] ?? first;
    if (chosen === undefined) {
      const what = options.promise === undefined ? 'every promise' : `'${options.promise}'`;
      throw new RangeError(`Cannot shrink a run as it must be violated: ${what} held`);
    }
    this.experiment = experiment;
    this.options = options;
    this.promise = chosen.promise;
    this.monitored = experiment.subject.promises.includes(chosen.promise);
    this.plan = result.plan;
    this.events = result.events;
    this.messages = result.messages;
    this.losesMessages = admits(experiment.subject.failureModels, 'loss');
    this.fromEvents = result.events;
    this.budget = budget;
    this.runs = runs;
    this.luck = attempt * 1_000;
  }

  shrink(): ShrinkResult {
    this.cutEnd();
    this.calmer();
    this.lateWindow();
    this.oneKey();
    for (let before = -1; before !== this.events && !this.isDone(); ) {
      before = this.events;
      this.fewerFaults();
      this.fewerOperations();
      this.cutEnd();
      this.fewerServers();
      this.calmer();
      this.tighter();
      this.cutEnd();
      this.fewerMessages();
      if (before === this.events) this.luckier();
    }
    const result = simulatePlan(this.experiment, this.plan, { trace: true });
    return {
      result,
      plan: this.plan,
      promise: this.promise,
      fromEvents: this.fromEvents,
      toEvents: result.events,
      runs: this.runs,
    };
  }

  private isDone(): boolean {
    return this.spent >= this.budget || this.options.cancelled?.() === true;
  }

  /** Runs a plan; the verdict on our promise when it is violated. */
  private violates(plan: RunPlan): { readonly verdict: Verdict; readonly result: RunResult } | undefined {
    if (this.options.cancelled?.() === true) return undefined;
    const result = simulatePlan(
      this.experiment,
      plan,
      this.monitored ? { stopAtViolation: this.promise } : {},
    );
    this.runs++;
    this.spent += result.events;
    const verdict = result.verdicts.find((v) => v.promise === this.promise && v.status === 'violated');
    return verdict === undefined ? undefined : { verdict, result };
  }

  /** Takes the plan as the new best if it still violates and is no bigger. */
  private take(plan: RunPlan): boolean {
    if (this.isDone()) return false;
    const found = this.violates(plan);
    // A smaller plan may take a few more events for now; the next steps take them away.
    const smaller = sizeOf(plan) < sizeOf(this.plan) - STEP;
    if (found === undefined || found.result.events > this.events * (smaller ? 1.1 : 1)) return false;
    if (found.result.events === this.events && sizeOf(plan) >= sizeOf(this.plan)) return false;
    this.accept(plan, found.result);
    return true;
  }

  /** A changed plan meets other luck, and may need another seed to fail again. */
  private takeLucky(plan: RunPlan, most: number = MOST_LUCK): boolean {
    if (this.take(plan)) return true;
    const seeds = Math.min(most, Math.floor((LUCK_EVENTS * most) / MOST_LUCK / this.events));
    for (let add = 1; add <= seeds; add++) {
      if (this.take({ ...plan, seed: plan.seed + this.luck + add })) return true;
    }
    return false;
  }

  private accept(plan: RunPlan, result: RunResult): void {
    this.plan = plan;
    this.events = result.events;
    this.messages = result.messages;
    this.options.onProgress?.(this.runs, this.events);
  }

  /** Ends the run at the violation, or as near to it as the promise is still seen broken. */
  private cutEnd(): void {
    const found = this.violates(this.plan);
    if (found === undefined) return;
    const { evidence } = found.verdict;
    const { blocking } = evidence;
    const { endUs: end } = this.plan;
    const seen = [blocking?.invokedAt, evidence.atUs, blocking?.completedAt, lastAnswer(found.result)];
    const shares = [0.3, 0.6, 0.8, 0.9, 0.97].map((share) => end * share);
    for (const at of [...seen, ...shares]) {
      if (at === undefined || !Number.isFinite(at)) continue;
      const endUs = Math.ceil(at) + TAIL_US;
      if (endUs < end && this.take(endingAt(this.plan, endUs))) return;
    }
  }

  /** Only the last moments before the violation, from a fresh start, under several seeds. */
  private lateWindow(): void {
    const { plan } = this;
    for (const widthUs of WINDOWS_US) {
      const fromUs = plan.endUs - widthUs;
      if (fromUs <= 1_000_000) continue;
      for (let add = 0; add < RESEEDS; add++) {
        if (this.take({ ...windowed(plan, fromUs), seed: plan.seed + this.luck + add })) return;
      }
    }
  }

  /** Only the operations on the object at fault, and only the clients that used it. */
  private oneKey(): void {
    const key = this.violates(this.plan)?.verdict.evidence.blocking?.key;
    if (key === undefined) return;
    this.take({ ...this.plan, operations: this.plan.operations.filter((o) => o.key === key) });
  }

  private fewerFaults(): void {
    minimise(this.plan.faults, (faults) => this.takeLucky({ ...this.plan, faults }), this.unbounded());
  }

  private fewerOperations(): void {
    const few = this.plan.operations.length <= FEW_OPERATIONS;
    const take = (plan: RunPlan): boolean => (few ? this.takeLucky(plan) : this.take(plan));
    minimise(this.plan.operations, (operations) => take({ ...this.plan, operations }), this.unbounded());
  }

  /** `take` counts the runs itself. */
  private unbounded(): { runs: number } {
    return { runs: this.isDone() ? 0 : Number.POSITIVE_INFINITY };
  }

  /** One server less, whichever can be spared, as long as that goes. */
  private fewerServers(): void {
    const { subject } = this.experiment;
    for (let spared = true; spared && !this.isDone(); ) {
      spared = false;
      if (subject.resized?.(this.plan.nodes - 1) === undefined) return;
      for (let gone = this.plan.nodes; gone >= 1 && !spared; gone--) {
        const plan = withoutServer(this.plan, gone);
        // With other servers things take another time; where a monitor ends the run, a later end costs nothing.
        spared = this.takeLucky(
          this.monitored ? { ...plan, endUs: plan.endUs + LOOSE_US } : plan,
          4 * MOST_LUCK,
        );
      }
    }
  }

  /** Links without loss, duplicates and delays; then, if that is too calm, only from some point on. */
  private calmer(): void {
    const calm = this.plan.choices.calm ?? {};
    if (calm['link/*'] === 0) return;
    for (const from of [0, 8, 64]) {
      const choices = { ...this.plan.choices, calm: { ...calm, 'link/*': from } };
      if (this.take({ ...this.plan, choices })) return;
    }
  }

  /**
   * Messages that need not arrive are taken out, from the first on: what comes before a message never changes by that, so that the numbers
   * of the messages taken out already keep their meaning. More at a time as long as that goes well.
   */
  private fewerMessages(): void {
    if (!this.losesMessages) return;
    let many = 1;
    for (let first = 0; first < this.messages && !this.isDone(); ) {
      const last = Math.min(first + many, this.messages);
      const fresh: [string, MessageEdit][] = [];
      for (let n = first; n < last; n++) {
        if (this.plan.messages?.[n] === undefined) fresh.push([`${n}`, { kind: 'drop' }]);
      }
      const messages = { ...this.plan.messages, ...Object.fromEntries(fresh) };
      const gone = fresh.length === 0 || this.take({ ...this.plan, messages });
      if (gone || many === 1) first = last;
      many = gone ? many * 2 : Math.max(1, many >> 2);
    }
  }

  /** Other seeds for what the plan leaves open: a luckier run of the same plan may need fewer events. */
  private luckier(): void {
    for (let add = 0; add < RESEEDS; add++) if (this.take({ ...this.plan, seed: this.luck + add })) return;
  }

  /** Closes the pauses in which nothing of the plan happens, the longest first. */
  private tighter(): void {
    let failed = 0;
    for (;;) {
      const widest = [...gaps(this.plan)].sort((a, b) => b.slackUs - a.slackUs)[failed];
      if (widest === undefined || this.isDone()) return;
      const shares = [1, 0.7, 0.4, 0.15].map((share) => Math.floor(widest.slackUs * share));
      const closed = shares.some((byUs) => {
        const plan = closer(this.plan, widest.instant, byUs);
        return this.takeLucky(plan);
      });
      if (!closed) failed++;
    }
  }
}

/** The plan without what would happen after the new end. */
function endingAt(plan: RunPlan, endUs: number): RunPlan {
  return {
    ...plan,
    endUs,
    operations: plan.operations.filter((o) => o.atUs <= endUs),
    faults: plan.faults.filter((fault) => fault.atUs <= endUs),
  };
}

function lastAnswer(result: RunResult): number {
  const times = result.history.operations.filter((o) => o.outcome !== 'unknown').map((o) => o.completedAt);
  return times.length === 0 ? Number.POSITIVE_INFINITY : Math.max(...times);
}

/** What is left to take away, for plans whose runs are equally long. */
function sizeOf(plan: RunPlan): number {
  const calm = Object.keys(plan.choices.calm ?? {}).length;
  const messages = Object.keys(plan.messages ?? {}).length;
  return (plan.operations.length + plan.faults.length + plan.nodes) * STEP + plan.endUs - calm - messages;
}
