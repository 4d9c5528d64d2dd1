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

type PartitionFault = Extract<Fault, { kind: 'partition' }>;

/** A partition of the plan, and the servers on each client's side of it, worked out when first asked. */
interface Partition extends Stretch {
  readonly fault: PartitionFault;
  readonly ownOf: Map<number, readonly number[] | undefined>;
}

/** A stretch of a run. */
interface Stretch {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** Who was parted from whom in a run, as its plan says. */
export class Sides {
  private readonly plan: RunPlan;
  private readonly hosts: readonly string[];
  private readonly partitions: readonly Partition[];

  constructor(plan: RunPlan, hosts: readonly string[]) {
    this.plan = plan;
    this.hosts = hosts;
    this.partitions = plan.faults.flatMap((fault) => {
      if (fault.kind !== 'partition') return [];
      const untilUs = fault.forUs === 0 ? plan.healAtUs : Math.min(fault.atUs + fault.forUs, plan.healAtUs);
      return [{ fault, fromUs: fault.atUs, untilUs, ownOf: new Map() }];
    });
  }

  /**
   * The servers on one client's side of a partition that lasted all through a stretch of time; of several such partitions, those on its
   * side of each. Undefined when there was none, when what it cut apart is not told by the plan (a role), and when a server reaches
   * both sides. Servers are the first of the hosts.
   */
  of(client: number, { fromUs, untilUs }: Stretch): readonly number[] | undefined {
    let side: readonly number[] | undefined;
    for (const partition of this.partitions) {
      // At the very instant of a cut or of its end anything may still pass.
      if (fromUs <= partition.fromUs || untilUs >= partition.untilUs) continue;
      const own = this.own(partition, client);
      if (own !== undefined) side = side === undefined ? own : side.filter((each) => own.includes(each));
    }
    return side;
  }

  private own(partition: Partition, client: number): readonly number[] | undefined {
    const { fault, ownOf } = partition;
    if (!ownOf.has(client)) ownOf.set(client, this.serversWith(client, fault));
    return ownOf.get(client);
  }

  private serversWith(client: number, fault: PartitionFault): readonly number[] | undefined {
    const { hosts, plan } = this;
    const groups = fault.groups.map((group) => group.map((name) => hosts.indexOf(name)));
    if (groups.some((group) => group.includes(-1))) return undefined;
    const listed = new Set(groups.flat());
    const others = hosts.map((_, id) => id).filter((id) => !listed.has(id));
    if (fault.unlisted === 'with-all' && others.some((id) => id < plan.nodes || id === client))
      return undefined;
    const alone = fault.unlisted === 'rest' ? others : [client];
    return (groups.find((group) => group.includes(client)) ?? alone).filter((id) => id < plan.nodes);
  }
}
