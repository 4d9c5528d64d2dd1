import { SketchCaller } from '../../subjects/sketch/caller.ts';
import type { SketchNode, SketchProgram } from '../../subjects/sketch/options.ts';
import type { RolloutPlan } from './plan.ts';
import { logged, moved, type RolloutRecord, startRollout } from './state.ts';

const AGAIN_MS = 60;
/** Fewer answers than this say nothing of a share. */
const FEWEST = 5;

/** Ways to carry a plan out badly: looks twice before it goes back, writes no stages down, leaves a server where it is. */
export type OperatorDefect = 'hesitates' | 'forgets stages' | 'leaves one';

interface Figures {
  readonly requests: number;
  readonly errors: number;
}

/** Where the operator finds the others. */
interface OperatorPlaces {
  readonly servers: readonly number[];
  readonly database: number;
}

/** Who carries the plan out: stage by stage, looking at the trigger, and back when it trips. */
export function rolloutOperator(
  node: SketchNode,
  plan: RolloutPlan,
  where: OperatorPlaces,
  defect?: OperatorDefect,
): SketchProgram {
  const operator = new Operator(node, plan, where, defect);
  node.timer('look', plan.everyMs);
  return {
    message: (_from, message) => void operator.caller.heard(message),
    timer: (name) => {
      if (operator.caller.timer(name)) return;
      operator.look();
      node.timer('look', plan.everyMs);
    },
  };
}

class Operator {
  readonly caller: SketchCaller;
  private readonly node: SketchNode;
  private readonly plan: RolloutPlan;
  private readonly where: OperatorPlaces;
  private readonly defect: OperatorDefect | undefined;
  private above = 0;
  private readonly record: RolloutRecord;
  private readonly before = new Map<number, Figures>();
  private isLooking = false;

  constructor(
    node: SketchNode,
    plan: RolloutPlan,
    where: OperatorPlaces,
    defect: OperatorDefect | undefined,
  ) {
    this.defect = defect;
    this.node = node;
    this.plan = plan;
    this.where = where;
    this.caller = new SketchCaller(node, AGAIN_MS);
    this.record = (node.kept['rollout'] ??= startRollout()) as RolloutRecord;
  }

  look(): void {
    const { record, plan } = this;
    if (this.isLooking || record.state === 'back') return;
    if (record.state === 'going back') return this.goBack();
    if (record.stage < 0) return this.goOut(0);
    this.isLooking = true;
    this.measure((value) => {
      this.isLooking = false;
      const atMs = this.node.upMs();
      record.samples.push({ atMs, stage: record.stage, value });
      const { trigger } = plan;
      if (trigger !== null && value > trigger.above) this.above++;
      // Broken twin: once is never.
      const enough = this.defect === 'hesitates' ? 2 : 1;
      if (trigger !== null && value > trigger.above && this.above >= enough) {
        moved(record, atMs, 'going back', { ...trigger, value, stage: record.stage });
        this.goBack();
      } else if (record.state === 'going out' && atMs - record.stageSinceMs >= plan.bakeMs) this.next(atMs);
      this.show(value);
    });
  }

  private show(value: number): void {
    const { state, stage } = this.record;
    this.node.show({ state, stage, value });
  }

  private next(atMs: number): void {
    const { record, plan } = this;
    if (record.stage + 1 < plan.stages.length) this.goOut(record.stage + 1);
    else moved(record, atMs, 'out', { servers: record.exposed });
  }

  private goOut(stage: number): void {
    const { record, plan, where } = this;
    const servers = where.servers.slice(0, plan.stages[stage] ?? 0);
    const atMs = this.node.upMs();
    // Broken twin: nobody will know how far it went.
    if (this.defect !== 'forgets stages')
      logged(record, atMs, 'stage', { stage, servers: servers.length, version: plan.to });
    record.stage = stage;
    record.stageSinceMs = atMs;
    record.exposed = Math.max(record.exposed, servers.length);
    for (const server of servers) this.caller.call(server, { type: 'run', version: 'new' }, () => undefined);
  }

  private goBack(): void {
    if (this.isLooking) return;
    this.isLooking = true;
    // Broken twin: one is forgotten.
    const servers = this.defect === 'leaves one' ? this.where.servers.slice(1) : this.where.servers;
    let left = servers.length;
    for (const server of servers) {
      this.caller.call(server, { type: 'run', version: 'old' }, () => {
        if (--left > 0) return;
        this.isLooking = false;
        moved(this.record, this.node.upMs(), 'back', { version: this.plan.from });
        this.show(0);
      });
    }
  }

  /** The value of the trigger's metric over the last look; mismatches where there is no trigger. */
  private measure(done: (value: number) => void): void {
    const { plan, where } = this;
    if (plan.dualVerify) {
      this.caller.call(where.database, { type: 'compare' }, ({ both, differ }) => {
        this.node.kept['verified'] = { both: Number(both), differ: Number(differ) };
        if (plan.trigger?.metric === 'mismatches') done(Number(differ));
      });
    }
    if (plan.trigger?.metric === 'mismatches') {
      if (!plan.dualVerify) done(0);
      return;
    }
    this.errorShare(done);
  }

  /** Over at least so many answers: until there are as many, it is as if there had been none. */
  private errorShare(done: (value: number) => void): void {
    const asked = this.where.servers.slice(0, this.record.exposed);
    const heard = new Map<number, Figures>();
    for (const server of asked) {
      this.caller.call(server, { type: 'figures?' }, ({ requests, errors }) => {
        heard.set(server, { requests: Number(requests), errors: Number(errors) });
        if (heard.size === asked.length) done(this.shareOf(heard));
      });
    }
  }

  private shareOf(heard: ReadonlyMap<number, Figures>): number {
    const total = { requests: 0, errors: 0 };
    for (const [server, now] of heard) {
      const last = this.before.get(server) ?? { requests: 0, errors: 0 };
      total.requests += now.requests - last.requests;
      total.errors += now.errors - last.errors;
    }
    if (total.requests < FEWEST) return 0;
    for (const [server, now] of heard) this.before.set(server, now);
    return total.errors / total.requests;
  }
}
