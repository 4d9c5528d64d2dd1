import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import { type LeaseAnswer, leaseAnswers, type LeaseFacts } from './checklist.ts';
import type { FencedLeaseConfig } from './config.ts';
import type { LeaseCommand, LeaseResult, LeaseState } from './state.ts';

/** What the monitor watches. That reads are not stale is judged from the history. */
export const LEASE_PROMISES: readonly string[] = ['one holder a token', 'tokens only rise at the resource'];

/** What happened at a node, as its notes have it. */
interface Noted {
  readonly token: number;
  readonly from?: NodeId;
}

/**
 * Watches a lease service and its users from outside: a token is never had by two, and the resource carries out calls in the order of
 * their tokens. It also counts what nobody promises: tenures that overlap, and what a holder does after another has taken over.
 */
export class LeaseMonitor implements LabMonitor<LeaseState, LeaseCommand, LeaseResult> {
  private readonly log = new Breaches();
  private readonly config: FencedLeaseConfig;
  private readonly owners = new Map<number, NodeId>();
  /** The token of every node that believes to have the lease. */
  private readonly tenures = new Map<NodeId, number>();
  private highest = 0;
  private accepted = { token: 0, from: 0 };
  private readonly counted = {
    tenures: 0,
    overlaps: 0,
    readsAfterSuccessor: 0,
    writesAfterSuccessor: 0,
    fencedCalls: 0,
    copies: 0,
    copiesThatExtend: 0,
    refusedWithoutLease: 0,
  };

  constructor(config: FencedLeaseConfig) {
    this.config = config;
  }

  get breaches(): readonly Breach[] {
    return this.log.list;
  }

  examined(promise: string): number {
    return this.log.examined(promise);
  }

  started(node: NodeId): void {
    this.tenures.delete(node);
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    const noted = data as Noted;
    if (kind === 'acquired') this.acquired(node, noted.token);
    else if (kind === 'ended') this.tenures.delete(node);
    else if (kind === 'read' && noted.token < this.highest) this.counted.readsAfterSuccessor++;
    else if (kind === 'fenced') this.counted.fencedCalls++;
    else if (kind === 'renewal') this.renewed(data as { readonly copy: boolean; readonly extends: boolean });
    else if (kind === 'accepted') this.called(node, noted);
  }

  answered(_node: NodeId, _command: LeaseCommand, result: LeaseResult): void {
    if (!result.ok && result.error === 'not-holder') this.counted.refusedWithoutLease++;
  }

  /** The six questions about a lease, answered from what was seen so far and what is known of the setting. */
  answers(setting: Pick<LeaseFacts, 'clock' | 'worst'> = {}): readonly LeaseAnswer[] {
    const { counted, config } = this;
    return leaseAnswers({
      ...setting,
      assumed: {
        maxDriftPpm: config.maxDriftPpm,
        leaseMs: config.leaseMs,
        grantMs: config.grantMs,
      },
      fencing: { refused: counted.fencedCalls, lowerAccepted: this.breachesOf(LEASE_PROMISES[1]) },
      stale: { reads: counted.readsAfterSuccessor, writes: counted.writesAfterSuccessor },
      tenures: counted.tenures,
      renewals: { copies: counted.copies, extended: counted.copiesThatExtend },
      withoutLease: { refused: counted.refusedWithoutLease },
    });
  }

  /** Times a node took over while another still believed to have the lease. */
  get overlaps(): number {
    return this.counted.overlaps;
  }

  private acquired(node: NodeId, token: number): void {
    this.log.count('one holder a token');
    const owner = this.owners.get(token);
    if (owner !== undefined) {
      const words = `token ${token} was given to node ${owner} and to node ${node}`;
      this.log.add('one holder a token', node, owner === node ? `${words} again` : words);
    }
    this.owners.set(token, node);
    this.counted.tenures++;
    if (this.tenures.size > 0) this.counted.overlaps++;
    this.tenures.set(node, token);
    this.highest = Math.max(this.highest, token);
  }

  private called(node: NodeId, { token, from = 0 }: Noted): void {
    const promise = 'tokens only rise at the resource';
    this.log.count(promise);
    if (token < this.highest) this.counted.writesAfterSuccessor++;
    if (token < this.accepted.token) {
      const words = `node ${node} carried out a call of node ${from} with token ${token} after one with token ${this.accepted.token} of node ${this.accepted.from}`;
      this.log.add(promise, node, words);
    } else this.accepted = { token, from };
  }

  private renewed(renewal: { readonly copy: boolean; readonly extends: boolean }): void {
    if (!renewal.copy) return;
    this.counted.copies++;
    if (renewal.extends) this.counted.copiesThatExtend++;
  }

  private breachesOf(promise: string | undefined): number {
    return this.breaches.filter((breach) => breach.promise === promise).length;
  }
}
