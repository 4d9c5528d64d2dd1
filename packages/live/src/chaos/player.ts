import { textOf } from '../errors.ts';
import type { Activity, ChaosExperiment, Control } from './file.ts';
import type { ActivityResult, SteadyState } from './journal.ts';
import type { ChaosPorts, ControlCall, ControlLevel } from './ports.ts';
import { isTolerated } from './tolerance.ts';

/** What a player plays with. */
export interface PlayerMeans {
  readonly ports: ChaosPorts;
  readonly signal: AbortSignal | undefined;
}

/** Plays the parts of an experiment whose names are all in their places, each between its controls. */
export class Player {
  private readonly experiment: ChaosExperiment;
  private readonly ports: ChaosPorts;
  private readonly signal: AbortSignal | undefined;

  constructor(experiment: ChaosExperiment, { ports, signal }: PlayerMeans) {
    this.experiment = experiment;
    this.ports = ports;
    this.signal = signal;
  }

  /**
   * What stands between the controls of a level: those declared there, and before them those of the experiment that are automatic. What `body` gives is told to those
   * that come after.
   */
  async between<T>(
    level: ControlLevel,
    { name, controls = [] }: { readonly name: string; readonly controls?: readonly Control[] },
    body: () => Promise<T>,
  ): Promise<T> {
    const applied = this.controlsAt(level, controls);
    await this.control(applied, { level, scope: 'before', name });
    let state: unknown;
    try {
      const done = await body();
      state = done;
      return done;
    } finally {
      await this.control(applied, { level, scope: 'after', name, state });
    }
  }

  /** The hypothesis, up to its first probe out of tolerance; null when there is none. */
  async hypothesis(): Promise<SteadyState | null> {
    const hypothesis = this.experiment['steady-state-hypothesis'];
    if (hypothesis === undefined) return null;
    const { title, controls = [] } = hypothesis;
    return this.between('hypothesis', { name: title, controls }, async () => {
      const probes: ActivityResult[] = [];
      for (const probe of hypothesis.probes) {
        probes.push(await this.perform(probe));
        if (probes.at(-1)?.tolerance_met !== true) break;
      }
      return { steady_state_met: probes.every((probe) => probe.tolerance_met === true), probes };
    });
  }

  /** Every activity of the method in its order, those in the background at once; one that fails does not stop the others. Ends early when told to. */
  method(stop: AbortSignal): Promise<readonly ActivityResult[]> {
    const { title, method } = this.experiment;
    return this.between('method', { name: title }, () => this.all(method, stop));
  }

  /** Every rollback. */
  rollbacks(): Promise<readonly ActivityResult[]> {
    const { title, rollbacks = [] } = this.experiment;
    return this.between('rollback', { name: title }, () => this.all(rollbacks));
  }

  /** Carries out one activity with its pauses and controls; never rejects. */
  perform(activity: Activity): Promise<ActivityResult> {
    const { name, controls = [], pauses = {} } = activity;
    return this.between('activity', { name, controls }, async () => {
      await this.ports.sleep((pauses.before ?? 0) * 1_000, this.signal);
      const result = await this.provided(activity);
      await this.ports.sleep((pauses.after ?? 0) * 1_000, this.signal);
      return result;
    });
  }

  private async all(activities: readonly Activity[], stop?: AbortSignal): Promise<readonly ActivityResult[]> {
    const running: Promise<ActivityResult>[] = [];
    for (const activity of activities) {
      if (stop?.aborted === true) break;
      const performed = this.perform(activity);
      running.push(performed);
      if (activity.background !== true) await performed;
    }
    return Promise.all(running);
  }

  private async provided(activity: Activity): Promise<ActivityResult> {
    const { ports, experiment } = this;
    const { tolerance } = activity;
    const { configuration = {}, secrets = {} } = experiment;
    const start = ports.nowMs();
    const head = (): Pick<ActivityResult, 'activity' | 'start' | 'end' | 'duration'> => {
      const end = ports.nowMs();
      return { activity, start: iso(start), end: iso(end), duration: (end - start) / 1_000 };
    };
    try {
      const output = await ports.provide(activity.provider, { configuration, secrets });
      const judged = tolerance === undefined ? {} : { tolerance_met: await this.isWithin(output, tolerance) };
      return { ...head(), status: 'succeeded', output, ...judged };
    } catch (error) {
      const judged = tolerance === undefined ? {} : { tolerance_met: false };
      return { ...head(), status: 'failed', output: null, exception: textOf(error), ...judged };
    }
  }

  /** A tolerance may be a probe, which is given the value to judge. */
  private async isWithin(output: unknown, tolerance: unknown): Promise<boolean> {
    const probe = tolerance as Partial<Activity> | null;
    if (typeof tolerance !== 'object' || probe?.type !== 'probe' || probe.provider === undefined)
      return isTolerated(output, tolerance);
    const { provider } = probe;
    const given = typeof provider.arguments === 'object' ? provider.arguments : {};
    const asked = { ...provider, arguments: { ...given, value: output } } as Activity['provider'];
    const answer = await this.ports.provide(asked);
    if (provider.type === 'process') return isTolerated(answer, 0);
    return provider.type === 'http'
      ? isTolerated(answer, { type: 'range', range: [200, 299] })
      : Boolean(answer);
  }

  private controlsAt(level: ControlLevel, own: readonly Control[]): readonly Control[] {
    const { controls: top = [] } = this.experiment;
    if (level === 'experiment') return top;
    const named = own.flatMap((one) =>
      one.ref === undefined ? [one] : top.filter(({ name }) => name === one.ref),
    );
    const automatic = top.filter(
      ({ name, automatic: isAutomatic = true }) => isAutomatic && !named.some((one) => one.name === name),
    );
    return [...automatic, ...named];
  }

  /** What controls do must not decide an experiment: their failures are their own. */
  private async control(controls: readonly Control[], call: ControlCall): Promise<void> {
    const { configuration = {}, secrets = {} } = this.experiment;
    for (const { scope, provider } of controls) {
      if (scope !== undefined && scope !== call.scope) continue;
      const context = { configuration, secrets, control: call };
      await Promise.resolve()
        .then(() => this.ports.provide(provider, context))
        .catch(() => undefined);
    }
  }
}

/** A time as journals have it. */
export function iso(ms: number): string {
  return new Date(ms).toISOString();
}
