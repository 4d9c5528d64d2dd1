import type { RaftView, RuleBreak } from './raftView.ts';

/** Two votes of one node in one term. */
export function votesTwice(view: RaftView): RuleBreak[] {
  const votes = view.sends('vote-reply').filter(({ message_ }) => message_['reject'] === false);
  for (const [i, first] of votes.entries()) {
    const { node, peer, message_ } = first;
    const second = votes
      .slice(i + 1)
      .find(
        (other) => other.node === node && other.message_['term'] === message_['term'] && other.peer !== peer,
      );
    if (second === undefined) continue;
    const crash = view.trace.events.find(
      ({ kind, node: at, id }) => kind === 'crash' && at === node && id > first.id && id < second.id,
    );
    const how = crash === undefined ? '' : ', having crashed between and come back without the first vote';
    const sentence = `${view.name(node)} voted for ${view.name(peer)} and for ${view.name(second.peer)} in term ${String(message_['term'])}${how}`;
    return [{ sentence, events: [first.id, ...(crash === undefined ? [] : [crash.id]), second.id] }];
  }
  return [];
}

/** A vote for a candidate whose log ends before the voter's own. */
export function votesForShorterLogs(view: RaftView): RuleBreak[] {
  const asked = view.sends('vote');
  for (const vote of view.sends('vote-reply')) {
    const { node, peer, message_, id } = vote;
    if (message_['reject'] !== false) continue;
    const request = asked.findLast(
      (other) =>
        other.id < id &&
        other.node === peer &&
        other.peer === node &&
        other.message_['term'] === message_['term'],
    );
    const own = view.before(node, request?.id ?? id);
    if (request === undefined || own === undefined) continue;
    const [index, term] = [Number(request.message_['lastIndex']), Number(request.message_['lastTerm'])];
    if (term > own.lastTerm || (term === own.lastTerm && index >= own.lastIndex)) continue;
    const sentence = `${view.name(node)} voted for ${view.name(peer)} in term ${String(message_['term'])}, whose log ends with entry ${index} of term ${term}, though its own ends with entry ${own.lastIndex} of term ${own.lastTerm}`;
    return [{ sentence, events: [request.id, id] }];
  }
  return [];
}

/** A leader that counts copies of an entry of an older term. */
export function commitsOlderTerms(view: RaftView): RuleBreak[] {
  for (const { id, node, kind, label, data } of view.trace.events) {
    if (kind !== 'note' || label !== 'commit') continue;
    const { index, term } = data as never as { readonly index: number; readonly term: number };
    const shown = view.before(node, id);
    if (shown?.role !== 'leader' || term >= shown.term) continue;
    const sentence = `${view.name(node)}, leading in term ${shown.term}, counted copies of entry ${index}, which is of the older term ${term}, and took it for committed`;
    return [{ sentence, events: [id] }];
  }
  return [];
}

/** A leader whose members change at once, by more than one, without a configuration that needs both. */
export function switchesMembers(view: RaftView): RuleBreak[] {
  for (const node of view.trace.nodes.keys()) {
    const states = view.statesOf(node);
    for (const [i, { id, shown }] of states.entries()) {
      // Who follows may learn of several steps at once.
      if (shown.role !== 'leader' || states[i - 1]?.shown.role !== 'leader') continue;
      const old = states[i - 1]?.shown.voters;
      if (old === undefined || old === shown.voters || isJoint(old) || isJoint(shown.voters)) continue;
      const [before, after] = [members(old), members(shown.voters)];
      const moved = [
        ...before.filter((m) => !after.includes(m)),
        ...after.filter((m) => !before.includes(m)),
      ];
      if (moved.length < 2) continue;
      const sentence = `${view.name(node)} went from the members ${old} to ${shown.voters} at once, without a joint configuration`;
      return [{ sentence, events: [id] }];
    }
  }
  return [];
}

const isJoint = (voters: string): boolean => (voters.match(/\(/g) ?? []).length > 1;
const members = (voters: string): string[] => voters.match(/\d+/g) ?? [];
