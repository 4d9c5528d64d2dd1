import { encodePlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import type { ClientCommand } from '../kv/clientTable.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import { LOG_PROMISES, LogMonitor } from '../lab/logMonitor.ts';
import type { ViewstampedResult, ViewstampedState } from './state.ts';

/** What the monitor watches. */
export const VIEWSTAMPED_PROMISES: readonly string[] = [...LOG_PROMISES, 'view completeness'];

interface Execution {
  readonly op: number;
  readonly request: ClientCommand;
  readonly view: number;
}

/**
 * Watches all replicas of one group from outside: agreement, validity and state machine safety of the log, and that the log with which a
 * primary starts a view holds, in place, every operation that anybody carried out in an earlier view (view completeness: what section
 * 4.2 is about).
 */
export class ViewstampedMonitor implements LabMonitor<ViewstampedState, ClientCommand, ViewstampedResult> {
  private readonly log = new LogMonitor();
  /** What was carried out, by whom first and in which view, from operation 1. */
  private readonly done: { readonly text: string; readonly node: NodeId; readonly view: number }[] = [];
  /** The view each primary was last seen to lead, with its start. */
  private readonly leads = new Map<NodeId, string>();

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
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    if (kind !== 'execute') return;
    const { op, request, view } = data as Execution;
    this.log.executed(node, op, request);
    this.done[op - 1] ??= { text: encodePlain(request), node, view };
  }

  observe(node: NodeId, state: ViewstampedState): void {
    this.log.observe(node, state.commit, state.digest);
    if (!state.leads) return;
    const name = `${state.view}/${state.incarnation}`;
    if (this.leads.get(node) === name) return;
    this.leads.set(node, name);
    this.examineLog(node, state);
  }

  private examineLog(node: NodeId, { view, log }: ViewstampedState): void {
    const { breaches } = this.log;
    breaches.count('view completeness');
    for (const [at, { text, node: other, view: before }] of this.done.entries()) {
      const own = log[at];
      // What a later view did, a primary that comes late need not have.
      if (before >= view || (own !== undefined && encodePlain(own) === text)) continue;
      const instead = own === undefined ? 'lacks' : `has ${encodePlain(own)} in place of`;
      const words = `node ${node} leads view ${view} and ${instead} operation ${at + 1}, ${text}, carried out by node ${other}`;
      breaches.add('view completeness', node, words);
      return;
    }
  }
}
