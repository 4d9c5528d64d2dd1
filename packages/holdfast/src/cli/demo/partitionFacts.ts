import type { Operation } from '@holdfast/check';
import type { TraceEvent } from '@holdfast/trace';
import type { RunPlan } from '../../simulate/plan.ts';
import type { RunResult } from '../../simulate/simulate.ts';

type PartitionFault = Extract<RunPlan['faults'][number], { readonly kind: 'partition' }>;

/** What a partition did to a Raft group whose leader was cut off with a minority, read from the trace of one run. */
export interface PartitionFacts {
  readonly seed: number;
  readonly atMs: number;
  readonly untilMs: number;
  /** Server names of the leader's side, and of the other. */
  readonly minority: readonly string[];
  readonly majority: readonly string[];
  readonly oldLeader: string;
  readonly oldTerm: number;
  /** The old leader's commit index when it was cut off, and its highest until the partition healed. */
  readonly commitAtCut: number;
  readonly commitBeforeHeal: number;
  /** The last index the old leader appended to while it led on its own. */
  readonly appendedUpTo: number;
  readonly newLeader: string;
  readonly newTerm: number;
  readonly electedAfterMs: number;
  /** The majority's highest commit index before healing. */
  readonly majorityCommit: number;
  /** When the old leader held entries of the new leader in place of its own. */
  readonly replacedAfterHealMs: number;
  /** Of the entries the old leader appended and could not commit, how many any node ever applied under the old term. */
  readonly survivors: number;
  /** Operations asked by clients of the minority's side while it lasted, and how many of them were told `ok` before it healed. */
  readonly askedOfMinority: number;
  readonly okOfMinority: number;
}

/** A server's state as the trace shows it. */
interface Seen {
  readonly event: TraceEvent;
  readonly role: string;
  readonly term: number;
  readonly commit: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
}

/**
 * The facts of a run with its trace; undefined when the run does not show them: no partition into two sides of servers, `oldLeader`
 * did not lead in the smaller one or appended nothing on its own, or nobody was elected in the larger one before it healed.
 */
export function partitionFacts(result: RunResult, oldLeader: string): PartitionFacts | undefined {
  const { trace, plan } = result;
  const cut = plan.faults.find((fault): fault is PartitionFault => fault.kind === 'partition');
  if (trace === undefined || cut === undefined || cut.groups.length !== 2) return undefined;
  const servers = trace.nodes.filter(({ role }) => role === 'server').map(({ name }) => name);
  const sides = cut.groups.map((group) => group.filter((name) => servers.includes(name)));
  const [minority = [], majority = []] = sides.toSorted((a, b) => a.length - b.length);
  if (!minority.includes(oldLeader)) return undefined;
  const untilUs = cut.atUs + cut.forUs;
  const states = new Map(servers.map((name, node) => [name, statesOf(trace.events, node)]));
  const before = lastBefore(states.get(oldLeader), cut.atUs);
  if (before?.role !== 'leader') return undefined;
  const alone = (states.get(oldLeader) ?? []).filter(
    (s) => within(s, cut.atUs, untilUs) && s.term === before.term,
  );
  const appendedUpTo = Math.max(before.lastIndex, ...alone.map((s) => s.lastIndex));
  const commitBeforeHeal = Math.max(before.commit, ...alone.map((s) => s.commit));
  const elected = firstElected(states, majority, { after: cut.atUs, until: untilUs, above: before.term });
  const replaced = (states.get(oldLeader) ?? []).find(
    (s) => s.event.at >= untilUs && s.lastTerm > before.term,
  );
  if (appendedUpTo <= commitBeforeHeal || elected === undefined || replaced === undefined) return undefined;
  const near = cut.groups.find((group) => group.includes(oldLeader)) ?? [];
  const asked = askedDuring(result, near, cut.atUs, untilUs);
  return {
    seed: plan.seed,
    atMs: cut.atUs / 1_000,
    untilMs: untilUs / 1_000,
    minority,
    majority,
    oldLeader,
    oldTerm: before.term,
    commitAtCut: before.commit,
    commitBeforeHeal,
    appendedUpTo,
    newLeader: elected.name,
    newTerm: elected.state.term,
    electedAfterMs: (elected.state.event.at - cut.atUs) / 1_000,
    majorityCommit: highestCommit(states, majority, cut.atUs, untilUs),
    replacedAfterHealMs: (replaced.event.at - untilUs) / 1_000,
    survivors: appliedUnder(trace.events, before.term, commitBeforeHeal + 1, appendedUpTo),
    askedOfMinority: asked.length,
    okOfMinority: asked.filter((o) => o.outcome === 'ok' && o.completedAt < untilUs).length,
  };
}

