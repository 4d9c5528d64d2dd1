import type { NodeId } from '../core/core.ts';
import { everything, piggyback, tell } from './dissemination.ts';
import { isPresent } from './opinion.ts';
import type { SwimNode } from './state.ts';
import { feel } from './health.ts';
import { accuse, expireSuspicions } from './suspicion.ts';

/** A protocol period ends and the next begins (Das, Gupta and Motivala 2002, section 3.1). */
export function nextPeriod(node: SwimNode): void {
  const { config, state, out } = node;
  const { probe: last } = state;
  if (last !== null && !last.answered && last.silent === null && config.defect !== 'no-indirect-probe') {
    // The timers of this member went off in the other order: the others get the time they need.
    askOthers(node);
    out.cancelTimer('ack');
    out.setTimer('period', config.periodMs * (state.health + 1));
    return;
  }
  judgeProbe(node);
  state.periods++;
  expireSuspicions(node);
  if (config.syncEvery > 0 && state.periods % config.syncEvery === 0) exchange(node);
  probe(node);
  // One that is slow itself gives the others more time (Lifeguard, section 4.1).
  out.setTimer('period', config.periodMs * (state.health + 1));
}

function judgeProbe(node: SwimNode): void {
  const { state } = node;
  const { probe: last } = state;
  state.probe = null;
  if (last === null) return;
  if (last.answered) {
    feel(node, -1);
    return;
  }
  // Helpers that gave no sign at all speak against oneself.
  feel(node, 1 + (last.silent ?? []).length);
  accuse(node, last.target);
}

function probe(node: SwimNode): void {
  const { config, state, out } = node;
  const target = nextTarget(node);
  if (target === undefined) return;
  const sequence = ++state.sequence;
  state.probe = { target, sequence, answered: false, silent: null };
  out.note('probe', { member: target, period: state.periods });
  tell(node, target, { type: 'ping', sequence, updates: piggyback(node, target) });
  out.setTimer('ack', config.ackTimeoutMs * (state.health + 1));
}

/**
 * In turn, in an order drawn anew for each turn: nobody waits longer than two turns less one probe (section 4.3). Draws the order
 * as it goes.
 */
function nextTarget({ config, state, out }: SwimNode): NodeId | undefined {
  const { order, members } = state;
  for (let tries = 0; tries < order.length; tries++) {
    if (state.next >= order.length) state.next = 0;
    // Broken twin: any of them, each time.
    const from = config.defect === 'probes-at-random' ? 0 : state.next;
    const left = order.length - from;
    const at = from + (left > 1 ? out.choose('probe', left) : 0);
    const target = order[at] as NodeId;
    order[at] = order[state.next] as NodeId;
    order[state.next++] = target;
    const held = members[target];
    if (held !== undefined && isPresent(held)) return target;
  }
  return undefined;
}

/** No answer in time: others are asked to try. */
export function askOthers(node: SwimNode): void {
  const { config, state, out } = node;
  const { probe: open } = state;
  if (open === null || open.answered) return;
  // Broken twin: nobody is asked.
  if (config.defect === 'no-indirect-probe') return;
  const helpers = pick(node, config.indirectProbes, open.target);
  open.silent = config.lifeguard ? helpers : [];
  out.note('asks-others', { member: open.target, helpers, period: state.periods });
  for (const to of helpers) {
    const { sequence, target } = open;
    tell(node, to, { type: 'ping-req', sequence, target, updates: piggyback(node, to) });
  }
}

/** Up to `count` members held alive, drawn at random. */
export function pick({ state, out }: SwimNode, count: number, except: NodeId): NodeId[] {
  const candidates = state.order.filter((id) => id !== except && state.members[id]?.status === 'alive');
  const chosen: NodeId[] = [];
  while (chosen.length < count && candidates.length > 0) {
    const at = candidates.length > 1 ? out.choose('helper', candidates.length) : 0;
    chosen.push(...candidates.splice(at, 1));
  }
  return chosen;
}

/** Probes in another's stead. */
export function probeFor(node: SwimNode, origin: NodeId, sequence: number, target: NodeId): void {
  const { config, state, out } = node;
  if (target === state.self || !config.nodes.includes(target)) return;
  const own = ++state.sequence;
  state.relays[own] = { origin, sequence, target };
  tell(node, target, { type: 'ping', sequence: own, updates: piggyback(node, target) });
  out.setTimer(`relay/${own}`, config.ackTimeoutMs);
}

/** An answer: to the probe of this period, or to one made for another. */
export function hearAck(node: SwimNode, from: NodeId, sequence: number): void {
  const { state, out } = node;
  const { probe: open } = state;
  if (open?.sequence === sequence) {
    open.answered = true;
    out.cancelTimer('ack');
    return;
  }
  const relay = state.relays[sequence];
  if (relay === undefined || relay.target !== from) return;
  endRelay(node, sequence);
  const { origin } = relay;
  tell(node, origin, { type: 'ack', sequence: relay.sequence, updates: piggyback(node, origin) });
}

/** The target is silent so far: the one that asked hears that at least this member is there (Lifeguard, section 4.1). */
export function relayLate(node: SwimNode, sequence: number): void {
  const relay = node.state.relays[sequence];
  if (relay === undefined) return;
  endRelay(node, sequence);
  if (node.config.lifeguard) tell(node, relay.origin, { type: 'nack', sequence: relay.sequence });
}

function endRelay({ state, out }: SwimNode, sequence: number): void {
  delete state.relays[sequence];
  out.cancelTimer(`relay/${sequence}`);
}

/** A helper is there, though the target may not be. */
export function hearNack({ state }: SwimNode, from: NodeId, sequence: number): void {
  const { probe: open } = state;
  if (open?.sequence !== sequence || open.silent === null) return;
  open.silent = open.silent.filter((id) => id !== from);
}

/** A whole exchange with somebody, the dead included: else those a partition parted would never meet again. */
function exchange(node: SwimNode): void {
  const { config, state, out } = node;
  const candidates = state.order.filter((id) => {
    const status = state.members[id]?.status;
    // Broken twin: the dead are not spoken to.
    return (
      status === 'alive' ||
      status === 'suspect' ||
      (status === 'dead' && config.defect !== 'forgets-the-dead')
    );
  });
  const [first] = candidates;
  if (first === undefined) return;
  const to = candidates[candidates.length > 1 ? out.choose('exchange', candidates.length) : 0] ?? first;
  tell(node, to, { type: 'sync', asks: true, updates: everything(node, to) });
}
