import type { Operation } from '@holdfast/check';
import { encodePlain, type Plain } from '@holdfast/plain';
import type { RunResult } from '../../simulate/simulate.ts';
import { appliedIn, type AppliedEntry, finalLog, traceOf } from './raftRun.ts';

/** A read that returned what an acknowledged write had replaced before it was asked. */
export interface StaleRead {
  readonly read: Operation;
  /** From the first acknowledgement of a later write to the moment the read was asked, in ms. */
  readonly behindMs: number;
}

interface Version {
  readonly value: string;
  /** When its writer was told that it succeeded; infinite when it never was. */
  readonly acknowledgedAt: number;
}

/**
 * The reads of a Raft store's run that were stale, by the log itself: the entries in order give the versions of every key, and the history
 * says when each was acknowledged. Values written must be unique per key. Needs the trace.
 */
export function staleReads(result: RunResult): StaleRead[] {
  const versions = versionsByKey(result);
  return result.history.operations.flatMap((read): StaleRead[] => {
    if (read.f !== 'read' || read.outcome !== 'ok') return [];
    const of = versions.get(read.key ?? '') ?? [];
    const seen = encodePlain(read.output as Plain);
    const at = read.output === null ? -1 : of.findIndex(({ value }) => value === seen);
    if (at === -1 && read.output !== null) return [];
    const replacedAt = Math.min(Infinity, ...of.slice(at + 1).map(({ acknowledgedAt }) => acknowledgedAt));
    const behindMs = (read.invokedAt - replacedAt) / 1_000;
    return behindMs > 0 ? [{ read, behindMs }] : [];
  });
}

function versionsByKey(result: RunResult): Map<string, Version[]> {
  const acknowledged = acknowledgements(result);
  const versions = new Map<string, Version[]>();
  const done = new Set<string>();
  const values = new Map<string, string>();
  const log = [...finalLog(appliedIn(traceOf(result))).values()].toSorted((a, b) => a.index - b.index);
  for (const entry of log) {
    const name = `${entry.client}/${entry.sequence}`;
    const change = changeOf(entry, values);
    if (change === undefined || done.has(name)) continue;
    done.add(name);
    const { key, value } = change;
    values.set(key, value);
    const of = versions.get(key) ?? [];
    versions.set(key, of);
    of.push({ value, acknowledgedAt: acknowledged.get(name) ?? Infinity });
  }
  return versions;
}

/** What an entry changes, given the values before it. */
function changeOf(
  { operation }: AppliedEntry,
  values: ReadonlyMap<string, string>,
): { readonly key: string; readonly value: string } | undefined {
  if (typeof operation !== 'object' || operation === null) return undefined;
  const { f, key, value, from, to } = operation as Readonly<Record<string, Plain>>;
  if (typeof key !== 'string') return undefined;
  if (f === 'put') return { key, value: encodePlain(value ?? null) };
  if (f !== 'cas' || values.get(key) !== encodePlain(from ?? null)) return undefined;
  return { key, value: encodePlain(to ?? null) };
}

/** When each command was acknowledged: `client/sequence` to the instant. */
function acknowledgements({ history }: RunResult): Map<string, number> {
  const sequences = new Map<number, number>();
  const found = new Map<string, number>();
  for (const { process, outcome, completedAt } of history.operations) {
    const sequence = (sequences.get(process) ?? 0) + 1;
    sequences.set(process, sequence);
    if (outcome === 'ok') found.set(`${process + 1}/${sequence}`, completedAt);
  }
  return found;
}