function statesOf(events: readonly TraceEvent[], node: number): Seen[] {
  return events.flatMap((event) => {
    if (event.kind !== 'state' || event.node !== node) return [];
    const view = event.data as Readonly<Record<string, unknown>>;
    const number = (key: string): number => Number(view[key] ?? 0);
    return [
      {
        event,
        role: String(view.role),
        term: number('term'),
        commit: number('commit'),
        lastIndex: number('lastIndex'),
        lastTerm: number('lastTerm'),
      },
    ];
  });
}

function lastBefore(states: readonly Seen[] | undefined, atUs: number): Seen | undefined {
  return states?.findLast((state) => state.event.at <= atUs);
}

function within(state: Seen, fromUs: number, untilUs: number): boolean {
  return state.event.at > fromUs && state.event.at <= untilUs;
}

function firstElected(
  states: ReadonlyMap<string, readonly Seen[]>,
  among: readonly string[],
  when: { readonly after: number; readonly until: number; readonly above: number },
): { readonly name: string; readonly state: Seen } | undefined {
  const found = among.flatMap((name) => {
    const state = states
      .get(name)
      ?.find((s) => within(s, when.after, when.until) && s.role === 'leader' && s.term > when.above);
    return state === undefined ? [] : [{ name, state }];
  });
  return found.toSorted((a, b) => a.state.event.id - b.state.event.id)[0];
}

function highestCommit(
  states: ReadonlyMap<string, readonly Seen[]>,
  among: readonly string[],
  fromUs: number,
  untilUs: number,
): number {
  const seen = among.flatMap((name) => (states.get(name) ?? []).filter((s) => within(s, fromUs, untilUs)));
  return seen.reduce((highest, { commit }) => Math.max(highest, commit), 0);
}

/** Entries of these indexes that some node applied as entries of this term. */
function appliedUnder(events: readonly TraceEvent[], term: number, from: number, to: number): number {
  const applied = new Set<number>();
  for (const { kind, label, data } of events) {
    if (kind !== 'note' || label !== 'apply') continue;
    const entry = data as { readonly index: number; readonly term: number };
    if (entry.term === term && entry.index >= from && entry.index <= to) applied.add(entry.index);
  }
  return applied.size;
}

function askedDuring(
  { trace, history }: RunResult,
  near: readonly string[],
  fromUs: number,
  untilUs: number,
): Operation[] {
  const asked = new Set<number>();
  for (const { kind, node, operation } of trace?.events ?? []) {
    if (kind === 'invoke' && near.includes(trace?.nodes[node]?.name ?? '')) asked.add(operation);
  }
  return history.operations.filter((o) => asked.has(o.id) && o.invokedAt >= fromUs && o.invokedAt < untilUs);
}

/** The facts as questions and answers, for a terminal or a page. */
export function partitionTable(facts: PartitionFacts): readonly (readonly [string, string])[] {
  const { oldLeader, oldTerm, newLeader, newTerm, commitAtCut, commitBeforeHeal, appendedUpTo } = facts;
  const size = facts.minority.length + facts.majority.length;
  const left = appendedUpTo - commitBeforeHeal;
  const still =
    commitBeforeHeal === commitAtCut
      ? `its commit index stayed at ${commitAtCut}`
      : `its commit index went from ${commitAtCut} to ${commitBeforeHeal} on answers that were on their way, and no further`;
  const survived =
    facts.survivors === 0
      ? `none of those ${left}: ${facts.replacedAfterHealMs.toFixed(1)} ms after healing ${oldLeader} held entries of the new leader instead`
      : `${facts.survivors} of those ${left} were applied under term ${oldTerm}`;
  return [
    ['initial leader', `${oldLeader}, in term ${oldTerm}`],
    [
      'partition',
      `{${facts.minority.join(',')}} | {${facts.majority.join(',')}} from ${facts.atMs} ms to ${facts.untilMs} ms`,
    ],
    ['majority', `${Math.floor(size / 2) + 1} of ${size}`],
    ['can the old leader commit?', `no: it appended up to index ${appendedUpTo}, ${still}`],
    [
      'can a new leader be elected?',
      `yes: ${newLeader}, in term ${newTerm}, after ${facts.electedAfterMs.toFixed(1)} ms; it committed up to index ${facts.majorityCommit}`,
    ],
    ['which entries survive?', survived],
    [
      'what were its clients told?',
      `of ${facts.askedOfMinority} operations asked on the side of ${oldLeader}, ${facts.okOfMinority} were answered with success before healing`,
    ],
  ];
}
