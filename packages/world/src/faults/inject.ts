import type { Plain } from '@holdfast/plain';
import type { FaultBudget } from '../disk/faultBudget.ts';
import { assertAdmitted, type FailureModel } from '../models/failureModel.ts';
import type { LinkPolicy } from '../network/link.ts';
import type { Host } from '../world/host.ts';
import type { BootProgram, HostId, Rewrite } from '../world/program.ts';
import type { World } from '../world/world.ts';
import { strikeDisk } from './diskFaults.ts';
import { describeFault, type Fault, type LinkFault, type PacketFault } from './fault.ts';

export interface InjectorOptions {
  /** What the run declares can go wrong; any other fault is refused before the run. */
  readonly models: readonly FailureModel[];
  /** Resolves names that are not hosts (`leader`) at the moment a fault strikes; undefined when there is none now. */
  readonly resolve?: (name: string) => HostId | undefined;
  /** Limits how many hosts may hold damage at once; a damaging fault beyond it does not strike. */
  readonly damage?: FaultBudget;
  /** Lies a Byzantine host can tell, by name. */
  readonly lies?: Readonly<Record<string, (host: Host) => Rewrite>>;
  /** Versions a host can be upgraded to, by name. */
  readonly versions?: Readonly<Record<string, BootProgram>>;
}

/** Thrown for a fault that names something the run does not have. */
export class UnknownFaultTargetError extends RangeError {
  readonly code = 'UNKNOWN_FAULT_TARGET';
  constructor(fault: Fault, what: string, known: readonly string[]) {
    super(`Cannot inject '${fault.kind}' as ${what} is not known: known are ${known.join(', ') || 'none'}`);
    this.name = 'UnknownFaultTargetError';
  }
}

/** Faults after which a host may lack what it had promised to keep. */
const DAMAGING: ReadonlySet<string> = new Set([
  'amnesia',
  'disk-bit-rot',
  'disk-misdirected',
  'disk-stale',
  'disk-torn',
  'disk-fsync-lies',
]);

/** How long after a failed strike at a role (no leader now) the fault tries again. */
const RETRY_STRIKE_US = 50_000;

/** Strikes a run's faults at their times and undoes them; `healAll` ends everything that is still wrong. */
export class FaultInjector {
  private readonly world: World;
  private readonly options: InjectorOptions;
  private readonly active = new Map<number, () => void>();
  private healed = false;
  /** Faults that struck. */
  struck = 0;

  constructor(world: World, options: InjectorOptions) {
    this.world = world;
    this.options = options;
  }

  /** Throws unless the declared failure models admit every fault, and every name is known. */
  check(faults: readonly Fault[]): void {
    const { lies, versions } = this.options;
    for (const fault of faults) {
      assertAdmitted(this.options.models, fault.kind);
      for (const name of namesIn(fault)) this.assertName(fault, name);
      if (fault.kind === 'byzantine' && lies?.[fault.lie] === undefined) {
        throw new UnknownFaultTargetError(fault, `lie '${fault.lie}'`, Object.keys(lies ?? {}));
      }
      if (fault.kind === 'upgrade' && versions?.[fault.version] === undefined) {
        throw new UnknownFaultTargetError(fault, `version '${fault.version}'`, Object.keys(versions ?? {}));
      }
    }
  }

  /** Arranges for every fault to strike. */
  schedule(faults: readonly Fault[]): void {
    this.check(faults);
    for (const fault of faults) this.world.at(fault.atUs, `fault ${fault.kind}`, () => this.strike(fault));
  }

  /** Everything that is wrong ends now, and nothing new strikes: links heal, hosts come back, clocks run true. */
  healAll(): void {
    this.healed = true;
    for (const id of [...this.active.keys()]) this.undo(id);
    this.world.network.reachability.healAll();
    for (const host of this.world.hosts) {
      this.world.resume(host);
      this.world.restart(host);
    }
    this.world.note(-1, 'heal', 'everything healed');
  }

