import type { Plain } from '@holdfast/plain';
import type { FaultBudget } from '../disk/faultBudget.ts';
import { admits, assertAdmitted, type FailureModel } from '../models/failureModel.ts';
import { BadOptionError } from '../models/optionError.ts';
import { assertCut, type Cut } from '../network/cut.ts';
import type { Host } from '../world/host.ts';
import type { BootProgram, HostId, Rewrite } from '../world/program.ts';
import type { World } from '../world/world.ts';
import { assertFaultNumbers } from './checkFault.ts';
import { describeFault, type Fault } from './fault.ts';
import { HostFaults } from './hostFaults.ts';
import { changesLinks, policyChange } from './linkFaults.ts';

/** What a run's faults may do, and the names they may use. */
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

/** Thrown for a fault that would change nothing on the network the run declared. */
export class FaultWithoutEffectError extends RangeError {
  readonly code = 'FAULT_WITHOUT_EFFECT';
  constructor(fault: Fault) {
    super(
      `Cannot inject '${fault.kind}' as a change of links: the network is partially synchronous and keeps its own policies; ` +
        "state it in 'partialSynchrony.before', or leave the fault out",
    );
    this.name = 'FaultWithoutEffectError';
  }
}

/** Faults that cut hosts apart until they are healed. */
type CutFault = Extract<Fault, { kind: 'partition' | 'one-way' | 'bridge' | 'channel' }>;

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
  private readonly hostFaults: HostFaults;
  private readonly active = new Map<number, () => void>();
  private healed = false;
  /** Faults that struck. */
  struck = 0;

  constructor(world: World, options: InjectorOptions) {
    this.world = world;
    this.options = options;
    this.hostFaults = new HostFaults(world, options);
  }

  /**
   * Throws unless the declared failure models admit every fault (`FaultOutsideModelError`), every name is known
   * (`UnknownFaultTargetError`), every number is in range and every id its own (`BadOptionError`), and every cut makes sense
   * (`BadCutError`).
   */
  check(faults: readonly Fault[]): void {
    const { models } = this.options;
    const { network } = this.world;
    const ids = new Set<number>();
    for (const fault of faults) {
      assertAdmitted(models, fault.kind);
      // A crash that ends is a crash and a restart: a model without recovery has no place for it.
      if (fault.kind === 'crash' && fault.forUs > 0) assertAdmitted(models, 'restart');
      if (ids.has(fault.id))
        throw new BadOptionError('id of a fault', fault.id, 'a number no other fault has');
      ids.add(fault.id);
      assertFaultNumbers(fault, network.reachability.channels.length);
      if (network.partialSynchrony !== undefined && changesLinks(fault))
        throw new FaultWithoutEffectError(fault);
      this.assertNames(fault);
    }
  }

  /** Arranges for every fault to strike. */
  schedule(faults: readonly Fault[]): void {
    this.check(faults);
    for (const fault of faults) this.world.at(fault.atUs, `fault ${fault.kind}`, () => this.strike(fault));
  }

  /** Ends one fault that is in force, by its id; nothing happens when there is none. */
  heal(id: number): void {
    this.undo(id);
  }

  /**
   * Everything that is wrong ends now, and nothing new strikes: links heal, clocks run true, and hosts come back, unless the
   * declared models know no restart. A wall clock that has jumped stays where it is.
   */
  healAll(): void {
    this.healed = true;
    for (const id of this.active.keys()) this.undo(id);
    this.world.network.reachability.healAll();
    for (const host of this.world.hosts) {
      this.world.resume(host);
      if (admits(this.options.models, 'restart')) this.world.restart(host);
    }
    this.world.note(-1, 'heal', 'everything healed');
  }

  private assertNames(fault: Fault): void {
    const { lies, versions } = this.options;
    const names = namesIn(fault);
    for (const name of names) this.assertName(fault, name);
    if (fault.kind === 'byzantine' && lies?.[fault.lie] === undefined) {
      throw new UnknownFaultTargetError(fault, `lie '${fault.lie}'`, Object.keys(lies ?? {}));
    }
    if (fault.kind === 'upgrade' && versions?.[fault.version] === undefined) {
      throw new UnknownFaultTargetError(fault, `version '${fault.version}'`, Object.keys(versions ?? {}));
    }
    if (!isCut(fault) && fault.kind !== 'flapping') return;
    const fixed = names.every((name) => this.world.hosts.some((host) => host.name === name));
    const places = (group: readonly string[]): number[] =>
      group.map((name) => this.world.hosts.findIndex((host) => host.name === name));
    // What a role stands for is known only when the fault strikes.
    if (fixed)
      assertCut(
        cutOf(fault, this.world.hosts.length, (groups) => groups.map(places)),
        this.world.hosts.length,
      );
  }

  private assertName(fault: Fault, name: string): void {
    const { hosts } = this.world;
    if (hosts.some((host) => host.name === name)) return;
    if (this.options.resolve !== undefined && name === 'leader') return;
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
    // Without restarts in the model there is no way back from a crash, not even in the end.
    if (fault.kind === 'crash' && !admits(this.options.models, 'restart')) return;
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

  /** Puts the fault in force; returns how to undo it, or undefined when there was nothing to strike. */
  private begin(fault: Fault): (() => void) | undefined {
    if (fault.kind === 'flapping') return this.flap(fault);
    if (isCut(fault)) return this.cut(fault);
    if (changesLinks(fault)) {
      return this.world.network.impose(policyChange(fault, this.groups([fault.hosts]).flat()));
    }
    return this.hostFaults.begin(fault, this.hostNamed(fault.host) as Host);
  }

  private cut(fault: CutFault): () => void {
    const { reachability } = this.world.network;
    const cut = cutOf(fault, this.world.hosts.length, (groups) => this.groups(groups));
    const id = fault.kind === 'channel' ? reachability.cut(cut, [fault.channel]) : reachability.cut(cut);
    return () => void reachability.heal(id);
  }

  private flap(fault: Extract<Fault, { kind: 'flapping' }>): () => void {
    const { world } = this;
    const { reachability } = world.network;
    const cut = cutOf(fault, this.world.hosts.length, (groups) => this.groups(groups));
    let id: number | undefined;
    let ended = false;
    const turn = (): void => {
      if (ended) return;
      if (id === undefined) id = reachability.cut(cut);
      else {
        reachability.heal(id);
        id = undefined;
      }
      world.note(-1, 'note', 'flap', { data: { reach: reachability.describe() } });
      world.at(world.nowUs + (id === undefined ? fault.upUs : fault.downUs), 'flap', turn);
    };
    turn();
    return () => {
      ended = true;
      if (id !== undefined) reachability.heal(id);
    };
  }

  /** The hosts the names stand for now. A host that a role names beside its own name counts where it comes first. */
  private groups(groups: readonly (readonly string[])[]): HostId[][] {
    const placed = new Set<HostId>();
    return groups.map((group) =>
      group.flatMap((name) => {
        const host = this.hostNamed(name);
        if (host === undefined || placed.has(host.id)) return [];
        placed.add(host.id);
        return [host.id];
      }),
    );
  }
}

