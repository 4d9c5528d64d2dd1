import type { RunResult } from 'holdfast';

type Operation = RunResult['history']['operations'][number];

/** What a run with a lost quorum shows. Times are simulated microseconds. */
export interface Seen {
  /** When the second member was lost, and when the first came back. */
  readonly lostUs: number;
  readonly backUs: number;
  /** The operator's steps, in order. */
  readonly steps: readonly string[];
  /** Index at which the restored snapshot ends; undefined without a restore. */
  readonly restoredAt: number | undefined;
  /** Writes that clients were told of and that the last leader's history lacks. */
  readonly lostWrites: readonly Operation[];
  /** How often a machine refused to hear a member of another cluster, or one it does not know. */
  readonly refusedMembers: number;
  readonly retired: number;
  readonly clientsAhead: number;
  /** Histories with entries of their own at one index of one cluster. */
  readonly histories: number;
}

/** Reads a run with its trace. */
export function seenIn(result: RunResult): Seen {
  const { trace, plan } = result;
  const crashes = plan.faults.filter(({ kind }) => kind === 'crash');
  const notes = (label: string): { node: number; data: Readonly<Record<string, unknown>> }[] =>
    (trace?.events ?? [])
      .filter((event) => event.kind === 'note' && event.label === label)
      .map(({ node, data }) => ({ node, data: data as Readonly<Record<string, unknown>> }));
  const restored = notes('restored')[0];
  const split = result.verdicts.some(
    ({ promise, status }) => promise === 'one history' && status === 'violated',
  );
  return {
    lostUs: Math.max(...crashes.map(({ atUs }) => atUs)),
    backUs: Math.min(...crashes.map(({ atUs, forUs }) => atUs + forUs)),
    steps: notes('step').map(({ data }) => String(data.step)),
    restoredAt: restored === undefined ? undefined : Number(restored.data.index),
    lostWrites: lostWrites(result),
    refusedMembers: notes('refused member').length,
    retired: notes('retired').length,
    clientsAhead: notes('client ahead').length,
    histories: split ? 2 : 1,
  };
}

/** Acknowledged writes that some member who leads in the end has never applied, nor holds in the snapshot it began with. */
function lostWrites({ trace, history }: RunResult): Operation[] {
  const leaders = leadersAtEnd(trace);
  const kept = leaders.map((node) => appliedBy(trace, node));
  const sequences = new Map<number, number>();
  return history.operations.filter(({ f, process, outcome }) => {
    const sequence = (sequences.get(process) ?? 0) + 1;
    sequences.set(process, sequence);
    if (f !== 'write' || outcome !== 'ok') return false;
    return kept.some((applied) => !applied.has(`${process + 1}/${sequence}`));
  });
}

function leadersAtEnd(trace: RunResult['trace']): number[] {
  const last = new Map<number, string>();
  for (const { kind, node, data } of trace?.events ?? []) {
    if (kind === 'state') last.set(node, String((data as Readonly<Record<string, unknown>>).role));
  }
  return [...last].filter(([, role]) => role === 'leader').map(([node]) => node);
}

/** Commands that are part of a machine's history: those it applied, and those of the cluster it is in up to its snapshot. */
function appliedBy(trace: RunResult['trace'], node: number): Set<string> {
  const events = (trace?.events ?? []).filter(({ kind }) => kind === 'note');
  const applies = events.filter(({ label }) => label === 'apply');
  const name = (data: unknown): string => {
    const { client, sequence } = data as Readonly<Record<string, unknown>>;
    return `${String(client)}/${String(sequence)}`;
  };
  const restored = events.find((event) => event.label === 'restored' && event.node === node);
  const own = applies.filter((event) => event.node === node && event.id > (restored?.id ?? -1));
  const limit =
    restored === undefined ? Infinity : Number((restored.data as { readonly index: number }).index);
  // What a snapshot stands for was applied by others, at the same indexes of the same cluster.
  const from = Math.min(
    limit,
    ...own.map(({ data }) => Number((data as { readonly index: number }).index) - 1),
  );
  const covered = applies.filter(({ data }) => {
    const { index, cluster } = data as { readonly index: number; readonly cluster: string };
    return index <= from && (restored === undefined || cluster === 'c1');
  });
  return new Set([...own, ...covered].map(({ data }) => name(data)));
}