  private assertName(fault: Fault, name: string): void {
    const { hosts } = this.world;
    if (hosts.some((host) => host.name === name) || (this.options.resolve !== undefined && name === 'leader'))
      return;
    const known = hosts.map((host) => host.name);
    throw new UnknownFaultTargetError(fault, `host '${name}'`, known);
  }

  private strike(fault: Fault): void {
    if (this.healed) return;
    const hosts = namesIn(fault).map((name) => this.hostNamed(name));
    if (hosts.includes(undefined)) {
      this.world.at(this.world.nowUs + RETRY_STRIKE_US, `fault ${fault.kind} again`, () =>
        this.strike(fault),
      );
      return;
    }
    const damaging = DAMAGING.has(fault.kind) ? hosts[0] : undefined;
    if (damaging !== undefined && this.options.damage?.mayDamage(damaging.id) === false) return;
    const undo = this.begin(fault);
    if (undo === undefined) return;
    if (damaging !== undefined) this.options.damage?.damage(damaging.id);
    this.struck++;
    const { world } = this;
    const text = describeFault(fault);
    const nodes = hosts.flatMap((host) => (host === undefined ? [] : [host.id]));
    const data = {
      ...(fault as unknown as Record<string, Plain>),
      reach: world.network.reachability.describe(),
    };
    const event = world.note(-1, 'fault', text, { data });
    const span = world.recorder?.openFault(fault.kind, world.nowUs, nodes, text);
    this.active.set(fault.id, () => {
      undo();
      if (span !== undefined) world.recorder?.closeFault(span, world.nowUs);
      world.note(-1, 'heal', text, { cause: event, data: { reach: world.network.reachability.describe() } });
    });
    if (fault.forUs > 0) world.at(world.nowUs + fault.forUs, `heal ${fault.kind}`, () => this.undo(fault.id));
  }

  private undo(id: number): void {
    const undo = this.active.get(id);
    this.active.delete(id);
    undo?.();
  }

  private hostNamed(name: string): Host | undefined {
    const host = this.world.hosts.find((h) => h.name === name);
    if (host !== undefined) return host;
    const id = this.options.resolve?.(name);
    return id === undefined ? undefined : this.world.hosts[id];
  }

  private ids(names: readonly string[]): HostId[] {
    return names.flatMap((name) => {
      const host = this.hostNamed(name);
      return host === undefined ? [] : [host.id];
    });
  }

  /** Puts the fault in force; returns how to undo it, or undefined when there was nothing to strike. */
  private begin(fault: Fault): (() => void) | undefined {
    switch (fault.kind) {
      case 'partition':
      case 'one-way':
      case 'bridge':
      case 'channel':
        return this.cut(fault);
      case 'flapping':
        return this.flap(fault);
      case 'loss':
      case 'duplicate':
      case 'reorder':
      case 'corrupt':
      case 'slow-link':
      case 'narrow-link':
      case 'black-hole':
        return this.world.network.impose({
          covers: coversHosts(this.ids(fault.hosts)),
          change: (policy) => changedPolicy(policy, fault),
        });
      default:
        return this.beginOnHost(fault, this.hostNamed(fault.host) as Host);
    }
  }

  private cut(fault: Extract<Fault, { kind: 'partition' | 'one-way' | 'bridge' | 'channel' }>): () => void {
    const { reachability } = this.world.network;
    const id = ((): number => {
      switch (fault.kind) {
        case 'one-way':
          return reachability.cut({ kind: 'one-way', from: this.ids(fault.from), to: this.ids(fault.to) });
        case 'bridge':
          return reachability.cut({
            kind: 'bridge',
            left: this.ids(fault.left),
            right: this.ids(fault.right),
          });
        case 'channel': {
          const groups = fault.groups.map((group) => this.ids(group));
          return reachability.cut({ kind: 'partition', groups, unlisted: 'with-all' }, [fault.channel]);
        }
        case 'partition': {
          const groups = fault.groups.map((group) => this.ids(group));
          if (fault.unlisted !== 'rest')
            return reachability.cut({ kind: 'partition', groups, unlisted: fault.unlisted });
          const listed = new Set(groups.flat());
          const rest = this.world.hosts.map((host) => host.id).filter((id) => !listed.has(id));
          return reachability.cut({ kind: 'partition', groups: [...groups, rest], unlisted: 'isolated' });
        }
      }
    })();
    return () => void reachability.heal(id);
  }

