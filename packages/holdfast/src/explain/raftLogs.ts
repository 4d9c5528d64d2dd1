import type { RaftShown, RaftView, RuleBreak } from './raftView.ts';

/** Entries appended after one that is not the one the leader named. */
export function appendsWithoutPrevious(view: RaftView): RuleBreak[] {
  for (const { id, node, cause, kind, label } of view.trace.events) {
    if (kind !== 'deliver' || label !== 'AppendEntries') continue;
    const sent = view.trace.events[cause];
    const {
      prevIndex = 0,
      prevTerm = 0,
      entries = [],
    } = (sent?.data ?? {}) as never as {
      readonly prevIndex?: number;
      readonly prevTerm?: number;
      readonly entries?: readonly unknown[];
    };
    const own = view.before(node, id);
    if (own === undefined || entries.length === 0) continue;
    const isOther = own.lastIndex < prevIndex || (own.lastIndex === prevIndex && own.lastTerm !== prevTerm);
    const taken = view.effects(id).find((effect) => effect.kind === 'state');
    const after = taken?.data as never as RaftShown | undefined;
    const isTaken = after !== undefined && after.lastIndex >= prevIndex + entries.length;
    if (!isOther || !isTaken || taken === undefined) continue;
    const sentence = `${view.name(node)} appended what was to follow entry ${prevIndex} of term ${prevTerm}, though its log ends with entry ${own.lastIndex} of term ${own.lastTerm}`;
    return [{ sentence, events: [id, taken.id] }];
  }
  return [];
}

/** A leader whose own log becomes shorter. */
export function leaderCutsItsLog(view: RaftView): RuleBreak[] {
  for (const node of view.trace.nodes.keys()) {
    const states = view.statesOf(node);
    for (const [i, { id, shown }] of states.entries()) {
      const old = states[i - 1]?.shown;
      if (old?.role !== 'leader' || shown.role !== 'leader' || old.term !== shown.term) continue;
      if (shown.lastIndex >= old.lastIndex) continue;
      const sentence = `${view.name(node)}, leading in term ${shown.term}, cut its own log from entry ${old.lastIndex} back to entry ${shown.lastIndex}`;
      return [{ sentence, events: [id] }];
    }
  }
  return [];
}

/** A command that stands in a log twice. What follows from that depends on whether it is carried out twice. */
export function carriesOutTwice(view: RaftView): RuleBreak[] {
  const applied = new Map<string, { readonly id: number; readonly index: number }>();
  for (const { id, node, kind, label, data } of view.trace.events) {
    if (kind !== 'note' || label !== 'apply') continue;
    const { index, client, sequence, operation } = data as never as {
      readonly index: number;
      readonly client: number;
      readonly sequence: number;
      readonly operation: unknown;
    };
    if (operation === null || client === 0) continue;
    const key = `${node}/${client}/${sequence}`;
    const first = applied.get(key);
    if (first === undefined) applied.set(key, { id, index });
    else if (first.index !== index) {
      const sentence = `${view.name(node)} carried out command ${sequence} of client ${client} twice, as entries ${first.index} and ${index}: it was retried, and nobody remembered it`;
      return [{ sentence, events: [first.id, id] }];
    }
  }
  return [];
}

/** A node that comes back without what its disk had made durable. */
export function forgetsWhatWasDurable(view: RaftView): RuleBreak[] {
  const { events, faults } = view.trace;
  if (faults.some(({ kind }) => kind === 'amnesia')) return [];
  for (const restart of events.filter(({ kind }) => kind === 'restart')) {
    const { node, id } = restart;
    const crash = events.findLast((event) => event.kind === 'crash' && event.node === node && event.id < id);
    const lost = (crash?.data as never as { readonly lost?: number } | undefined)?.lost ?? 0;
    const old = view.before(node, crash?.id ?? id);
    const next = view.statesOf(node).find((state) => state.id > id)?.shown;
    const last = (kind: string): number =>
      events.findLast((event) => event.kind === kind && event.node === node && event.id < (crash?.id ?? 0))
        ?.id ?? -1;
    const wasDurable = last('stored') > last('store');
    if (crash === undefined || lost > 0 || !wasDurable || old === undefined || next === undefined) continue;
    if (next.term >= old.term && next.lastIndex >= old.lastIndex) continue;
    const sentence = `${view.name(node)} came back from a crash in term ${next.term} with a log up to entry ${next.lastIndex}, though term ${old.term} and entry ${old.lastIndex} were durable`;
    return [{ sentence, events: [crash.id, id] }];
  }
  return [];
}
