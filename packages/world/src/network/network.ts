import type { Choices } from '../choices/choices.ts';
import type { Stream } from '../choices/stream.ts';
import {
  decideLink,
  type LinkDecision,
  type LinkPolicy,
  type LinkState,
  newLinkDecision,
  newLinkState,
} from './link.ts';
import { PartialSynchrony, type PartialSynchronyOptions } from './partialSynchrony.ts';
import { Reachability } from './reachability.ts';

/** One direction between two hosts: its state, its own choices, and the policy in force. */
interface Link {
  readonly state: LinkState;
  readonly stream: Stream;
  policy: LinkPolicy;
  /** The network's version when `policy` was worked out. */
  version: number;
}

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
}

/**
 * Everything between the hosts: who can reach whom, and what each link does to packets. Each direction of each link has its
 * own stream of choices, so that traffic on one never shifts another's luck.
 */
export class Network {
  readonly reachability: Reachability;
  /** Present when the network is partially synchronous; its stabilisation time is for monitors only. */
  readonly partialSynchrony: PartialSynchrony | undefined;
  private readonly names: readonly string[];
  private readonly links: (Link | undefined)[][];
  private readonly changes: PolicyChange[] = [];
  private version = 0;
  private readonly base: LinkPolicy;
  private readonly choices: Choices;
  private readonly decision: Fate = { ...newLinkDecision(), reason: '' };

  constructor(choices: Choices, options: NetworkOptions) {
    this.choices = choices;
    this.base = options.link;
    this.names = options.hosts;
    this.links = options.hosts.map(() => []);
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

  /** Decides what becomes of a packet sent now. The result is reused by the next call. */
  fate(from: number, to: number, channel: number, sizeBytes: number, nowUs: number): Fate {
    const out = this.decision;
    if (!this.reachability.canReach(from, to, channel)) {
      out.count = 0;
      out.corrupt = false;
      out.reason = 'cut off';
      return out;
    }
    const link = this.link(from, to);
    if (this.partialSynchrony === undefined) {
      decideLink(link.policy, link.state, sizeBytes, nowUs, link.stream, out);
    } else this.partialSynchrony.decide(link.state, sizeBytes, nowUs, link.stream, out);
    out.reason = out.dropped;
    return out;
  }

  private link(from: number, to: number): Link {
    const row = this.links[from] as (Link | undefined)[];
    let link = row[to];
    if (link === undefined) {
      const stream = this.choices.stream(`link/${this.names[from]}-${this.names[to]}`);
      link = { state: newLinkState(), stream, policy: this.base, version: -1 };
      row[to] = link;
    }
    if (link.version !== this.version) {
      let policy = this.base;
      for (const { covers, change } of this.changes) if (covers(from, to)) policy = change(policy);
      link.policy = policy;
      link.version = this.version;
    }
    return link;
  }
}
