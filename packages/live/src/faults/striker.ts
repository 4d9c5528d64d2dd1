import { describeFault } from '@holdfast/world';
import { type LinkDevice, linkChangeOf, type UndoLinks } from '../devices/links.ts';
import { clockProblem } from '../devices/clock/clockPatch.ts';
import { MemberClocks } from '../devices/clock/memberClocks.ts';
import type { VolatileDisk } from '../devices/disk/disk.ts';
import type { DiskTrouble, RotPlace } from '../devices/disk/diskState.ts';
import { LiveError, textOf } from '../errors.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Cluster, Member } from '../subjects/cluster.ts';
import { killMember, startMember } from '../subjects/run.ts';
import { type Draft, cutPairs, type Pair, touchingPairs } from './pairs.ts';

/** Ends a fault. */
export type Heal = () => Promise<void>;

/** A slow disk without a stated amount syncs this many times slower than in a millisecond. */
const SLOW_DISK = 100;

/** How often a flapping cut changes at most. */
const FLAPS_MAX = 10_000;

/** Strikes faults: at real clusters as here, or at simulated ones. */
export interface Strikes {
  /** Strikes now, and says how to end it and which members it named, by place. */
  strike(fault: Draft): Promise<{ readonly heal: Heal; readonly members: readonly number[] }>;
}

/** What a striker strikes with. */
export interface StrikerMeans {
  readonly ledger: Ledger;
  /** The device that cuts links, where there is one. */
  readonly links: LinkDevice | undefined;
  /** The members' disks, by place, where they are volatile ones. */
  readonly disks: readonly VolatileDisk[] | undefined;
  /** The member a name or a role means now. */
  readonly resolve: (name: string) => Promise<Member>;
  /** Hears what a fault has done, for the journal. */
  readonly say: (text: string) => void;
}

/** Strikes faults of the world's vocabulary at a real cluster. Names are members, or roles that `resolve` knows. */
export class Striker implements Strikes {
  private readonly cluster: Cluster;
  private readonly links: LinkDevice | undefined;
  private readonly disks: readonly VolatileDisk[] | undefined;
  private readonly ledger: Ledger;
  private readonly resolve: (name: string) => Promise<Member>;
  private readonly say: (text: string) => void;
  /** Members whose crashes are losses of power. */
  private readonly losesWrites = new Set<number>();
  private readonly clocks: MemberClocks;

  constructor(cluster: Cluster, means: StrikerMeans) {
    this.cluster = cluster;
    this.links = means.links;
    this.disks = means.disks;
    this.ledger = means.ledger;
    this.clocks = new MemberClocks(means.ledger);
    this.resolve = means.resolve;
    this.say = means.say;
  }

  /** Strikes now, and says how to end it and which members it named, by place. Times of the fault are the caller's business. */
  async strike(fault: Draft): Promise<{ readonly heal: Heal; readonly members: readonly number[] }> {
    assertSupported(fault, this.links, this.disks !== undefined);
    const places = new Map<string, number>();
    for (const name of namesOf(fault)) places.set(name, (await this.resolve(name)).index);
    return { heal: await this.place(fault, places), members: [...new Set(places.values())] };
  }

  private async place(fault: Draft, places: ReadonlyMap<string, number>): Promise<Heal> {
    const place = (name: string): number => places.get(name) ?? -1;
    switch (fault.kind) {
      case 'partition':
      case 'one-way':
      case 'bridge':
        return later(linksOf(this.links).cut(cutPairs(fault, this.cluster.members.length, place)));
      case 'flapping':
        return this.flap(cutPairs(fault, this.cluster.members.length, place), fault.downUs, fault.upUs);
      case 'loss':
      case 'duplicate':
      case 'corrupt':
      case 'reorder':
      case 'slow-link':
      case 'narrow-link': {
        const pairs = touchingPairs(this.cluster.members.length, fault.hosts.map(place));
        const change = linkChangeOf(fault);
        if (change === undefined) throw new TypeError(`${fault.kind} changes no link`);
        return later(linksOf(this.links).change(pairs, change));
      }
      case 'black-hole':
        return later(
          linksOf(this.links).cut(touchingPairs(this.cluster.members.length, fault.hosts.map(place))),
        );
      case 'crash':
      case 'amnesia':
        return this.crash(this.memberAt(place(fault.host)), fault.kind === 'amnesia');
      case 'pause':
        return this.pause(this.memberAt(place(fault.host)));
      case 'clock-step':
        return later(this.clocks.step(this.memberAt(place(fault.host)), fault.amount));
      case 'clock-drift':
        return later(this.clocks.drift(this.memberAt(place(fault.host)), fault.amount));
      case 'disk-lost-writes': {
        const index = place(fault.host);
        this.losesWrites.add(index);
        return later(() => void this.losesWrites.delete(index));
      }
      case 'disk-bit-rot':
        return this.rot(this.memberAt(place(fault.host)), placeOf(fault));
      case 'disk-full':
      case 'disk-torn':
      case 'disk-slow':
      case 'disk-fsync-fails':
      case 'disk-fsync-lies':
        return this.troubleDisk(place(fault.host), fault.kind, fault.amount);
      default:
        throw unsupported(fault, 'no device can do it');
    }
  }

  private memberAt(index: number): Member {
    return this.cluster.members[index] as Member;
  }

  private async crash(member: Member, wipe: boolean): Promise<Heal> {
    await killMember(member);
    const disk = this.disks?.[member.index];
    if (disk !== undefined && this.losesWrites.has(member.index)) {
      const { files, pages } = await disk.losePower();
      this.say(`the power of ${member.name} goes: ${pages} unsynced pages of ${files} files are lost`);
    }
    if (wipe) await this.cluster.wipe(member);
    return () => startMember(member);
  }

