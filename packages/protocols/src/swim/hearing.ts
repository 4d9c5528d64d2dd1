import type { NodeId } from '../core/core.ts';
import { spread } from './dissemination.ts';
import { feel } from './health.ts';
import type { SwimUpdate } from './messages.ts';
import { isPresent, type Opinion, overrides } from './opinion.ts';
import type { SwimNode } from './state.ts';

/** Takes in one piece of news: what overrides the opinion held becomes the opinion, and is passed on. */
export function hear(node: SwimNode, update: SwimUpdate): void {
  const { state } = node;
  const { member } = update;
  if (!mayBeMember(node, member)) return;
  if (member === state.self) {
    hearOfOneself(node, update);
    return;
  }
  const held = state.members[member];
  if (held !== undefined && !believes(node, update, held)) {
    confirm(node, update, held);
    return;
  }
  hold(node, update, held);
  spread(node, update);
}

/** Whether a node is one of those that may ever be members. */
export function mayBeMember({ config, state }: SwimNode, node: NodeId): boolean {
  return state.members[node] !== undefined || config.nodes.includes(node);
}

function believes({ config }: SwimNode, update: SwimUpdate, held: Opinion): boolean {
  // Broken twin: old news of life clears a suspect and raises the dead.
  if (
    config.defect === 'suspicion-without-incarnation' &&
    update.status === 'alive' &&
    held.status !== 'left'
  ) {
    return held.status !== 'alive' || overrides(update, held);
  }
  // Broken twin: a death counts more than any incarnation.
  if (config.defect === 'dead-overrides-newer' && update.status === 'dead' && isPresent(held)) return true;
  return overrides(update, held);
}

/** Makes an opinion one's own. */
function hold({ state, out }: SwimNode, update: SwimUpdate, held: Opinion | undefined): void {
  const { member, status, incarnation, by } = update;
  state.members[member] = { status, incarnation };
  if (held === undefined) state.order.push(member);
  state.present += Number(isPresent(update)) - Number(held !== undefined && isPresent(held));
  delete state.suspicions[member];
  if (status === 'suspect') state.suspicions[member] = { since: state.periods, accusers: [by] };
  out.note('opinion', { member, status, incarnation, by, before: held ?? null, period: state.periods });
}

/** Another accuser of a suspect makes the suspicion shorter, and is worth passing on until there are enough. */
function confirm(node: SwimNode, update: SwimUpdate, held: Opinion): void {
  const { config, state } = node;
  const suspicion = state.suspicions[update.member];
  if (suspicion === undefined || update.status !== 'suspect' || update.incarnation !== held.incarnation)
    return;
  if (suspicion.accusers.includes(update.by) || suspicion.accusers.length > config.confirmations) return;
  suspicion.accusers.push(update.by);
  if (config.lifeguard) spread(node, update);
}

/** An accused member answers with an incarnation later than the accusation's. */
function hearOfOneself(node: SwimNode, update: SwimUpdate): void {
  const { config, state } = node;
  const { incarnation, self } = state;
  if (!overrides(update, { status: 'alive', incarnation })) return;
  if (!state.isIn && config.defect !== 'refutes-after-leaving') return;
  // Broken twin: what all say must be true.
  if (config.defect === 'believes-own-death' && update.status === 'dead') {
    state.isIn = false;
    return;
  }
  feel(node, 1);
  // Broken twin: nobody believes it.
  const later = config.defect === 'refutes-at-same-incarnation' ? update.incarnation : update.incarnation + 1;
  takeIncarnation(node, later);
  spread(node, { member: self, status: 'alive', incarnation: later, by: self });
}

/** Raises one's own incarnation. What is said from now on waits until it is durable. */
export function takeIncarnation({ state, out }: SwimNode, incarnation: number): void {
  state.incarnation = incarnation;
  state.token = out.store([{ key: 'self', value: { incarnation, isIn: state.isIn } }]);
  out.note('incarnation', { incarnation, isIn: state.isIn });
}

/** A message came from a member: with broken twins that is enough to clear it. */
export function hearFrom(node: SwimNode, from: NodeId): void {
  const held = node.state.members[from];
  if (node.config.defect !== 'raises-others' || held?.status !== 'suspect') return;
  // Broken twin: speaks in another's name.
  hear(node, { member: from, status: 'alive', incarnation: held.incarnation + 1, by: from });
}
