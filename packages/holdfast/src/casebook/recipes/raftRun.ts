import type { Operation } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { Trace, TraceEvent } from '@holdfast/trace';
import type { RunResult } from '../../simulate/simulate.ts';
import { CaseError } from '../errors.ts';

/** What a Raft server showed of itself. */
export interface ServerState {
  readonly event: number;
  readonly atUs: number;
  readonly role: string;
  readonly term: number;
  readonly commit: number;
  readonly lastIndex: number;
}

/** An entry as a server applied it. */
export interface AppliedEntry {
  readonly event: number;
  readonly atUs: number;
  readonly server: string;
  readonly index: number;
  readonly term: number;
  readonly client: number;
  readonly sequence: number;
  readonly operation: Plain;
}

/** The trace of a run. Throws `CaseError` when it was not kept. */
export function traceOf({ trace }: RunResult): Trace {
  if (trace !== undefined) return trace;
  throw new CaseError('documents', 'read the trace of a run that kept none', 'run it with its trace');
}

/** Names of the servers, in order. */
export function serversOf(trace: Trace): string[] {
  return trace.nodes.filter(({ role }) => role === 'server').map(({ name }) => name);
}

/** Every state a server showed, in order. */
export function statesOf(trace: Trace, server: string): ServerState[] {
  const node = trace.nodes.findIndex(({ name }) => name === server);
  return trace.events.flatMap((event) => {
    if (event.kind !== 'state' || event.node !== node) return [];
    const view = event.data as Readonly<Record<string, unknown>>;
    const number = (key: string): number => Number(view[key] ?? 0);
    return [
      {
        event: event.id,
        atUs: event.at,
        role: String(view.role),
        term: number('term'),
        commit: number('commit'),
        lastIndex: number('lastIndex'),
      },
    ];
  });
}

/** Every application of an entry, in order. */
export function appliedIn(trace: Trace): AppliedEntry[] {
  return trace.events
    .filter(({ kind, label }) => kind === 'note' && label === 'apply')
    .map(({ id, at, node, data }: TraceEvent) => {
      const { index, term, client, sequence, operation = null } = data as Readonly<Record<string, Plain>>;
      return {
        event: id,
        atUs: at,
        server: trace.nodes[node]?.name ?? '',
        index: Number(index),
        term: Number(term),
        client: Number(client),
        sequence: Number(sequence),
        operation,
      };
    });
}

/** The log as it was in the end, by index: as the server that applied most had it, and what others had before it took a snapshot. */
export function finalLog(applied: readonly AppliedEntry[]): ReadonlyMap<number, AppliedEntry> {
  const furthest = applied.reduce<AppliedEntry | undefined>(
    (best, entry) => (best === undefined || entry.index >= best.index ? entry : best),
    undefined,
  );
  const log = new Map<number, AppliedEntry>();
  for (const entry of applied) {
    if (entry.server === furthest?.server || !log.has(entry.index)) log.set(entry.index, entry);
  }
  return log;
}

/** Operations asked by these client hosts, in order. */
export function askedBy({ history, ...run }: RunResult, clients: readonly string[]): Operation[] {
  const trace = traceOf({ history, ...run });
  const asked = new Set(
    trace.events
      .filter(({ kind, node }) => kind === 'invoke' && clients.includes(trace.nodes[node]?.name ?? ''))
      .map(({ operation }) => operation),
  );
  return history.operations.filter(({ id }) => asked.has(id));
}

/** Writes that were answered with success and that no server's final log holds. */
export function lostWrites(result: RunResult): Operation[] {
  const kept = new Set(
    [...finalLog(appliedIn(traceOf(result))).values()].map(({ client, sequence }) => `${client}/${sequence}`),
  );
  const sequences = new Map<number, number>();
  return result.history.operations.filter(({ f, process, outcome, output }) => {
    const sequence = (sequences.get(process) ?? 0) + 1;
    sequences.set(process, sequence);
    const changed = f === 'write' || f === 'append' || ((f === 'cas' || f === 'delete') && output === true);
    return outcome === 'ok' && changed && !kept.has(`${process + 1}/${sequence}`);
  });
}
