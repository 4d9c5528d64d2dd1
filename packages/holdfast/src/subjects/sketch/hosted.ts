import { clonePlain } from '@holdfast/plain';
import type { Core, CoreEvent, NodeId, Outbox, RecordWrite } from '@holdfast/protocols';
import type { HeardMessage, SketchNode } from './options.ts';

const PREFIX = 'core/';

/**
 * A protocol core as a part of a sketched node: node n of the core lives on the server at place n - 1. What it stores is durable at once,
 * as everything a sketch keeps, so nothing waits for a disk. Its messages are those with a `core` field.
 */
export class HostedCore<S, M, C, R> {
  readonly state: S;
  private readonly node: SketchNode;
  private readonly core: Core<S, M, C, R>;
  private readonly records: Record<string, unknown>;
  private readonly waiting = new Map<number, (result: R) => void>();
  private readonly out: Outbox<M, R>;
  private readonly pending: CoreEvent<M, C>[] = [];
  private requests = 0;
  private stores = 0;
  private isStepping = false;

  constructor(node: SketchNode, core: Core<S, M, C, R>) {
    this.node = node;
    this.core = core;
    this.records = (node.kept['records'] ??= {}) as Record<string, unknown>;
    this.out = this.outbox();
    this.isStepping = true;
    this.state = core.boot({ self: node.index + 1, records: structureOf(this.records) }, this.out);
    this.isStepping = false;
    this.drain();
  }

  /** Hands the core a command; answers when it does. */
  request(command: C, answer: (result: R) => void): void {
    const id = ++this.requests;
    this.waiting.set(id, answer);
    this.step({ kind: 'request', id, command });
  }

  /** Whether a message was the core's. */
  heard(from: number, message: HeardMessage): boolean {
    if (message['core'] === undefined) return false;
    this.step({ kind: 'message', from: from + 1, message: message['core'] as M });
    return true;
  }

  /** Whether a timer was the core's. */
  timer(name: string): boolean {
    if (!name.startsWith(PREFIX)) return false;
    this.step({ kind: 'timer', timer: name.slice(PREFIX.length) });
    return true;
  }

  private step(event: CoreEvent<M, C>): void {
    this.pending.push(event);
    this.drain();
  }

  /** What an event leads to at once comes after it, never within. */
  private drain(): void {
    if (this.isStepping) return;
    this.isStepping = true;
    for (let next = this.pending.shift(); next !== undefined; next = this.pending.shift()) {
      this.core.step(this.state, next, this.out);
    }
    this.isStepping = false;
  }

  private outbox(): Outbox<M, R> {
    const { node, core } = this;
    return {
      send: (to: NodeId, message: M) =>
        node.send(to - 1, { type: core.messageType(message), core: clonePlain(message) as never }),
      store: (writes: readonly RecordWrite[]) => {
        for (const { key, value } of writes) {
          if (value === null) delete this.records[key];
          else this.records[key] = clonePlain(value);
        }
        const token = ++this.stores;
        this.pending.push({ kind: 'stored', token });
        return token;
      },
      setTimer: (timer, minMs, maxMs = minMs) => {
        const more = maxMs > minMs ? node.draw(Math.floor(maxMs - minMs) + 1, timer) : 0;
        node.timer(PREFIX + timer, minMs + more);
      },
      cancelTimer: (timer) => node.stop(PREFIX + timer),
      reply: (id, result) => {
        const answer = this.waiting.get(id);
        this.waiting.delete(id);
        answer?.(result);
      },
      choose: (label, among) => node.draw(among, label),
      note: () => undefined,
    };
  }
}

/** A copy: what a core changes in its state must not change its disk. */
function structureOf(records: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return clonePlain(records);
}
