import type { Choices } from '../choices/choices.ts';
import type { Stream } from '../choices/stream.ts';
import {
  decideByLuck,
  decideLink,
  type LinkDecision,
  type LinkPolicy,
  type LinkState,
  newLinkDecision,
  newLinkState,
} from './link.ts';
import { type PlainLink, plainLink } from './plainLink.ts';
import { PartialSynchrony, type PartialSynchronyOptions } from './partialSynchrony.ts';
import { Reachability } from './reachability.ts';

/** One direction between two hosts: its state, its own choices, and the policy in force. */
interface Link {
  readonly state: LinkState;
  readonly stream: Stream;
  policy: LinkPolicy;
  /** The numbers of `policy` when it is plain. */
  plain: PlainLink | undefined;
  /** The network's version when `policy` was worked out. */
  version: number;
}

/** What `Network.arrivalUs` says when the answer is in `Network.decision`. */
export const DECIDED: number = -1;

/** Changes a policy while a fault lasts; several may be in force at once, applied in order. */
export interface PolicyChange {
  /** Whether the change touches this direction. */
  readonly covers: (from: number, to: number) => boolean;
  readonly change: (policy: LinkPolicy) => LinkPolicy;
}

/** What becomes of a packet; `reason` says why it goes nowhere: `cut off` by a partition, or what its link did. */
export type Fate = LinkDecision & { reason: string };

/** What a network is made of. */
export interface NetworkOptions {
  readonly hosts: readonly string[];
  /** Kinds of traffic that can be cut apart. */
  readonly channels: readonly string[];
  /** How every link behaves unless a fault says otherwise. */
  readonly link: LinkPolicy;
  /** In its place: links that keep a bound only from an unknown time on. Faults that change policies do not apply to it. */
  readonly partialSynchrony?: PartialSynchronyOptions | undefined;
  /** Size of a message in bytes. Default: 256. */
  readonly sizeOf?: ((payload: unknown) => number) | undefined;
}

const ANY_SIZE = (): number => 256;

/**
 * Everything between the hosts: who can reach whom, and what each link does to packets. Each direction of each link has its
 * own stream of choices, so that traffic on one never shifts another's luck.
 */
export class Network {
  readonly reachability: Reachability;
  /** Present when the network is partially synchronous; its stabilisation time is for monitors only. */
  readonly partialSynchrony: PartialSynchrony | undefined;
  private readonly names: readonly string[];
  /** By `from * hosts + to`. */
  private readonly links: (Link | undefined)[];
  private readonly hosts: number;
  private readonly changes: PolicyChange[] = [];
  private version = 0;
  private readonly base: LinkPolicy;
  private readonly choices: Choices;
  private readonly sizeOf: (payload: unknown) => number;
  /** What became of the last packet that was not simply delivered once; reused. */
  readonly decision: Fate = { ...newLinkDecision(), reason: '' };

  constructor(choices: Choices, options: NetworkOptions) {
    this.choices = choices;
    this.base = options.link;
    this.sizeOf = options.sizeOf ?? ANY_SIZE;
    this.names = options.hosts;
    this.hosts = options.hosts.length;
    this.links = new Array<Link | undefined>(this.hosts * this.hosts).fill(undefined);
    this.reachability = new Reachability({ hosts: options.hosts, channels: options.channels });
    this.partialSynchrony =
      options.partialSynchrony === undefined
        ? undefined
        : new PartialSynchrony(options.partialSynchrony, choices.stream('network'));
  }

  /** Puts a change in force; the returned function takes it out again. */
  impose(change: PolicyChange): () => void {
    this.changes.push(change);
    this.version++;
    return () => {
      const at = this.changes.indexOf(change);
      if (at < 0) return;
      this.changes.splice(at, 1);
      this.version++;
    };
  }

  /**
   * When a packet sent now arrives, once and unaltered; `DECIDED` when something else becomes of it, which `decision` then says.
   */
  arrivalUs(from: number, to: number, channel: number, payload: unknown, nowUs: number): number {
    const link = this.links[from * this.hosts + to];
    const plain = link?.plain;
    if (link === undefined || plain === undefined || !this.isPlain(link, from, to, channel))
      return this.decide(from, to, channel, payload, nowUs);
    const { stream } = link;
    if (plain.asks) {
      const luck = stream.word();
      if (luck >= plain.once) {
        decideByLuck(link.policy, luck, nowUs, stream, this.decision);
        this.decision.reason = this.decision.dropped;
        return DECIDED;
      }
    }
    const { minUs, spanUs } = plain;
    return nowUs + (spanUs === 1 ? minUs : minUs + stream.part(spanUs));
  }

  /** Whether the plain numbers of a link decide a packet of this channel. */
  private isPlain(link: Link, from: number, to: number, channel: number): boolean {
    const { reachability } = this;
    if (link.version !== this.version || !link.stream.seedOnly) return false;
    return !reachability.anyCut || reachability.canReach(from, to, channel);
  }

  /** The long way: every policy, and what it knows of the sender's and the network's state. */
  private decide(from: number, to: number, channel: number, payload: unknown, nowUs: number): number {
    const out = this.decision;
    if (!this.reachability.canReach(from, to, channel)) {
      out.count = 0;
      out.corrupt = false;
      out.dropped = '';
      out.reason = 'cut off';
      return DECIDED;
    }
    const link = this.link(from, to);
    const sizeBytes = this.sizeOf(payload);
    if (this.partialSynchrony === undefined) {
      decideLink(link.policy, link.state, sizeBytes, nowUs, link.stream, out);
    } else this.partialSynchrony.decide(link.state, sizeBytes, nowUs, link.stream, out);
    out.reason = out.dropped;
    return out.count === 1 && !out.corrupt ? (out.atUs[0] as number) : DECIDED;
  }

  private link(from: number, to: number): Link {
    const at = from * this.hosts + to;
    let link = this.links[at];
    if (link === undefined) {
      const stream = this.choices.stream(`link/${this.names[from]}-${this.names[to]}`);
      link = { state: newLinkState(), stream, policy: this.base, plain: undefined, version: -1 };
      this.links[at] = link;
    }
    if (link.version !== this.version) {
      let policy = this.base;
      for (const { covers, change } of this.changes) if (covers(from, to)) policy = change(policy);
      link.policy = policy;
      link.plain = this.partialSynchrony === undefined ? plainLink(policy) : undefined;
      link.version = this.version;
    }
    return link;
  }
}