function isCut(fault: Fault): fault is CutFault {
  const { kind } = fault;
  return kind === 'partition' || kind === 'one-way' || kind === 'bridge' || kind === 'channel';
}

function partitionOf(groups: HostId[][], unlisted: 'isolated' | 'with-all' | 'rest', hosts: number): Cut {
  if (unlisted !== 'rest') return { kind: 'partition', groups, unlisted };
  const listed = new Set(groups.flat());
  const rest = Array.from({ length: hosts }, (_, id) => id).filter((id) => !listed.has(id));
  return { kind: 'partition', groups: [...groups, rest] };
}

/** The cut a fault stands for, its groups of names made into hosts by `resolve`. */
function cutOf(
  fault: CutFault | Extract<Fault, { kind: 'flapping' }>,
  hosts: number,
  resolve: (groups: readonly (readonly string[])[]) => HostId[][],
): Cut {
  switch (fault.kind) {
    case 'one-way': {
      const [from] = resolve([fault.from]);
      const [to] = resolve([fault.to]);
      return { kind: 'one-way', from: from ?? [], to: to ?? [] };
    }
    case 'bridge': {
      const [left, right] = resolve([fault.left, fault.right]);
      return { kind: 'bridge', left: left ?? [], right: right ?? [] };
    }
    case 'partition':
      return partitionOf(resolve(fault.groups), fault.unlisted, hosts);
    case 'channel':
    case 'flapping':
      return { kind: 'partition', groups: resolve(fault.groups), unlisted: 'with-all' };
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
