import type { DiskFault as DiskDefect } from '../disk/diskFault.ts';
import type { Host } from '../world/host.ts';
import type { BootProgram, HostId, Rewrite } from '../world/program.ts';
import type { World } from '../world/world.ts';
import { defectOf } from './diskFaults.ts';
import type {
  ByzantineFault,
  ClockFault,
  CrashFault,
  DiskFault,
  PauseFault,
  SlowCpuFault,
  UpgradeFault,
} from './fault.ts';

/** A fault that strikes one host. */
export type HostFault =
  | CrashFault
  | PauseFault
  | SlowCpuFault
  | ClockFault
  | DiskFault
  | ByzantineFault
  | UpgradeFault;

/** What faults on hosts may name. */
export interface HostFaultRegistry {
  readonly lies?: Readonly<Record<string, (host: Host) => Rewrite>>;
  readonly versions?: Readonly<Record<string, BootProgram>>;
}

interface Layer {
  readonly value: unknown;
}

/**
 * Strikes hosts, and knows how to take each strike back alone: where faults of one kind overlap the newest counts, when it ends
 * the one before it counts again, and a host comes back up when the last outage is over.
 */
export class HostFaults {
  private readonly world: World;
  private readonly registry: HostFaultRegistry;
  private readonly layers = new Map<string, Layer[]>();
  private readonly outages = new Map<HostId, Set<HostFault>>();
  private readonly pauses = new Map<HostId, HostFault>();
  /** Drift of hosts before the first fault touched it, parts per million. */
  private readonly ownDrift = new Map<HostId, number>();

  constructor(world: World, registry: HostFaultRegistry) {
    this.world = world;
    this.registry = registry;
  }

  /** Puts the fault in force; returns how to undo it, or undefined when there was nothing to strike. */
  begin(fault: HostFault, host: Host): (() => void) | undefined {
    const { world } = this;
    switch (fault.kind) {
      case 'crash':
      case 'amnesia':
        if (!host.up) return undefined;
        world.crash(host, fault.kind);
        if (fault.kind === 'amnesia') host.disk.wipe();
        return this.outage(fault, host);
      case 'upgrade':
        world.crash(host, 'stopped for an upgrade');
        host.upgradeTo(this.registry.versions?.[fault.version] as BootProgram);
        return this.outage(fault, host);
      case 'pause':
      case 'suspend':
        if (!host.up || host.paused) return undefined;
        return this.pause(fault, host);
      case 'slow-cpu':
        return this.layer<number>(fault, host, fault.costUs, (costUs) => {
          host.cpuUsPerEvent = costUs ?? 0;
        });
      case 'clock-step':
        world.stepClock(host, fault.amount);
        return () => undefined;
      case 'clock-drift':
        return this.drift(fault, host);
      case 'byzantine':
        return this.layer(fault, host, this.registry.lies?.[fault.lie]?.(host), (lie) => {
          host.rewrite = lie;
        });
      default:
        return this.strikeDisk(fault, host);
    }
  }

  /** The clock runs at another rate; afterwards it runs as its oscillator was made to. */
  private drift(fault: ClockFault, host: Host): () => void {
    const own = this.ownDrift.get(host.id) ?? host.clock.driftPpm;
    this.ownDrift.set(host.id, own);
    return this.layer<number>(fault, host, fault.amount, (ppm) => this.world.driftClock(host, ppm ?? own));
  }

  private outage(fault: HostFault, host: Host): () => void {
    const outages = this.outages.get(host.id) ?? new Set();
    this.outages.set(host.id, outages.add(fault));
    return () => {
      outages.delete(fault);
      if (outages.size === 0) this.world.restart(host);
    };
  }

  private pause(fault: PauseFault, host: Host): () => void {
    this.world.pause(host, fault.kind === 'suspend');
    this.pauses.set(host.id, fault);
    return () => {
      // A crash ends a pause early; what pauses the host by now may be another fault.
      if (this.pauses.get(host.id) === fault) this.world.resume(host);
    };
  }

  private strikeDisk(fault: DiskFault, host: Host): (() => void) | undefined {
    const defect = defectOf(fault);
    if (defect === undefined) {
      return this.layer(fault, host, true, (loses) => {
        host.losesUnsyncedWrites = loses ?? false;
      });
    }
    if (host.disk.inject(defect, host.choices) === undefined) return undefined;
    return this.layer<DiskDefect>(fault, host, defect, (inForce) => {
      if (inForce === undefined) host.disk.heal(defect.kind);
      else if (inForce.kind === 'disk-slow') host.disk.inject(inForce, host.choices);
    });
  }

  /** Lays a setting over those of earlier faults of this kind; the returned function takes it off again. */
  private layer<T>(
    fault: HostFault,
    host: Host,
    value: T | undefined,
    apply: (value: T | undefined) => void,
  ): () => void {
    const key = `${fault.kind} ${host.id}`;
    const layers = this.layers.get(key) ?? [];
    this.layers.set(key, layers);
    const layer: Layer = { value };
    layers.push(layer);
    apply(value);
    return () => {
      const counted = layers.at(-1) === layer;
      layers.splice(layers.indexOf(layer), 1);
      if (counted) apply(layers.at(-1)?.value as T | undefined);
    };
  }
}
