import type { LabMonitor } from 'holdfast';
import type { Command, Machine, Result } from './model.ts';

/** What the case promises. */
export const PROMISES = [
  'one history',
  'only writes after the snapshot are lost',
  'clients ahead of what was restored are found',
] as const;
type Promise = (typeof PROMISES)[number];

interface Answer {
  readonly sequence: number;
  readonly cluster: string;
  /** The entry that holds it. */
  readonly index: number;
  readonly node: number;
}

/** Watches all machines from outside. */
export function watchMachines(): LabMonitor<Machine, Command, Result> {
  return new Watch();
}

class Watch implements LabMonitor<Machine, Command, Result> {
  readonly breaches: { promise: Promise; node: number; reason: string }[] = [];
  private readonly counts = new Map<Promise, number>();
  /** What was committed at an index of a cluster, and by whom first. */
  private readonly committed = new Map<string, { readonly entry: string; readonly node: number }>();
  private readonly looked = new Map<string, number>();
  private readonly sites = new Map<number, Machine>();
  /** The last answer of each client, and of each that of the first cluster. */
  private readonly last = new Map<number, Answer>();
  private restoredAt: number | undefined;
  private readonly met = new Set<number>();

  examined(promise: string): number {
    return this.counts.get(promise as Promise) ?? 0;
  }

  observe(node: number, machine: Machine): void {
    this.sites.set(node, machine);
    const { inner, belongs } = machine;
    if (inner === null || belongs === null) return;
    const { committed, entries } = inner.log;
    const key = `${node} ${belongs.cluster}`;
    const from = this.looked.get(key) ?? 0;
    if (committed <= from) return;
    this.looked.set(key, committed);
    for (const { index, term, data } of entries) {
      const entry = JSON.stringify([term, data]);
      if (index > from && index <= committed) this.seeCommitted(node, belongs.cluster, index, entry);
    }
  }

  noted(_node: number, kind: string, data: unknown): void {
    if (kind === 'restored') this.restoredAt = Number((data as { readonly index: number }).index);
  }

  private seeCommitted(node: number, cluster: string, index: number, entry: string): void {
    const at = `${index} of cluster ${cluster}`;
    const before = this.committed.get(at);
    if (before === undefined) this.committed.set(at, { entry, node });
    const words = `split brain: N${before?.node ?? 0} and N${node} have committed different entries at index ${at}`;
    this.judge('one history', before === undefined || before.entry === entry, node, words);
  }

  answered(node: number, { client, sequence }: Command, result: Result): void {
    const session = this.sites.get(node)?.inner?.sessions[client];
    if (result.ok && session?.sequence === sequence) {
      const { index } = session as { readonly index: number };
      this.meet(client, node, false);
      this.last.set(client, { sequence, cluster: result.cluster, index, node });
    } else if (!result.ok && result.error === 'ahead') this.meet(client, node, true);
  }

  ended(): void {
    const leaders = [...this.sites.values()].filter(({ inner }) => inner?.role === 'leader');
    for (const [client, answer] of this.last) {
      const isExcused =
        this.restoredAt !== undefined && answer.cluster === 'c1' && answer.index > this.restoredAt;
      if (isExcused) continue;
      for (const { self, inner } of leaders) {
        const kept = (inner?.sessions[client]?.sequence ?? 0) >= answer.sequence;
        const words = `what N${answer.node} acknowledged to client ${client} at index ${answer.index} is unknown to N${self}, which leads in the end`;
        this.judge(PROMISES[1], kept, answer.node, words);
      }
    }
  }

  /** The first answer a client gets from a restored cluster: it must be told when it has seen what is gone. */
  private meet(client: number, node: number, isTold: boolean): void {
    const before = this.last.get(client);
    const { restoredAt } = this;
    if (restoredAt === undefined || before?.cluster !== 'c1' || this.met.has(client)) return;
    if (this.sites.get(node)?.belongs?.cluster === 'c1') return;
    this.met.add(client);
    const isAhead = before.index > restoredAt;
    const words = `client ${client} had an answer at index ${before.index}, the snapshot ends at ${restoredAt}, and it was ${isTold ? '' : 'not '}told that it is ahead`;
    this.judge('clients ahead of what was restored are found', isAhead === isTold, node, words);
  }

  private judge(promise: Promise, holds: boolean, node: number, reason: string): void {
    this.counts.set(promise, this.examined(promise) + 1);
    if (!holds && this.breaches.length < 1_000) this.breaches.push({ promise, node, reason });
  }
}
