import { Stream } from '../choices/stream.ts';
import { assertProbability, assertWhole, BadOptionError } from '../models/optionError.ts';
import { type ChannelIndex, type CutId, Reachability } from './reachability.ts';
import { decideLink, type LinkPolicy, linkPolicy, newLinkDecision, newLinkState } from './link.ts';

/** The nodes, and the seed of all loss and jitter. */
export interface NetworkSimulatorOptions {
  /** Names of the nodes, all different. */
  readonly nodes: readonly string[];
  /** The same seed and the same calls give the same answers. */
  readonly seed: number;
  /** Kinds of traffic that can be cut apart; one when left out. */
  readonly channels?: readonly string[] | undefined;
}

/** What became of one message. */
export type SendResult =
  | { readonly delivered: true; readonly arrivesAtUs: number }
  | { readonly delivered: false; readonly reason: 'partition' | 'loss' };

/** Details of a partition. */
export interface PartitionOptions {
  /** What becomes of nodes in no group; needed as soon as there are any. */
  readonly unlisted?: 'isolated' | 'with-all' | undefined;
  /** Only this channel is cut; all when left out. */
  readonly channel?: string | undefined;
}

/**
 * A small network to test against without a world: partitions, loss, latency and jitter, seeded. Answers when and
 * whether a message arrives and delivers nothing itself. A node always reaches itself; delays are never negative.
 */
export class NetworkSimulator {
  private readonly index = new Map<string, number>();
  private readonly reachability: Reachability;
  private readonly stream: Stream;
  private readonly state = newLinkState();
  private readonly decision = newLinkDecision();
  private lossRate = 0;
  private latencyUs = 0;
  private jitterUs = 0;
  private policy: LinkPolicy;

  constructor(options: NetworkSimulatorOptions) {
    options.nodes.forEach((node, i) => this.index.set(node, i));
    if (this.index.size !== options.nodes.length) {
      throw new BadOptionError('nodes', options.nodes.join(','), 'a list of different names');
    }
    this.reachability = new Reachability({ hosts: options.nodes, channels: options.channels });
    this.stream = new Stream('network-simulator', options.seed);
    this.policy = this.buildPolicy();
  }

  /** Splits the network into groups that exchange nothing. Partitions overlap; each is healed by its id. */
  createPartition(groups: readonly (readonly string[])[], options: PartitionOptions = {}): CutId {
    const indexed = groups.map((group) => group.map((node) => this.hostOf(node)));
    return this.reachability.cut(
      { kind: 'partition', groups: indexed, unlisted: options.unlisted },
      this.channelsOf(options.channel),
    );
  }

  /** Stops messages from some nodes to others, in this direction only. */
  cutOneWay(from: readonly string[], to: readonly string[], channel?: string): CutId {
    const [a, b] = [from.map((n) => this.hostOf(n)), to.map((n) => this.hostOf(n))];
    return this.reachability.cut({ kind: 'one-way', from: a, to: b }, this.channelsOf(channel));
  }

  /** Heals one cut, or all of them. */
  heal(cut?: CutId): void {
    if (cut === undefined) this.reachability.healAll();
    else this.reachability.heal(cut);
  }

  /** Whether a message from one node gets to the other, loss aside. */
  canCommunicate(from: string, to: string, channel?: string): boolean {
    return this.reachability.canReach(this.hostOf(from), this.hostOf(to), this.channelOf(channel));
  }

  /** The share of messages lost, 0 to 1. */
  setLossRate(rate: number): void {
    assertProbability('lossRate', rate);
    this.lossRate = rate;
    this.policy = this.buildPolicy();
  }

  /** Every delay lies in [latency - jitter, latency + jitter], and is never below zero. */
  setLatency(latencyUs: number, jitterUs = 0): void {
    assertWhole('latencyUs', latencyUs, 0, 0x7fff_ffff);
    assertWhole('jitterUs', jitterUs, 0, 0x7fff_ffff);
    this.latencyUs = latencyUs;
    this.jitterUs = jitterUs;
    this.policy = this.buildPolicy();
  }

  /** Whether and when a message sent at `nowUs` arrives. */
  send(from: string, to: string, nowUs = 0, channel?: string): SendResult {
    if (!this.canCommunicate(from, to, channel)) return { delivered: false, reason: 'partition' };
    decideLink(this.policy, this.state, 0, nowUs, this.stream, this.decision);
    if (this.decision.count === 0) return { delivered: false, reason: 'loss' };
    return { delivered: true, arrivesAtUs: this.decision.atUs[0] as number };
  }

  /** One line for people: `{node1,node2} | {node3,node4,node5}`. */
  describe(): string {
    return this.reachability.describe();
  }

  private buildPolicy(): LinkPolicy {
    const minUs = Math.max(0, this.latencyUs - this.jitterUs);
    const maxUs = this.latencyUs + this.jitterUs;
    return linkPolicy({ latency: { kind: 'uniform', minUs, maxUs }, loss: this.lossRate });
  }

  private hostOf(node: string): number {
    const host = this.index.get(node);
    if (host === undefined) throw new BadOptionError('node', node, 'a node of this network');
    return host;
  }

  private channelOf(channel: string | undefined): ChannelIndex {
    if (channel === undefined) return 0;
    const index = this.reachability.channels.indexOf(channel);
    if (index < 0) throw new BadOptionError('channel', channel, 'a channel of this network');
    return index;
  }

  private channelsOf(channel: string | undefined): readonly ChannelIndex[] | undefined {
    return channel === undefined ? undefined : [this.channelOf(channel)];
  }
}