  private async troubleDisk(index: number, trouble: DiskTrouble, amount: number | undefined): Promise<Heal> {
    const disk = this.disks?.[index];
    if (disk === undefined) throw new TypeError('a fault of disks passed the check without disks');
    await disk.begin(trouble, amount ?? (trouble === 'disk-slow' ? SLOW_DISK : undefined));
    return async () => void (await disk.end(trouble));
  }

  /** A bit of a member's file rots. Throws `LiveError` when there is no such place. */
  private async rot(member: Member, place: RotPlace): Promise<Heal> {
    const disk = this.disks?.[member.index];
    if (disk === undefined) throw new TypeError('a fault of disks passed the check without disks');
    const rotten = await disk.rot(place);
    if (rotten === undefined) {
      const where = `byte ${place.byte ?? 'in the middle'} of a file like '${place.file ?? ''}'`;
      throw new LiveError(
        'FAULT_UNSUPPORTED',
        `Cannot let a bit of ${member.name} rot: there is no ${where}`,
        'name a part of the path of a file it has written',
        place,
      );
    }
    this.say(`bit ${rotten.bit} of byte ${rotten.byte} of ${rotten.path} on ${member.name} reads flipped`);
    return async () => void (await disk.unrot());
  }

  private pause(member: Member): Promise<Heal> {
    const undos = member.servers.flatMap((server) =>
      server.pid === undefined
        ? []
        : [this.ledger.before({ kind: 'continue', pid: server.pid, startedAt: server.startedAt })],
    );
    for (const server of member.servers) server.signal('SIGSTOP');
    return Promise.resolve(() => {
      for (const server of member.servers) server.signal('SIGCONT');
      for (const undo of undos) this.ledger.settled(undo);
      return Promise.resolve();
    });
  }

  private async flap(pairs: readonly Pair[], downUs: number, upUs: number): Promise<Heal> {
    const links = linksOf(this.links);
    let heal: UndoLinks | undefined = await links.cut(pairs);
    let timer: NodeJS.Timeout | undefined;
    let flaps = 0;
    let turning: Promise<void> = Promise.resolve();
    const turn = async (): Promise<void> => {
      if (heal === undefined) heal = await links.cut(pairs);
      else {
        await heal();
        heal = undefined;
      }
      const isDown = heal !== undefined;
      if (++flaps < FLAPS_MAX) timer = setTimeout(start, (isDown ? downUs : upUs) / 1_000);
    };
    const start = (): void => {
      turning = turn().catch((error: unknown) => this.say(`flapping ends: ${textOf(error)}`));
    };
    timer = setTimeout(start, downUs / 1_000);
    return async () => {
      flaps = FLAPS_MAX;
      clearTimeout(timer);
      await turning;
      clearTimeout(timer);
      await heal?.();
      heal = undefined;
    };
  }
}

async function later(undo: UndoLinks | Promise<UndoLinks>): Promise<Heal> {
  const heal = await undo;
  return async () => heal();
}

/** Where a bit is to rot: a file says so beside the words the world has for it. */
function placeOf(fault: Draft & RotPlace): RotPlace {
  const { file, byte, bit, once } = fault;
  return {
    ...(file === undefined ? {} : { file }),
    ...(byte === undefined ? {} : { byte }),
    ...(bit === undefined ? {} : { bit }),
    ...(once === undefined ? {} : { once }),
  };
}

function linksOf(links: LinkDevice | undefined): LinkDevice {
  if (links === undefined) throw new TypeError('a fault of links passed the check without a device of links');
  return links;
}

/** Throws `LiveError` for a fault that none of the devices at hand can do: said before a run starts. */
export function assertSupported(fault: Draft, links: LinkDevice | undefined, hasDisks: boolean): void {
  switch (fault.kind) {
    case 'disk-lost-writes':
    case 'disk-bit-rot':
    case 'disk-full':
    case 'disk-torn':
    case 'disk-slow':
    case 'disk-fsync-fails':
    case 'disk-fsync-lies':
      if (!hasDisks)
        throw unsupported(fault, 'members store on the disk of this machine (say disk: volatile)');
      return;
    case 'crash':
    case 'amnesia':
    case 'pause':
      return;
    case 'clock-step':
    case 'clock-drift': {
      const problem = clockProblem();
      if (problem !== undefined) throw unsupported(fault, problem);
      return;
    }
    case 'partition':
    case 'one-way':
    case 'bridge':
    case 'flapping':
    case 'black-hole':
      if (links === undefined) throw unsupported(fault, 'members talk directly (network: loopback)');
      return;
    case 'loss':
    case 'duplicate':
    case 'corrupt':
    case 'reorder':
    case 'slow-link':
    case 'narrow-link':
      if (links === undefined) throw unsupported(fault, 'members talk directly (network: loopback)');
      if (!links.changes.has(fault.kind))
        throw unsupported(fault, `the ${links.name} cannot do it (network: vxlan can)`);
      return;
    default:
      throw unsupported(fault, 'no device for real clusters does it');
  }
}

function unsupported(fault: Draft, why: string): LiveError {
  return new LiveError(
    'FAULT_UNSUPPORTED',
    `Cannot strike '${describeFault({ ...fault, id: 0 })}' at a real cluster: ${why}`,
    'use another network or another fault',
    fault.kind,
  );
}

/** Every member or role a fault names. */
export function namesOf(fault: Draft): readonly string[] {
  if ('groups' in fault) return fault.groups.flat();
  if ('hosts' in fault) return fault.hosts;
  if ('host' in fault) return [fault.host];
  return fault.kind === 'one-way' ? [...fault.from, ...fault.to] : [...fault.left, ...fault.right];
}
