import type { NodeId } from '../core/core.ts';
import type { ClientCommand } from '../kv/clientTable.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import { LOG_PROMISES, LogMonitor } from '../lab/logMonitor.ts';
import type { ZabTransaction } from './messages.ts';
import type { ZabResult, ZabState } from './state.ts';

/** What the monitor watches. */
export const ZAB_PROMISES: readonly string[] = [...LOG_PROMISES, 'primary order', 'one primary an epoch'];

/**
 * Watches all nodes of one group from outside: agreement, validity and state machine safety of what is delivered; that each node delivers the
 * transactions of a primary in the order of their broadcast, without a gap, and those of earlier epochs first (primary order, section
 * III-B); and that an epoch has one primary.
 */
export class ZabMonitor implements LabMonitor<ZabState, ClientCommand, ZabResult> {
  private readonly log = new LogMonitor();
  /** The last transaction each node delivered since it started. */
  private readonly last = new Map<NodeId, ZabTransaction>();
  private readonly primaries = new Map<number, NodeId>();

  get breaches(): readonly Breach[] {
    return this.log.breaches.list;
  }

  examined(promise: string): number {
    return this.log.breaches.examined(promise);
  }

  requested(_node: NodeId, { client, sequence, operation }: ClientCommand): void {
    this.log.asked({ client, sequence, operation });
  }

  started(node: NodeId): void {
    this.log.started(node);
    this.last.delete(node);
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    if (kind === 'established') this.established(node, (data as { readonly epoch: number }).epoch);
    if (kind !== 'deliver') return;
    const { position, transaction } = data as {
      readonly position: number;
      readonly transaction: ZabTransaction;
    };
    this.log.executed(node, position, transaction.command);
    this.ordered(node, transaction);
  }

  observe(node: NodeId, { committed, digest }: ZabState): void {
    this.log.observe(node, committed, digest);
  }

  private established(node: NodeId, epoch: number): void {
    const { breaches } = this.log;
    breaches.count('one primary an epoch');
    const other = this.primaries.get(epoch);
    this.primaries.set(epoch, node);
    if (other === undefined || other === node) return;
    breaches.add('one primary an epoch', node, `nodes ${other} and ${node} both lead epoch ${epoch}`);
  }

  private ordered(node: NodeId, transaction: ZabTransaction): void {
    const { breaches } = this.log;
    breaches.count('primary order');
    const before = this.last.get(node);
    this.last.set(node, transaction);
    const { epoch, counter } = transaction;
    const next = before?.epoch === epoch ? before.counter + 1 : 1;
    if (counter === next && epoch >= (before?.epoch ?? 0)) return;
    const after = before === undefined ? 'nothing' : `(${before.epoch}, ${before.counter})`;
    const words = `node ${node} delivered transaction (${epoch}, ${counter}) after ${after}`;
    breaches.add('primary order', node, words);
  }
}
