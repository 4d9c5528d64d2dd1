import {
  cutPairs,
  type Draft,
  type Heal,
  type LinkChange,
  linkChangeOf,
  LiveError,
  type Member,
  namesOf,
  type Pair,
  type Strikes,
  touchingPairs,
} from '@holdfast/live';
import {
  admits,
  describeFault,
  type FailureModel,
  type Fault,
  FaultInjector,
  type HostId,
  type LinkPolicy,
  type World,
} from '@holdfast/world';
import type { WorldTime } from '../worldTime.ts';

/** The hosts of a member: its server, and its gateway, which is on the same machine. */
export type HostsOf = (index: number) => readonly HostId[];

/** Throws `LiveError` for a fault that the subject does not claim to survive: said before a run starts. */
export function assertSimulated(fault: Draft, models: readonly FailureModel[]): void {
  if (admits(models, fault.kind)) return;
  throw new LiveError(
    'FAULT_UNSUPPORTED',
    `Cannot strike '${describeFault({ ...fault, id: 0 })}' at the simulated store: its failure models are ${models.join(', ')}`,
    'use another network or another fault',
    fault.kind,
  );
}

/** Strikes faults at the members of a simulated cluster as devices strike them at real ones: at what members say to each other, and at members. */
export class SimulatedStriker implements Strikes {
  private readonly world: World;
  private readonly hostsOf: HostsOf;
  private readonly members: number;
  private readonly injector: FaultInjector;
  private readonly resolve: (name: string) => Promise<Member>;
  private readonly time: WorldTime;
  private faults = 0;

  constructor(
    world: World,
    options: {
      readonly members: number;
      readonly hostsOf: HostsOf;
      readonly models: readonly FailureModel[];
      readonly resolve: (name: string) => Promise<Member>;
      readonly time: WorldTime;
    },
  ) {
    this.world = world;
    this.hostsOf = options.hostsOf;
    this.members = options.members;
    this.resolve = options.resolve;
    this.time = options.time;
    this.injector = new FaultInjector(world, { models: options.models });
  }

  async strike(fault: Draft): Promise<{ readonly heal: Heal; readonly members: readonly number[] }> {
    const places = new Map<string, number>();
    for (const name of namesOf(fault)) places.set(name, (await this.resolve(name)).index);
    const undo = this.place(fault, (name) => places.get(name) ?? -1);
    // What befalls a host befalls it in an event of the world, which must be over before the experiment goes on.
    await this.time.sleep(0);
    const heal = (): Promise<void> => {
      undo();
      return Promise.resolve();
    };
    return { heal, members: [...new Set(places.values())] };
  }

  private place(fault: Draft, place: (name: string) => number): () => void {
    const { members } = this;
    switch (fault.kind) {
      case 'partition':
      case 'one-way':
      case 'bridge':
        return this.cut(cutPairs(fault, members, place));
      case 'flapping':
        return this.flap(cutPairs(fault, members, place), fault.downUs, fault.upUs);
      case 'black-hole':
        return this.cut(touchingPairs(members, fault.hosts.map(place)));
      case 'loss':
      case 'duplicate':
      case 'corrupt':
      case 'reorder':
      case 'slow-link':
      case 'narrow-link':
        return this.change(touchingPairs(members, fault.hosts.map(place)), linkChangeOf(fault));
      default:
        return this.strikeHost(fault, place);
    }
  }

  /** What befalls a machine befalls the member; its gateway is part of the network's end and stays. */
  private strikeHost(fault: Draft, place: (name: string) => number): () => void {
    const id = ++this.faults;
    const name = 'host' in fault ? this.world.hosts[place(fault.host)]?.name : undefined;
    const named = { ...fault, ...(name === undefined ? {} : { host: name }) };
    this.injector.schedule([{ ...named, id, atUs: this.world.nowUs, forUs: 0 } as Fault]);
    return () => this.injector.heal(id);
  }

  private cut(pairs: readonly Pair[]): () => void {
    const { reachability } = this.world.network;
    const cuts = pairs.map(([from, to]) =>
      reachability.cut({ kind: 'one-way', from: [...this.hostsOf(from)], to: [...this.hostsOf(to)] }),
    );
    return () => {
      for (const id of cuts.splice(0)) reachability.heal(id);
    };
  }

  private change(pairs: readonly Pair[], change: LinkChange | undefined): () => void {
    if (change === undefined) return () => undefined;
    const touched = new Set(pairs.map(([from, to]) => `${from} ${to}`));
    const memberOf = new Map<number, number>();
    for (let index = 0; index < this.members; index++)
      for (const host of this.hostsOf(index)) memberOf.set(host, index);
    return this.world.network.impose({
      covers: (from, to) => touched.has(`${memberOf.get(from)} ${memberOf.get(to)}`),
      change: (policy) => changedPolicy(policy, change),
    });
  }

  private flap(pairs: readonly Pair[], downUs: number, upUs: number): () => void {
    const { world } = this;
    let heal: (() => void) | undefined;
    let isOver = false;
    const turn = (): void => {
      if (isOver) return;
      if (heal === undefined) heal = this.cut(pairs);
      else {
        heal();
        heal = undefined;
      }
      world.at(world.nowUs + (heal === undefined ? upUs : downUs), 'flap', turn);
    };
    turn();
    return () => {
      isOver = true;
      heal?.();
    };
  }
}

function changedPolicy(policy: LinkPolicy, change: LinkChange): LinkPolicy {
  switch (change.kind) {
    case 'loss':
    case 'duplicate':
    case 'corrupt':
      return { ...policy, [change.kind]: change.probability };
    case 'reorder': {
      const maxUs = Math.round(change.holdMs * 1_000);
      return {
        ...policy,
        reorder: change.probability,
        reorderExtra: { kind: 'uniform', minUs: 0, maxUs },
      };
    }
    case 'slow-link':
      return { ...policy, slowFactor: change.factor };
    case 'narrow-link':
      return { ...policy, bitsPerSecond: change.bitsPerSecond };
  }
}
