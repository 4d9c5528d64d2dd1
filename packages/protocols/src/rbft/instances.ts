import { type ByzantineResult, commandKey } from '../byzantine/command.ts';
import type { CoreEvent, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { SignedCommand } from '../byzantine/command.ts';
import type { PbftMessage } from '../pbft/messages.ts';
import type { PbftState } from '../pbft/state.ts';
import { callForView } from '../pbft/viewChange.ts';
import { nothing } from './nothing.ts';
import { MASTER } from './config.ts';
import { orderedBy } from './latency.ts';
import type { RbftNode } from './state.ts';

type Event = CoreEvent<PbftMessage, SignedCommand>;

/** Hands an event to one instance. */
export function stepInstance(node: RbftNode, instance: number, event: Event): void {
  const { cores, state } = node;
  const own = state.instances[instance] as PbftState;
  cores[instance]?.step(own, event, new InstanceOutbox(node, instance));
}

/** Has all instances give up the views before `view`, at once: no node is primary of two. */
export function changeInstances(node: RbftNode, view: number): void {
  const { config, state } = node;
  for (const [instance, own] of state.instances.entries()) {
    if (own.view >= view) continue;
    const out = new InstanceOutbox(node, instance);
    const pbft = config.instances[instance] as (typeof config.instances)[number];
    callForView({ config: pbft, machine: nothing, state: own, out }, view);
  }
}

/**
 * Where an instance puts its effects: under its number. It never times its primary out by itself, asks no primary for what everybody was told, and
 * only the master answers and is heard by observers under its own words.
 */
export class InstanceOutbox implements Outbox<PbftMessage, ByzantineResult> {
  private readonly node: RbftNode;
  private readonly instance: number;

  constructor(node: RbftNode, instance: number) {
    this.node = node;
    this.instance = instance;
  }

  send(to: number, message: PbftMessage, after?: StoreToken): void {
    // Requests travel as propagations.
    if (message.type === 'request') return;
    this.node.out.send(to, { type: 'instance', instance: this.instance, message }, after);
  }

  store(writes: Parameters<Outbox<PbftMessage, ByzantineResult>['store']>[0]): StoreToken {
    const named = writes.map(({ key, value }) => ({ key: `${this.instance}/${key}`, value }));
    return this.node.out.store(named);
  }

  setTimer(timer: string, minMs: number, maxMs?: number): void {
    // How long a request takes is for the monitoring to judge, and for all instances together.
    if (timer !== 'request') this.node.out.setTimer(`${this.instance}/${timer}`, minMs, maxMs);
  }

  cancelTimer(timer: string): void {
    if (timer !== 'request') this.node.out.cancelTimer(`${this.instance}/${timer}`);
  }

  reply(id: RequestId, result: ByzantineResult, after?: StoreToken): void {
    if (this.instance === MASTER) this.node.out.reply(id, result, after);
  }

  choose(label: string, among: number): number {
    return this.node.out.choose(label, among);
  }

  note(kind: string, data: unknown): void {
    const { node, instance } = this;
    if (kind === 'executed') orderedBy(node, instance, commandKey(data as never));
    node.out.note(instance === MASTER ? kind : `backup/${kind}`, data);
  }
}
