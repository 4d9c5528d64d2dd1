import type { FaultInterval } from '@holdfast/check';
import { describeFault, type Fault } from '@holdfast/world';
import type { RunPlan } from './plan.ts';

/** Faults that part hosts from one another. */
const PARTITIONS: ReadonlySet<Fault['kind']> = new Set([
  'partition',
  'one-way',
  'bridge',
  'flapping',
  'channel',
  'black-hole',
]);
/** Faults during which a host does not run. */
const OF_HOSTS: ReadonlySet<Fault['kind']> = new Set(['crash', 'amnesia', 'pause', 'suspend']);

/** When what was wrong in a run, as a contract asks about it. `hosts` names them by id. */
export function faultIntervals(plan: RunPlan, hosts: readonly string[]): FaultInterval[] {
  return plan.faults.map((fault): FaultInterval => {
    const { atUs, forUs, kind } = fault;
    const to = forUs === 0 ? plan.healAtUs : Math.min(atUs + forUs, plan.healAtUs);
    const interval = { name: describeFault(fault), from: atUs, to: Math.max(atUs + 1, to) };
    if (PARTITIONS.has(kind)) return { ...interval, kind: 'partition' };
    const host = 'host' in fault ? hosts.indexOf(fault.host) : -1;
    if (!OF_HOSTS.has(kind)) return { ...interval, kind: 'other' };
    // A role stands for a host that is known only while the run goes on.
    return host === -1 ? { ...interval, kind: 'host' } : { ...interval, kind: 'host', nodes: [host] };
  });
}

/** A stretch of a run. */
interface Stretch {
  readonly fromUs: number;
  readonly untilUs: number;
}

/**
 * The servers on one client's side of a partition that lasted all through a stretch of time; of several such partitions, those on its
 * side of each. Undefined when there was none, when what it cut apart is not told by the plan (a role), and when a server reaches
 * both sides. Servers are the first of the hosts.
 */
export function sideOf(
  client: number,
  { fromUs, untilUs }: Stretch,
  plan: RunPlan,
  hosts: readonly string[],
): readonly number[] | undefined {
  let side: readonly number[] | undefined;
  for (const fault of plan.faults) {
    if (fault.kind !== 'partition') continue;
    const end = fault.forUs === 0 ? plan.healAtUs : Math.min(fault.atUs + fault.forUs, plan.healAtUs);
    // At the very instant of a cut or of its end anything may still pass.
    if (fromUs <= fault.atUs || untilUs >= end) continue;
    const groups = fault.groups.map((group) => group.map((name) => hosts.indexOf(name)));
    if (groups.some((group) => group.includes(-1))) continue;
    const listed = new Set(groups.flat());
    const others = hosts.map((_, id) => id).filter((id) => !listed.has(id));
    if (fault.unlisted === 'with-all' && others.some((id) => id < plan.nodes || id === client)) continue;
    const alone = fault.unlisted === 'rest' ? others : [client];
    const own = (groups.find((group) => group.includes(client)) ?? alone).filter((id) => id < plan.nodes);
    side = side === undefined ? own : side.filter((each) => own.includes(each));
  }
  return side;
}
