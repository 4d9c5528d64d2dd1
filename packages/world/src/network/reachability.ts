import { assertWhole, BadOptionError } from '../models/optionError.ts';
import { type Cut, describeCut, eachBlockedPair, type HostIndex } from './cut.ts';

/** Names one cut of a `Reachability`; unique for its lifetime, from 1. */
export type CutId = number;

/** A channel is an index into the list of channels a `Reachability` was made with; 0 is the first. */
export type ChannelIndex = number;

/** Hosts of one world. */
export const MAX_HOSTS = 1_024;
/** Kinds of traffic that can be told apart. */
export const MAX_CHANNELS = 16;
/** Cuts that may be in force at once. */
export const MAX_CUTS = 256;

/** The hosts and channels to begin with. */
export interface ReachabilityOptions {
  /** Names of the first hosts, for descriptions; the index is the host. More can be added. */
  readonly hosts?: readonly string[] | undefined;
  /** Kinds of traffic that can be cut apart (`http`, `replication`); one unnamed channel when left out. */
  readonly channels?: readonly string[] | undefined;
}

/** One connected part of the members, by links that work both ways. */
export interface QuorumSide {
  readonly hosts: readonly HostIndex[];
  /** Some host of this side exchanges messages with a majority of all members, itself included. */
  readonly hasQuorum: boolean;
}

/** Who can gather a majority. */
export interface QuorumSides {
  /** Hosts needed: more than half of the members. */
  readonly majority: number;
  readonly sides: readonly QuorumSide[];
  /** Hosts that exchange messages both ways with a majority: the possible leaders. */
  readonly gatherers: readonly HostIndex[];
}

interface ActiveCut {
  readonly cut: Cut;
  readonly channels: readonly ChannelIndex[];
  /** One bit per directed pair: 1 where this cut blocks. */
  blocked: Int32Array;
}

/**
 * Who reaches whom, per direction and per channel. Cuts overlap: a pair is blocked while at least one cut in force blocks
 * it, so healing one cut never heals another. A host always reaches itself.
 */
export class Reachability {
  readonly channels: readonly string[];
  /** Changes whenever a cut is made or healed, or a host is added. */
  version = 0;
  private readonly names: string[] = [];
  private rowWords = 0;
  /** One bit matrix per channel: 1 where blocked. */
  private blocked: Int32Array[] = [];
  private readonly active = new Map<CutId, ActiveCut>();
  private cutsInForce = 0;
  private nextId = 1;

  constructor(options: ReachabilityOptions = {}) {
    this.channels = options.channels ?? [''];
    assertWhole('channels', this.channels.length, 1, MAX_CHANNELS);
    this.names.push(...(options.hosts ?? []));
    this.resize();
  }

  /** Names of the hosts; the index is the host. */
  get hosts(): readonly string[] {
    return this.names;
  }

  /**
   * Adds a host and returns its index. Cuts in force are worked out anew: a partition treats it as its `unlisted` says, and
   * throws `BadCutError` when it says nothing; the other kinds do not touch it unless they concern all hosts.
   */
  addHost(name: string): HostIndex {
    this.names.push(name);
    this.resize();
    return this.names.length - 1;
  }

  /** Whether a message sent now on this channel gets from one host to the other. Both must exist. */
  canReach(from: HostIndex, to: HostIndex, channel: ChannelIndex = 0): boolean {
    const matrix = this.blocked[channel] as Int32Array;
    return ((matrix[from * this.rowWords + (to >>> 5)] as number) & (1 << (to & 31))) === 0;
  }

  /** Whether any cut is in force. */
  get anyCut(): boolean {
    return this.cutsInForce > 0;
  }

  /** Whether the two exchange messages in both directions. */
  canExchange(a: HostIndex, b: HostIndex, channel: ChannelIndex = 0): boolean {
    return this.canReach(a, b, channel) && this.canReach(b, a, channel);
  }

