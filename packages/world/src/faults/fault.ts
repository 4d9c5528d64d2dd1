/**
 * Faults as data: what goes wrong, where, when and for how long. A run's faults are part of its plan, so they can be recorded,
 * edited and shrunk. Hosts are named; a name the run's resolver knows (`leader`) is resolved when the fault strikes.
 */
interface Timed {
  /** Dense from 0 in a seed's plan; kept when a plan is edited. */
  readonly id: number;
  /** When it strikes, simulated microseconds. */
  readonly atUs: number;
  /** How long it lasts; 0 means that it strikes once (a step, bit rot) or is never undone before the final heal. */
  readonly forUs: number;
}

interface OnHost extends Timed {
  readonly host: string;
}

/** The groups exchange nothing; hosts in no group are each cut off from all, reach all, or form one more group. */
export interface PartitionFault extends Timed {
  readonly kind: 'partition';
  readonly groups: readonly (readonly string[])[];
  readonly unlisted: 'isolated' | 'with-all' | 'rest';
}

/** Nothing passes from any of `from` to any of `to`; the other direction works. */
export interface OneWayFault extends Timed {
  readonly kind: 'one-way';
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** `left` and `right` exchange nothing; all others reach both. */
export interface BridgeFault extends Timed {
  readonly kind: 'bridge';
  readonly left: readonly string[];
  readonly right: readonly string[];
}

/** A partition that comes and goes. */
export interface FlappingFault extends Timed {
  readonly kind: 'flapping';
  readonly groups: readonly (readonly string[])[];
  readonly downUs: number;
  readonly upUs: number;
}

/** One kind of traffic is cut between the groups, the others work. */
export interface ChannelFault extends Timed {
  readonly kind: 'channel';
  readonly channel: number;
  readonly groups: readonly (readonly string[])[];
}

/** Packets on links that touch one of `hosts` (all links when empty) are lost, doubled, held back or altered by chance. */
export interface PacketFault extends Timed {
  readonly kind: 'loss' | 'duplicate' | 'reorder' | 'corrupt';
  readonly hosts: readonly string[];
  /** Chance per packet, 0 to 1. */
  readonly probability: number;
  /** `reorder` only: a packet held back waits up to this long. */
  readonly holdUs?: number;
}

/** Links that touch one of `hosts` (all when empty) are slower, narrower, or swallow everything. */
export interface LinkFault extends Timed {
  readonly kind: 'slow-link' | 'narrow-link' | 'black-hole';
  readonly hosts: readonly string[];
  /** `slow-link`: multiplies latencies. `narrow-link`: bits per second. Unused otherwise. */
  readonly amount: number;
}

/** The process stops, and starts again from its disk after `forUs`; `amnesia` wipes the disk first. */
export interface CrashFault extends OnHost {
  readonly kind: 'crash' | 'amnesia';
}

/** No handler runs for `forUs`; with `suspend` the whole machine sleeps. */
export interface PauseFault extends OnHost {
  readonly kind: 'pause' | 'suspend';
}

/** Every event costs the processor `costUs`. */
export interface SlowCpuFault extends OnHost {
  readonly kind: 'slow-cpu';
  readonly costUs: number;
}

/** The wall clock jumps (`clock-step`), or both clocks run at another rate for `forUs` (`clock-drift`, parts per million). */
export interface ClockFault extends OnHost {
  readonly kind: 'clock-step' | 'clock-drift';
  readonly amount: number;
}

/** Something the host's disk does wrong from now on, or once; see the disk's own documentation. */
export interface DiskFault extends OnHost {
  readonly kind:
    | 'disk-lost-writes'
    | 'disk-torn'
    | 'disk-bit-rot'
    | 'disk-misdirected'
    | 'disk-stale'
    | 'disk-full'
    | 'disk-fsync-fails'
    | 'disk-fsync-lies'
    | 'disk-slow';
  /** `disk-slow`: multiplies latencies. Unused otherwise. */
  readonly amount?: number;
}

/** The host sends what a registered lie makes of its messages. */
export interface ByzantineFault extends OnHost {
  readonly kind: 'byzantine';
  readonly lie: string;
}

/** The host stops and starts again with another registered version of its program. */
export interface UpgradeFault extends OnHost {
  readonly kind: 'upgrade';
  readonly version: string;
}

/** Anything that can go wrong in a run. */
export type Fault =
  | PartitionFault
  | OneWayFault
  | BridgeFault
  | FlappingFault
  | ChannelFault
  | PacketFault
  | LinkFault
  | CrashFault
  | PauseFault
  | SlowCpuFault
  | ClockFault
  | DiskFault
  | ByzantineFault
  | UpgradeFault;

const sides = (groups: readonly (readonly string[])[]): string =>
  groups.map((g) => `{${g.join(',')}}`).join(' | ');
const percent = (p: number): string => `${Math.round(p * 10_000) / 100} %`;
const where = (hosts: readonly string[]): string =>
  hosts.length === 0 ? 'all links' : `links of ${hosts.join(', ')}`;

/** One line for people: `partition {N1,N2} | {N3,N4,N5}`, `crash N3`. */
export function describeFault(fault: Fault): string {
  switch (fault.kind) {
    case 'partition':
    case 'flapping':
      return `${fault.kind} ${sides(fault.groups)}`;
    case 'channel':
      return `cut of channel ${fault.channel} between ${sides(fault.groups)}`;
    case 'one-way':
      return `one-way cut {${fault.from.join(',')}} -x-> {${fault.to.join(',')}}`;
    case 'bridge':
      return `bridge partition {${fault.left.join(',')}} | {${fault.right.join(',')}}`;
    case 'loss':
    case 'duplicate':
    case 'reorder':
    case 'corrupt':
      return `${fault.kind} ${percent(fault.probability)} on ${where(fault.hosts)}`;
    case 'slow-link':
      return `${where(fault.hosts)} ${fault.amount} times slower`;
    case 'narrow-link':
      return `${where(fault.hosts)} limited to ${fault.amount} bit/s`;
    case 'black-hole':
      return `black hole on ${where(fault.hosts)}`;
    case 'slow-cpu':
      return `slow processor of ${fault.host}: ${fault.costUs} us per event`;
    case 'clock-step':
      return `wall clock of ${fault.host} steps by ${fault.amount} us`;
    case 'clock-drift':
      return `clock of ${fault.host} drifts by ${fault.amount} ppm`;
    case 'byzantine':
      return `${fault.host} lies: ${fault.lie}`;
    case 'upgrade':
      return `${fault.host} restarts as ${fault.version}`;
    case 'disk-lost-writes':
      return `a crash of ${fault.host} loses unsynced writes`;
    case 'disk-slow':
      return `disk of ${fault.host} ${fault.amount ?? 10} times slower`;
    default:
      return `${fault.kind} of ${fault.host}`;
  }
}