  private flap(fault: Extract<Fault, { kind: 'flapping' }>): () => void {
    const { world } = this;
    const { reachability } = world.network;
    const groups = fault.groups.map((group) => this.ids(group));
    let cut: number | undefined;
    let ended = false;
    const turn = (): void => {
      if (ended) return;
      if (cut === undefined) cut = reachability.cut({ kind: 'partition', groups, unlisted: 'with-all' });
      else {
        reachability.heal(cut);
        cut = undefined;
      }
      world.note(-1, 'note', 'flap', { data: { reach: reachability.describe() } });
      world.at(world.nowUs + (cut === undefined ? fault.upUs : fault.downUs), 'flap', turn);
    };
    turn();
    return () => {
      ended = true;
      if (cut !== undefined) reachability.heal(cut);
    };
  }

  private beginOnHost(
    fault: Exclude<
      Fault,
      { kind: 'partition' | 'one-way' | 'bridge' | 'channel' | 'flapping' } | PacketFault | LinkFault
    >,
    host: Host,
  ): (() => void) | undefined {
    const { world } = this;
    switch (fault.kind) {
      case 'crash':
      case 'amnesia':
        if (!host.up) return undefined;
        world.crash(host, fault.kind);
        if (fault.kind === 'amnesia') host.disk.wipe();
        return () => world.restart(host);
      case 'pause':
      case 'suspend':
        if (!host.up || host.paused) return undefined;
        world.pause(host, fault.kind === 'suspend');
        return () => world.resume(host);
      case 'slow-cpu':
        host.cpuUsPerEvent = fault.costUs;
        return () => {
          host.cpuUsPerEvent = 0;
        };
      case 'clock-step':
        world.stepClock(host, fault.amount);
        return () => undefined;
      case 'clock-drift':
        world.driftClock(host, fault.amount);
        return () => world.driftClock(host, 0);
      case 'byzantine':
        host.rewrite = this.options.lies?.[fault.lie]?.(host);
        return () => {
          host.rewrite = undefined;
        };
      case 'upgrade':
        world.crash(host, 'stopped for an upgrade');
        host.upgradeTo(this.options.versions?.[fault.version] as BootProgram);
        return () => world.restart(host);
      default:
        return strikeDisk(host, fault);
    }
  }
}

/** Every host name a fault mentions. */
function namesIn(fault: Fault): readonly string[] {
  switch (fault.kind) {
    case 'partition':
    case 'flapping':
    case 'channel':
      return fault.groups.flat();
    case 'one-way':
      return [...fault.from, ...fault.to];
    case 'bridge':
      return [...fault.left, ...fault.right];
    case 'loss':
    case 'duplicate':
    case 'reorder':
    case 'corrupt':
    case 'slow-link':
    case 'narrow-link':
    case 'black-hole':
      return fault.hosts;
    default:
      return [fault.host];
  }
}

function coversHosts(hosts: readonly HostId[]): (from: HostId, to: HostId) => boolean {
  if (hosts.length === 0) return () => true;
  const touched = new Set(hosts);
  return (from, to) => touched.has(from) || touched.has(to);
}

function changedPolicy(policy: LinkPolicy, fault: PacketFault | LinkFault): LinkPolicy {
  switch (fault.kind) {
    case 'reorder':
      return {
        ...policy,
        reorder: fault.probability,
        reorderExtra: { kind: 'uniform', minUs: 0, maxUs: fault.holdUs ?? 10_000 },
      };
    case 'loss':
    case 'duplicate':
    case 'corrupt':
      return { ...policy, [fault.kind]: fault.probability };
    case 'slow-link':
      return { ...policy, slowFactor: fault.amount };
    case 'narrow-link':
      return { ...policy, bitsPerSecond: fault.amount };
    case 'black-hole':
      return { ...policy, answer: 'swallow' };
  }
}