  /** Puts a cut in force on these channels (all when left out). Throws `BadCutError` or `BadOptionError`. */
  cut(cut: Cut, channels: readonly ChannelIndex[] = this.channels.map((_, i) => i)): CutId {
    if (this.active.size >= MAX_CUTS) {
      throw new BadOptionError('cuts in force', this.active.size + 1, `at most ${MAX_CUTS}; heal some first`);
    }
    for (const channel of channels) assertWhole('channel', channel, 0, this.channels.length - 1);
    const blocked = this.matrixOf(cut);
    const id = this.nextId++;
    this.active.set(id, { cut, channels, blocked });
    this.cutsInForce = this.active.size;
    for (const channel of channels) merge(this.blocked[channel] as Int32Array, blocked);
    this.version++;
    return id;
  }

  /** Ends one cut; pairs that another cut in force blocks stay blocked. False when no such cut is in force. */
  heal(id: CutId): boolean {
    const ended = this.active.get(id);
    if (ended === undefined) return false;
    this.active.delete(id);
    this.cutsInForce = this.active.size;
    for (const channel of ended.channels) this.remerge(channel);
    this.version++;
    return true;
  }

  /** Ends every cut. */
  healAll(): void {
    if (this.active.size === 0) return;
    this.active.clear();
    this.cutsInForce = 0;
    for (const matrix of this.blocked) matrix.fill(0);
    this.version++;
  }

  /** The cuts in force, oldest first. */
  cuts(): readonly { readonly id: CutId; readonly cut: Cut; readonly channels: readonly ChannelIndex[] }[] {
    return [...this.active].map(([id, { cut, channels }]) => ({ id, cut, channels }));
  }

  /** One line for people: `{N1,N2} | {N3,N4,N5}`; several cuts joined by ` + `; `all connected` without any. */
  describe(): string {
    if (this.active.size === 0) return 'all connected';
    return [...this.active.values()].map((a) => this.describeActive(a)).join(' + ');
  }

  /**
   * Which sides of the members can decide by majority. Several sides never have a quorum at once; with equal halves none
   * has. In a partial partition one side may hold several gatherers, whose majorities always share a host.
   */
  quorumSides(
    members: readonly HostIndex[] = this.names.map((_, i) => i),
    channel: ChannelIndex = 0,
  ): QuorumSides {
    const majority = Math.floor(members.length / 2) + 1;
    const partners = (a: HostIndex) => members.filter((b) => this.canExchange(a, b, channel));
    const gatherers = members.filter((a) => partners(a).length >= majority);
    const placed = new Set<HostIndex>();
    const sides: QuorumSide[] = [];
    for (const start of members) {
      if (placed.has(start)) continue;
      const side = [start];
      placed.add(start);
      for (let i = 0; i < side.length; i++) {
        for (const next of partners(side[i] as HostIndex)) {
          if (placed.has(next)) continue;
          placed.add(next);
          side.push(next);
        }
      }
      side.sort((a, b) => a - b);
      sides.push({ hosts: side, hasQuorum: side.some((h) => gatherers.includes(h)) });
    }
    return { majority, sides, gatherers };
  }

  private describeActive(active: ActiveCut): string {
    const line = describeCut(active.cut, this.names);
    if (active.channels.length === this.channels.length) return line;
    return `${line} on ${active.channels.map((c) => this.channels[c] ?? String(c)).join(', ')}`;
  }

  private matrixOf(cut: Cut): Int32Array {
    const matrix = new Int32Array(this.names.length * this.rowWords);
    eachBlockedPair(cut, this.names.length, (from, to) => {
      const at = from * this.rowWords + (to >>> 5);
      matrix[at] = (matrix[at] as number) | (1 << (to & 31));
    });
    return matrix;
  }

  private resize(): void {
    assertWhole('hosts', this.names.length, 0, MAX_HOSTS);
    this.rowWords = (this.names.length + 31) >>> 5;
    for (const active of this.active.values()) active.blocked = this.matrixOf(active.cut);
    this.blocked = this.channels.map(() => new Int32Array(this.names.length * this.rowWords));
    for (let channel = 0; channel < this.channels.length; channel++) this.remerge(channel);
    this.version++;
  }

  private remerge(channel: ChannelIndex): void {
    const matrix = this.blocked[channel] as Int32Array;
    matrix.fill(0);
    for (const active of this.active.values()) {
      if (active.channels.includes(channel)) merge(matrix, active.blocked);
    }
  }
}

function merge(into: Int32Array, from: Int32Array): void {
  for (let i = 0; i < into.length; i++) into[i] = (into[i] as number) | (from[i] as number);
}
