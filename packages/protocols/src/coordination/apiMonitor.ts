import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import { type ConsulEntry, delayKey } from './apis/consul.ts';
import { COORDINATION_PROMISES, CoordinationMonitor } from './monitor.ts';
import {
  type CoordinationCommand,
  type CoordinationResult,
  type CoordinationState,
  machineOf,
} from './state.ts';

const ONCE = 'sequential names are given once';
const TOKEN = 'one session a lock index';
const REST = 'locks rest for their delay';

/** What is watched of the services' own primitives, beside what is watched of the service underneath. */
export const COORDINATION_API_PROMISES: readonly string[] = [...COORDINATION_PROMISES, ONCE, TOKEN, REST];

/**
 * Watches a service that is asked in the words of ZooKeeper, etcd and Consul: a sequential znode's name is given to one request for all time, a lock's index to
 * one session, and no lock is held while it rests.
 */
export class CoordinationApiMonitor
  implements LabMonitor<CoordinationState, CoordinationCommand, CoordinationResult>
{
  private readonly inner = new CoordinationMonitor();
  private readonly log = new Breaches();
  /** Who was given a name or an index first. */
  private readonly given = new Map<string, string>();
  private readonly revisions = new Map<NodeId, number>();

  get breaches(): readonly Breach[] {
    const { list } = this.log;
    return list.length === 0 ? this.inner.breaches : [...this.inner.breaches, ...list];
  }

  examined(promise: string): number {
    return this.inner.examined(promise) + this.log.examined(promise);
  }

  started(node: NodeId): void {
    this.revisions.delete(node);
    this.inner.started(node);
  }

  requested(node: NodeId, command: CoordinationCommand): void {
    this.inner.requested(node, command);
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    this.inner.noted(node, kind, data);
  }

  answered(node: NodeId, command: CoordinationCommand, result: CoordinationResult): void {
    this.inner.answered(node, command, result);
    if (command.kind !== 'do' || command.operation.f !== 'api' || !result.ok || !('value' in result)) return;
    const { operation } = command;
    const { path, lockIndex } = result.value as { readonly path?: string; readonly lockIndex?: number };
    const { request } = operation;
    if (request.op === 'create' && request.mode.endsWith('sequential') && path !== undefined) {
      this.once(ONCE, node, `znode ${path}`, `request ${command.client}/${command.sequence}`);
    }
    if (request.op === 'kv-put' && request.acquire !== undefined && lockIndex !== undefined) {
      this.once(TOKEN, node, `index ${lockIndex} of ${request.key}`, `session ${request.acquire}`);
    }
  }

  observe(node: NodeId, state: CoordinationState): void {
    this.inner.observe(node, state);
    const { revision, keys } = machineOf(state);
    if (this.revisions.get(node) === revision) return;
    this.revisions.set(node, revision);
    for (const [key, { value }] of Object.entries(keys)) {
      const { holder } = (value ?? {}) as Partial<ConsulEntry>;
      if (holder === undefined) continue;
      this.log.count(REST);
      if (holder === 0 || keys[delayKey(key)] === undefined) continue;
      const words = `node ${node} has '${key}' held by session ${holder} at revision ${revision}, while it should rest`;
      this.log.add(REST, node, words);
    }
  }

  private once(promise: string, node: NodeId, what: string, who: string): void {
    this.log.count(promise);
    const first = this.given.get(what) ?? who;
    this.given.set(what, first);
    if (first !== who)
      this.log.add(promise, node, `${what} was given to ${first} and, by node ${node}, to ${who}`);
  }
}
