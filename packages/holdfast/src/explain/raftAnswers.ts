import type { RaftView, RuleBreak } from './raftView.ts';

/** A write acknowledged before its entry was committed and carried out. */
export function answersBeforeMajority(view: RaftView): RuleBreak[] {
  for (const answer of view.sends('answer')) {
    const { id, node, message_ } = answer;
    const command = view.commandOf(answer, message_['attempt']);
    const { ok = false } = (message_['result'] ?? {}) as { readonly ok?: boolean };
    if (command === undefined || command.f === 'get' || !ok) continue;
    const applied = view.trace.events.some((event) => {
      if (event.kind !== 'note' || event.label !== 'apply' || event.node !== node || event.id > id)
        return false;
      const done = event.data as never as { readonly client: number; readonly sequence: number };
      return done.client === command.client && done.sequence === command.sequence;
    });
    if (applied) continue;
    const shown = view.before(node, id);
    const sentence = `${view.name(node)} answered the write of ${view.name(answer.peer)} before a majority had it: its log ends with entry ${shown?.lastIndex}, and entry ${shown?.commit} is the last committed`;
    return [{ sentence, events: [id] }];
  }
  return [];
}

/** Something acknowledged in the step in which it was written, before the disk could have made it durable. */
export function answersBeforeDurable(view: RaftView): RuleBreak[] {
  for (const type of ['answer', 'append-reply', 'vote-reply']) {
    for (const { id, node, cause, peer, message_ } of view.sends(type)) {
      if (message_['reject'] === true || cause < 0) continue;
      const source = view.trace.events[cause];
      if (source?.kind !== 'deliver' || (type === 'answer' && source.label !== 'Call')) continue;
      const stored = view.effects(cause).find((effect) => effect.kind === 'store' && effect.id < id);
      if (stored === undefined) continue;
      const what = type === 'answer' ? 'a write' : type === 'vote-reply' ? 'its vote' : 'entries';
      const sentence = `${view.name(node)} told ${view.name(peer)} of ${what} in the step in which it was written, before the disk had made it durable`;
      return [{ sentence, events: [cause, stored.id, id] }];
    }
  }
  return [];
}

/** A read answered at once by a node that asked nobody. */
export function readsWithoutAsking(view: RaftView): RuleBreak[] {
  for (const { id, node, kind, label, cause, data } of view.trace.events) {
    if (kind !== 'note' || label !== 'read') continue;
    const call = view.trace.events[cause];
    const answer = view.effects(cause).find((effect) => effect.kind === 'send' && effect.label === 'Answer');
    if (call?.kind !== 'deliver' || call.label !== 'Call' || answer === undefined) continue;
    const shown = view.before(node, id);
    const { mode } = data as never as { readonly mode: string };
    const leader = newerLeader(view, node, id);
    const isAlone = (shown?.voters.match(/\d+/g) ?? []).length === 1;
    if (mode !== 'confirmed' && !isAlone) {
      const sentence = `${view.name(node)} answered a read of ${view.name(answer.peer)} in the step in which it was asked, without asking a majority whether it leads`;
      return [{ sentence, events: [cause, id, answer.id] }];
    }
    if (mode !== 'confirmed' || leader === undefined) continue;
    const sentence = `${view.name(node)} answered a read of ${view.name(answer.peer)} under its lease of term ${shown?.term}, though ${view.name(leader.node)} leads in term ${leader.term}: the lease outlived the leadership, by clocks that do not agree`;
    return [{ sentence, events: [leader.id, cause, answer.id] }];
  }
  return [];
}

/** Who was last seen to lead in a later term than the node's own. */
function newerLeader(
  view: RaftView,
  node: number,
  id: number,
): { readonly node: number; readonly term: number; readonly id: number } | undefined {
  const own = view.before(node, id)?.term ?? 0;
  for (const other of view.trace.nodes.keys()) {
    const led = view
      .statesOf(other)
      .find((state) => state.id < id && state.shown.role === 'leader' && state.shown.term > own);
    if (other !== node && led !== undefined) return { node: other, term: led.shown.term, id: led.id };
  }
  return undefined;
}
