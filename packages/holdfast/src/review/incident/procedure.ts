import { encodePlain, hexOf, sha256, utf8Of } from '@holdfast/plain';
import type { Trace, TraceEvent } from '@holdfast/trace';
import { type AuditEntry, type AuditHead, auditHead, nextAuditEntry } from '../../invariants/auditLog.ts';

/** What somebody does in an incident: `preserve` copies the logs, the others change them. */
export type IncidentAction = 'preserve' | 'replay' | 'compact';

/** What was kept, and the log of what was done, chained. */
export interface Preserved {
  /** SHA-256 of the logs as they were copied; undefined when nobody copied them. */
  readonly hash: string | undefined;
  readonly log: readonly AuditEntry[];
  readonly head: AuditHead;
}

/** What hosts do not write into logs: their timers, their disks, every packet, and what they show as figures. */
const UNLOGGED: ReadonlySet<TraceEvent['kind']> = new Set([
  'timer',
  'store',
  'stored',
  'send',
  'deliver',
  'drop',
  'state',
]);

function logsOf(events: readonly TraceEvent[]): TraceEvent[] {
  return events.filter(({ kind }) => !UNLOGGED.has(kind));
}

/** The hash of logs as they are. */
export function hashOfLogs(events: readonly TraceEvent[]): string {
  const lines = events.map(({ at, node, kind, label }) => ({ at, node, kind, label }));
  return hexOf(sha256(utf8Of(encodePlain(lines))));
}

/** Carries the actions out in their order, on a copy of the logs of a trace. */
export function followProcedure({ events, endedAt }: Trace, actions: readonly IncidentAction[]): Preserved {
  let logs: readonly TraceEvent[] = logsOf(events);
  const log: AuditEntry[] = [];
  let hash: string | undefined;
  for (const [i, action] of actions.entries()) {
    if (action === 'preserve') hash = hashOfLogs(logs);
    // Replaying appends what happened once more; compacting throws the older half away.
    else if (action === 'replay')
      logs = [...logs, ...logs.slice(0, 10).map((event) => ({ ...event, at: endedAt }))];
    else logs = logs.slice(Math.floor(logs.length / 2));
    log.push(
      nextAuditEntry(log, { atMs: endedAt / 1_000 + i, actor: 'responder', action, about: hash ?? null }),
    );
  }
  return { hash, log, head: auditHead(log) };
}

/** The hash of the logs before anybody did anything. */
export function hashBefore({ events }: Trace): string {
  return hashOfLogs(logsOf(events));
}
