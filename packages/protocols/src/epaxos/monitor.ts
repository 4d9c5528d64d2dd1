import { encodePlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import type { ClientCommand } from '../kv/clientTable.ts';
import { Breaches } from '../lab/breaches.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import { type CommandId, conflict, type Payload } from './commandId.ts';
import type { EPaxosResult, EPaxosState } from './state.ts';

/** What the monitor watches. */
export const EPAXOS_PROMISES: readonly string[] = ['agreement', 'validity', 'visibility', 'execution order'];

interface Committed {
  readonly payload: Payload;
  readonly dependencies: readonly CommandId[];
  readonly text: string;
  readonly node: NodeId;
}

/**
 * Watches all replicas of one group from outside: a command is committed with one payload and one set of dependencies (agreement), asked for
 * by a client or nothing (validity); of two conflicting ones one depends on the other (visibility); and all replicas carry the
 * changes of a key out in the same order (execution order).
 */
export class EPaxosMonitor implements LabMonitor<EPaxosState, ClientCommand, EPaxosResult> {
  private readonly seen = new Breaches();
  private readonly asks = new Set<string>(['null']);
  private readonly committed = new Map<CommandId, Committed>();
  /** The order of each key as the replica that is furthest has it. */
  private readonly orders = new Map<string, CommandId[]>();
  /** How many commands of each key a replica has carried out since it started. */
  private readonly progress = new Map<NodeId, Map<string, number>>();

  get breaches(): readonly Breach[] {
    return this.seen.list;
  }

  examined(promise: string): number {
    return this.seen.examined(promise);
  }

  requested(_node: NodeId, { client, sequence, operation }: ClientCommand): void {
    this.asks.add(encodePlain({ client, sequence, operation }));
  }

  started(node: NodeId): void {
    this.progress.delete(node);
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    if (kind === 'commit') {
      const { id, payload, dependencies } = data as Committed & { readonly id: CommandId };
      this.commits(node, id, payload, dependencies);
    } else if (kind === 'execute') {
      const { id, payload } = data as { readonly id: CommandId; readonly payload: Payload };
      if (payload !== null && isWrite(payload)) this.executes(node, id, keyOf(payload));
    }
  }

  private commits(node: NodeId, id: CommandId, payload: Payload, dependencies: readonly CommandId[]): void {
    const text = encodePlain({ payload, dependencies });
    const before = this.committed.get(id);
    this.seen.count('agreement');
    if (before !== undefined) {
      if (before.text === text) return;
      const words = `${id} was committed as ${before.text} for node ${before.node} and as ${text} for node ${node}`;
      this.seen.add('agreement', node, words);
      return;
    }
    this.seen.count('validity');
    if (!this.asks.has(encodePlain(payload))) {
      this.seen.add('validity', node, `node ${node} committed ${text} as ${id}, and nobody asked for it`);
    }
    this.committed.set(id, { payload, dependencies, text, node });
    if (payload !== null) this.sees(node, id, payload, dependencies);
  }

  private sees(
    node: NodeId,
    id: CommandId,
    payload: ClientCommand,
    dependencies: readonly CommandId[],
  ): void {
    for (const [other, known] of this.committed) {
      if (other === id || known.payload === null || !conflict(payload, known.payload)) continue;
      this.seen.count('visibility');
      if (dependencies.includes(other) || known.dependencies.includes(id)) continue;
      const words = `node ${node} committed ${id}, which conflicts with ${other}, and neither depends on the other`;
      this.seen.add('visibility', node, words);
    }
  }

  private executes(node: NodeId, id: CommandId, key: string): void {
    let progress = this.progress.get(node);
    if (progress === undefined) this.progress.set(node, (progress = new Map<string, number>()));
    let order = this.orders.get(key);
    if (order === undefined) this.orders.set(key, (order = []));
    const at = progress.get(key) ?? 0;
    progress.set(key, at + 1);
    this.seen.count('execution order');
    const first = (order[at] ??= id);
    if (first === id) return;
    const words = `command ${at + 1} of ${key} is ${first} on another node and ${id} on node ${node}`;
    this.seen.add('execution order', node, words);
  }
}

// Reads of a key need no order among themselves.
function isWrite({ operation }: ClientCommand): boolean {
  return (operation as { readonly f?: unknown }).f !== 'get';
}

function keyOf({ operation }: ClientCommand): string {
  return String((operation as { readonly key?: unknown }).key);
}
