import type { Boot, Core, NodeId, NodeView, Outbox } from '../core/core.ts';
import { type SwimConfig, swimConfig, type SwimOptions } from './config.ts';
import { everything, piggyback, spread, tell } from './dissemination.ts';
import { hear, hearFrom, mayBeMember, takeIncarnation } from './hearing.ts';
import { type SwimMessage, swimMessageName } from './messages.ts';
import { FOUNDER, type Opinion } from './opinion.ts';
import { askOthers, hearAck, hearNack, nextPeriod, pick, probeFor, relayLate } from './probing.ts';
import type { SwimCommand, SwimNode, SwimResult, SwimState } from './state.ts';

/** How many are told at once that somebody comes or goes. */
const ANNOUNCED_TO = 3;

/**
 * Membership of a group, kept by its members: SWIM (Das, Gupta and Motivala 2002) with suspicion and turns, and Lifeguard (Dadgar, Phillips and
 * Currey 2017). Throws `SwimOptionsError`.
 */
export function swim(options: SwimOptions): Core<SwimState, SwimMessage, SwimCommand, SwimResult> {
  const config = swimConfig(options);
  return {
    name: 'swim',
    boot: (boot, out) => bootMember(config, boot, out),
    step(state, event, out): void {
      const node: SwimNode = { config, state, out };
      if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'stored') {
        // From now on others may hear of it.
        if (event.token >= state.token) out.note('durable', { incarnation: state.incarnation });
      } else if (!state.isIn && config.defect !== 'refutes-after-leaving') return;
      else if (event.kind === 'message') receive(node, event.from, event.message);
      else if (event.kind === 'timer' && state.isIn) timer(node, event.timer);
    },
    messageType: swimMessageName,
    view: swimView,
  };
}

/** A restarted member takes a later incarnation than any it ever had: whatever it was held for, it is alive now. */
function bootMember(
  config: SwimConfig,
  { self, records }: Boot,
  out: Outbox<SwimMessage, SwimResult>,
): SwimState {
  const known = records['self'] as { readonly incarnation: number; readonly isIn: boolean } | undefined;
  const others = config.founders.filter((id) => id !== self);
  const members: Record<NodeId, Opinion> = {};
  for (const id of others) members[id] = FOUNDER;
  const isIn = known?.isIn ?? config.founders.includes(self);
  const state: SwimState = {
    self,
    isIn,
    incarnation: known?.incarnation ?? 0,
    token: 0,
    members,
    present: others.length + 1,
    order: others,
    next: 0,
    periods: 0,
    sequence: 0,
    probe: null,
    relays: {},
    suspicions: {},
    news: [],
    health: 0,
  };
  if (!isIn) {
    out.note('incarnation', { incarnation: state.incarnation, isIn });
    return state;
  }
  const node: SwimNode = { config, state, out };
  // Broken twin: its old incarnations are forgotten, and what others hold of them is not.
  if (known === undefined || config.defect === 'forgets-incarnation') {
    takeIncarnation(node, 0);
    begin(node);
  } else enter(node);
  return state;
}

/** The first period begins somewhere in a period's time: members that start together do not probe together. */
function begin({ config, out }: SwimNode): void {
  out.setTimer('period', 1, config.periodMs);
}

function enter(node: SwimNode): void {
  const { state } = node;
  state.isIn = true;
  // It was away for nobody knows how long.
  for (const suspicion of Object.values(state.suspicions)) suspicion.since = state.periods;
  takeIncarnation(node, state.incarnation + 1);
  spread(node, { member: state.self, status: 'alive', incarnation: state.incarnation, by: state.self });
  for (const to of pick(node, ANNOUNCED_TO, state.self)) {
    tell(node, to, { type: 'sync', asks: true, updates: everything(node, to) });
  }
  begin(node);
}

function request(node: SwimNode, id: number, command: SwimCommand): void {
  const { state, out } = node;
  if (command === 'join' && !state.isIn) enter(node);
  if (command === 'leave' && state.isIn) leave(node);
  if (command === 'vanish' && state.isIn) goOut(node);
  const { members, self, incarnation, isIn } = state;
  const alive = [self, ...state.order.filter((other) => members[other]?.status === 'alive')];
  out.reply(id, { members: isIn ? alive.sort((a, b) => a - b) : [], incarnation }, state.token);
}

/** Says so and goes. Those who do not hear it find it dead. */
function leave(node: SwimNode): void {
  const { state } = node;
  const { self, incarnation } = state;
  goOut(node);
  spread(node, { member: self, status: 'left', incarnation, by: self });
  for (const to of pick(node, ANNOUNCED_TO, self)) {
    // Nobody waits for the answer.
    tell(node, to, { type: 'ping', sequence: 0, updates: piggyback(node, to) });
  }
}

/** Goes, and forgets what it was about to do and say. */
function goOut(node: SwimNode): void {
  const { state, out } = node;
  state.isIn = false;
  out.cancelTimer('period');
  out.cancelTimer('ack');
  for (const sequence of Object.keys(state.relays)) out.cancelTimer(`relay/${sequence}`);
  Object.assign(state, { probe: null, relays: {}, news: [], health: 0 });
  takeIncarnation(node, state.incarnation);
}

function receive(node: SwimNode, from: NodeId, message: SwimMessage): void {
  if (!mayBeMember(node, from)) return;
  hearFrom(node, from);
  if (message.type !== 'nack') for (const update of message.updates) hear(node, update);
  switch (message.type) {
    case 'ping':
      tell(node, from, { type: 'ack', sequence: message.sequence, updates: piggyback(node, from) });
      break;
    case 'ping-req':
      probeFor(node, from, message.sequence, message.target);
      break;
    case 'ack':
      hearAck(node, from, message.sequence);
      break;
    case 'nack':
      hearNack(node, from, message.sequence);
      break;
    case 'sync':
      if (message.asks) tell(node, from, { type: 'sync', asks: false, updates: everything(node, from) });
  }
}

function timer(node: SwimNode, name: string): void {
  if (name === 'period') nextPeriod(node);
  else if (name === 'ack') askOthers(node);
  else if (name.startsWith('relay/')) relayLate(node, Number(name.slice('relay/'.length)));
}

/** What observers see of a member: its incarnation, how many it holds for what, and its health. */
export function swimView(state: SwimState): NodeView {
  const { isIn, incarnation, members, health, present } = state;
  const held = Object.entries(members);
  const names = (status: string): string =>
    held.flatMap(([id, opinion]) => (opinion.status === status ? [id] : [])).join(' ');
  return {
    role: isIn ? 'member' : 'out',
    incarnation,
    present: isIn ? present : 0,
    suspect: names('suspect'),
    dead: names('dead'),
    left: names('left'),
    health,
  };
}
