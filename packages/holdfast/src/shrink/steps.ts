import type { ChoiceEdits, Fault } from '@holdfast/world';
import type { RunPlan } from '../simulate/plan.ts';

/** Least time between two things of a plan after compression. */
const TIGHT_US = 1_000;

/**
 * The plan for a cluster without one of its servers: the ones after it move up by one name, and what a fault says of the missing
 * one is left out, with the fault when nothing is left of it.
 */
export function withoutServer(plan: RunPlan, gone: number): RunPlan {
  const rename = (name: string): string[] => {
    const server = /^N(\d+)$/.exec(name);
    if (server === null) return [name];
    const number = Number(server[1]);
    if (number === gone) return [];
    return [number > gone ? `N${number - 1}` : name];
  };
  const all = (names: readonly string[]): string[] => names.flatMap(rename);
  const faults = plan.faults.flatMap((fault): Fault[] => {
    if ('host' in fault) return rename(fault.host).map((host) => ({ ...fault, host }));
    if ('groups' in fault) {
      const groups = fault.groups.map(all).filter((group) => group.length > 0);
      const splits = groups.length > 1 || ('unlisted' in fault && fault.unlisted !== 'with-all');
      return splits ? [{ ...fault, groups }] : [];
    }
    if (fault.kind === 'one-way') return [{ ...fault, from: all(fault.from), to: all(fault.to) }];
    if (fault.kind === 'bridge') return [{ ...fault, left: all(fault.left), right: all(fault.right) }];
    const hosts = all(fault.hosts);
    return fault.hosts.length > 0 && hosts.length === 0 ? [] : [{ ...fault, hosts }];
  });
  return { ...plan, nodes: plan.nodes - 1, faults };
}

/** Everything a plan does begins no earlier than this, so that a leader can be there. */
const START_US = 700_000;

/** The plan with only what happens from `fromUs` on, moved to the start; faults under way then begin with it. */
export function windowed(plan: RunPlan, fromUs: number): RunPlan {
  const byUs = Math.max(0, fromUs - START_US);
  const operations = plan.operations.filter((o) => o.atUs >= fromUs);
  const faults = plan.faults.flatMap((fault): Fault[] => {
    const until = fault.forUs > 0 ? fault.atUs + fault.forUs : Number.POSITIVE_INFINITY;
    if (fault.atUs >= fromUs) return [{ ...fault, atUs: fault.atUs - byUs }];
    if (until <= fromUs || fault.forUs === 0) return [];
    const early = Math.min(fault.atUs, START_US - 1);
    return [{ ...fault, atUs: early, forUs: until - byUs - early }];
  });
  const later = operations.map((o) => ({ ...o, atUs: o.atUs - byUs }));
  return {
    ...plan,
    operations: later,
    faults,
    healAtUs: Math.max(START_US, plan.healAtUs - byUs),
    endUs: plan.endUs - byUs,
    choices: shifted(plan.choices, fromUs, byUs),
  };
}

/** The choices of a plan in which everything from `instant` on happens `byUs` earlier: the luck of what moves moves with it. */
function shifted(choices: ChoiceEdits, instant: number, byUs: number): ChoiceEdits {
  if (byUs <= 0) return choices;
  const moved = (choices.shifts ?? []).map((shift) =>
    shift.fromUs >= instant ? { ...shift, fromUs: shift.fromUs - byUs } : shift,
  );
  const shifts = [...moved, { fromUs: Math.max(0, instant - byUs), byUs }];
  return { ...choices, shifts: shifts.sort((a, b) => a.fromUs - b.fromUs) };
}

/** Every instant at which something of the plan begins or ends, in order, from 0. */
export function instants(plan: RunPlan): number[] {
  const times = new Set<number>([0]);
  for (const { atUs } of plan.operations) times.add(atUs);
  for (const { atUs, forUs } of plan.faults) {
    times.add(atUs);
    if (forUs > 0) times.add(atUs + forUs);
  }
  times.add(plan.healAtUs);
  return [...times].filter((t) => t <= plan.endUs).sort((a, b) => a - b);
}

/**
 * The plan with the pause before `instant` made shorter: everything from there on happens `byUs` earlier. Faults that span it
 * get shorter.
 */
export function closer(plan: RunPlan, instant: number, byUs: number): RunPlan {
  const moved = (t: number): number => (t >= instant ? t - byUs : t);
  return {
    ...plan,
    operations: plan.operations.map((o) => ({ ...o, atUs: moved(o.atUs) })),
    faults: plan.faults.map((fault): Fault => {
      const atUs = moved(fault.atUs);
      const forUs = fault.forUs > 0 ? Math.max(1, moved(fault.atUs + fault.forUs) - atUs) : 0;
      return { ...fault, atUs, forUs };
    }),
    healAtUs: moved(plan.healAtUs),
    endUs: moved(plan.endUs),
    choices: shifted(plan.choices, instant, byUs),
  };
}

/** The gaps worth closing: how much earlier everything from an instant on could happen. */
export function gaps(plan: RunPlan): { readonly instant: number; readonly slackUs: number }[] {
  const times = instants(plan);
  return times
    .slice(1)
    .map((instant, i) => ({ instant, slackUs: instant - (times[i] as number) - TIGHT_US }))
    .filter(({ slackUs }) => slackUs > 0);
}
