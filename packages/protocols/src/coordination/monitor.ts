import { encodePlain, type Plain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import type { CoordinationEvent, CoordinationMachineState } from './store.ts';
import {
  type CoordinationCommand,
  type CoordinationResult,
  type CoordinationState,
  machineOf,
} from './state.ts';

/** What the monitor watches. */
export const COORDINATION_PROMISES: readonly string[] = [
  'one event a revision',
  'revisions only rise',
  'reads see what was acknowledged before',
  'watches see every event once, in order',
  'ephemeral keys go with their session',
  'a renewal keeps its session',
];

/** What a node had when it was last looked at. */
interface Seen {
  readonly revision: number;
  readonly applied: number;
}

/** An answer, until the node that gave it has been looked at. */
interface Answer {
  readonly command: CoordinationCommand;
  readonly result: CoordinationResult;
  /** The highest revision anybody had been told of when the node was asked. */
  readonly floor: number;
}

interface Expiry {
  readonly node: NodeId;
  readonly session: number;
  readonly renewals: number;
}

/**
 * Watches all nodes of one service from outside. Revisions order everything: a read must be from a revision no lower than any that was
 * told to anybody before it was asked, and say what its key held at that revision; a watch must tell all events between its two revisions.
 */
export class CoordinationMonitor
  implements LabMonitor<CoordinationState, CoordinationCommand, CoordinationResult>
{
  private readonly log = new Breaches();
  /** By revision, the event as the first node had it. */
  private readonly events = new Map<number, CoordinationEvent>();
  private readonly seen = new Map<NodeId, Seen>();
  private highest: Seen = { revision: 0, applied: 0 };
  private acknowledged = 0;
  private readonly floors = new Map<string, number>();
  private readonly answers = new Map<NodeId, Answer[]>();
  private readonly expiries: Expiry[] = [];
  /** Per node, how often each of its sessions had been renewed when it was last looked at. */
  private readonly renewals = new Map<NodeId, Readonly<Record<number, number>>>();

  get breaches(): readonly Breach[] {
    return this.log.list;
  }

  examined(promise: string): number {
    return this.log.examined(promise);
  }

  started(node: NodeId): void {
    this.seen.delete(node);
    this.answers.delete(node);
  }

  requested(node: NodeId, command: CoordinationCommand): void {
    const name = nameOf(node, command);
    if (!this.floors.has(name)) this.floors.set(name, this.acknowledged);
  }

  answered(node: NodeId, command: CoordinationCommand, result: CoordinationResult): void {
    const list = this.answers.get(node) ?? [];
    this.answers.set(node, list);
    list.push({ command, result, floor: this.floors.get(nameOf(node, command)) ?? 0 });
    if (result.ok) this.acknowledged = Math.max(this.acknowledged, result.revision);
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    if (kind !== 'apply') return;
    const { operation } = data as { readonly operation: { readonly f?: string } | null };
    const { f } = operation ?? {};
    if (f !== 'expire' && f !== 'close-session') return;
    const { session, renewals = Infinity } = operation as {
      readonly session: number;
      readonly renewals?: number;
    };
    this.expiries.push({ node, session, renewals });
  }

  observe(node: NodeId, state: CoordinationState): void {
    const machine = machineOf(state);
    const applied = state.raft.log.applied;
    this.learn(node, machine);
    this.rises(node, machine, applied);
    this.sweeps(node, machine);
    this.expired(node, machine);
    this.told(node);
  }

  private learn(node: NodeId, machine: CoordinationMachineState): void {
    const before = this.seen.get(node)?.revision ?? 0;
    if (machine.revision === before) return;
    for (let i = machine.events.length - 1; i >= 0; i--) {
      const event = machine.events[i] as CoordinationEvent;
      if (event.revision <= before) break;
      this.log.count('one event a revision');
      const known = this.events.get(event.revision);
      if (known === undefined) this.events.set(event.revision, event);
      else if (encodePlain(known) !== encodePlain(event)) {
        const words = `revision ${event.revision} is ${encodePlain(known)} and, for node ${node}, ${encodePlain(event)}`;
        this.log.add('one event a revision', node, words);
      }
    }
  }

  /** A revision belongs to a place in the log: who has applied as much has no lower one. */
  private rises(node: NodeId, { revision }: CoordinationMachineState, applied: number): void {
    const before = this.seen.get(node);
    if (before?.revision === revision && before.applied === applied) return;
    this.seen.set(node, { revision, applied });
    this.log.count('revisions only rise');
    if (applied >= this.highest.applied) {
      if (revision < this.highest.revision) {
        const words = `node ${node} is at revision ${revision} with ${applied} entries applied, and revision ${this.highest.revision} was reached with ${this.highest.applied}`;
        this.log.add('revisions only rise', node, words);
      }
      this.highest = { revision: Math.max(revision, this.highest.revision), applied };
    }
  }

  private sweeps(node: NodeId, { keys, sessions }: CoordinationMachineState): void {
    for (const [key, { session }] of Object.entries(keys)) {
      if (session === 0) continue;
      this.log.count('ephemeral keys go with their session');
      if (sessions[session] !== undefined) continue;
      const words = `node ${node} still has key '${key}' of session ${session}, which has ended`;
      this.log.add('ephemeral keys go with their session', node, words);
    }
  }

  private expired(node: NodeId, { sessions }: CoordinationMachineState): void {
    const before = this.renewals.get(node) ?? {};
    // Of several ends in one step the one that knew most counts.
    const ends = new Map<number, number>();
    for (const { session, renewals } of this.expiries) {
      ends.set(session, Math.max(renewals, ends.get(session) ?? 0));
    }
    for (const [session, renewals] of ends) {
      this.log.count('a renewal keeps its session');
      const known = before[session];
      if (known === undefined || known <= renewals || sessions[session] !== undefined) continue;
      const words = `node ${node} ended session ${session}, renewed ${known} times, by a timer that was set after ${renewals}`;
      this.log.add('a renewal keeps its session', node, words);
    }
    this.expiries.length = 0;
    this.renewals.set(
      node,
      Object.fromEntries(Object.entries(sessions).map(([session, { renewals }]) => [session, renewals])),
    );
  }

  private told(node: NodeId): void {
    const list = this.answers.get(node);
    if (list === undefined) return;
    this.answers.delete(node);
    for (const { command, result, floor } of list) {
      if (!result.ok) continue;
      if (command.kind === 'watch') {
        if ('events' in result) this.watched(node, command.prefix, command.from, result);
      } else if (command.operation.f === 'get' && 'value' in result) {
        this.read(node, command.operation.key, floor, result);
      }
    }
  }

  private watched(
    node: NodeId,
    prefix: string,
    from: number,
    { events, revision: to }: { readonly events: readonly CoordinationEvent[]; readonly revision: number },
  ): void {
    const promise = 'watches see every event once, in order';
    this.log.count(promise);
    const expected: CoordinationEvent[] = [];
    for (let revision = from; revision <= to; revision++) {
      const event = this.events.get(revision);
      if (event?.key.startsWith(prefix) === true) expected.push(event);
    }
    if (encodePlain(expected) === encodePlain(events)) return;
    const listed = (all: readonly CoordinationEvent[]): string => all.map((e) => e.revision).join(', ');
    const words = `node ${node} told a watch of '${prefix}' from revision ${from} to ${to} of [${listed(events)}], and there was [${listed(expected)}]`;
    this.log.add(promise, node, words);
  }

  private read(
    node: NodeId,
    key: string,
    floor: number,
    { value: answer, revision }: { readonly value: Plain; readonly revision: number },
  ): void {
    const promise = 'reads see what was acknowledged before';
    this.log.count(promise);
    const { value = null } = answer as { readonly value?: Plain };
    if (revision < floor) {
      const words = `node ${node} read '${key}' at revision ${revision} after revision ${floor} had been told`;
      this.log.add(promise, node, words);
    }
    let held: Plain = null;
    for (let at = revision; at > 0; at--) {
      const event = this.events.get(at);
      if (event?.key !== key) continue;
      held = event.value;
      break;
    }
    if (encodePlain(held) === encodePlain(value)) return;
    const words = `node ${node} read ${encodePlain(value)} from '${key}' at revision ${revision}, which held ${encodePlain(held)}`;
    this.log.add(promise, node, words);
  }
}

function nameOf(node: NodeId, command: CoordinationCommand): string {
  return command.kind === 'do' ? `${node}/${command.client}/${command.sequence}` : `${node}/watch`;
}
