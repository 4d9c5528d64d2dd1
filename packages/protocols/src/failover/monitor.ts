import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import type { FailoverConfig } from './config.ts';
import type { FailoverCommand, FailoverResult, FailoverState } from './state.ts';
import { AUTHORITY_SYSTEMS } from './systems.ts';

/** What the monitor watches. */
export const FAILOVER_PROMISES: readonly string[] = ['one authority at a time', 'nothing is done twice'];

interface Effect {
  readonly epoch: number;
  readonly item: number;
  readonly by: NodeId;
}

/**
 * Watches who acts with authority, from outside: an act that takes effect under an epoch before one that has acted already, or of two nodes in
 * one epoch, is an overlap of authority; a number used by two is the harm it does, named as the system has it.
 */
export class AuthorityMonitor implements LabMonitor<FailoverState, FailoverCommand, FailoverResult> {
  /** Acts that took effect. */
  effects = 0;
  /** Times a node took authority while another believed to have it: what nobody promises where acts are checked. */
  beliefs = 0;
  /** Acts that the shared part refused for their epoch. */
  refused = 0;
  private readonly log = new Breaches();
  private readonly config: FailoverConfig;
  private readonly believes = new Set<NodeId>();
  private latest: Effect = { epoch: 0, item: 0, by: 0 };
  private readonly doers = new Map<number, NodeId>();

  constructor(config: FailoverConfig) {
    this.config = config;
  }

  get breaches(): readonly Breach[] {
    return this.log.list;
  }

  examined(promise: string): number {
    return this.log.examined(promise);
  }

  started(node: NodeId): void {
    this.believes.delete(node);
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    if (kind === 'acquired') {
      if (this.believes.size > 0 && !this.believes.has(node)) this.beliefs++;
      this.believes.add(node);
    } else if (kind === 'ended') this.believes.delete(node);
    else if (kind === 'fenced') this.refused++;
    else if (kind === 'effect') this.acted(data as Effect);
  }

  private acted(effect: Effect): void {
    const { symptom, consequence, item: kindOfItem } = AUTHORITY_SYSTEMS[this.config.system];
    const { epoch, item, by } = effect;
    const { latest } = this;
    this.effects++;
    for (const promise of FAILOVER_PROMISES) this.log.count(promise);
    if (epoch < latest.epoch || (epoch === latest.epoch && by !== latest.by)) {
      const words = `node ${by} acted in epoch ${epoch} after node ${latest.by} had in epoch ${latest.epoch}: ${symptom}`;
      this.log.add('one authority at a time', by, words);
    } else this.latest = effect;
    const before = this.doers.get(item);
    if (before !== undefined && before !== by) {
      const words = `${kindOfItem} ${item} is of node ${before} and of node ${by}: ${consequence}`;
      this.log.add('nothing is done twice', by, words);
    }
    this.doers.set(item, by);
  }
}
