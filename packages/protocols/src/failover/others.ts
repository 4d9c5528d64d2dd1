import type { Boot, NodeId } from '../core/core.ts';
import { type FailoverConfig, prevents } from './config.ts';
import type { FailoverMessage, FailoverNode, SharedState, SwitchState, WitnessState } from './state.ts';
import { sharedPartChecks } from './systems.ts';

type Witness = FailoverNode<WitnessState>;
type Shared = FailoverNode<SharedState>;
type Switch = FailoverNode<SwitchState>;

/** The witness starts with what it has voted for. */
export function bootWitness({ self, records }: Boot, { pair, defect }: FailoverConfig): WitnessState {
  const nothing = { epoch: 1, leader: pair[0], next: 1 };
  // Broken twin: votes are forgotten.
  const forgets = defect === 'votes-in-memory';
  const found = (forgets ? nothing : (records['vote'] ?? nothing)) as typeof nothing;
  return { kind: 'witness', self, ...found, isLed: !forgets };
}

/** A leader may live that the witness has not heard since it started. */
export function startWitness({ config, state, out }: Witness): void {
  if (state.isLed) out.setTimer('led', config.watchMs);
}

/** What comes to the witness. */
export function hearAsWitness(node: Witness, from: NodeId, message: FailoverMessage): void {
  if (message.type === 'beat') hearLeader(node, from, message);
  else if (message.type === 'candidate') vote(node, from, message.epoch);
}

function hearLeader(node: Witness, from: NodeId, beat: FailoverMessage & { readonly type: 'beat' }): void {
  const { config, state, out } = node;
  const { epoch, count } = beat;
  if (epoch < state.epoch || (epoch === state.epoch && from !== state.leader)) return;
  Object.assign(state, { epoch, leader: from, next: Math.max(state.next, beat.next), isLed: true });
  out.setTimer('led', config.watchMs);
  // Persist BEFORE send: what a majority has heard must be known to the next leader.
  out.send(from, { type: 'heard', epoch, count, next: state.next }, remember(node));
}

function vote(node: Witness, from: NodeId, epoch: number): void {
  const { config, state, out } = node;
  const again = epoch === state.epoch && state.leader === from;
  // Broken twin: whoever asks gets it.
  const free = !state.isLed || config.defect === 'votes-while-led';
  const granted = again || (epoch > state.epoch && free);
  if (granted) {
    Object.assign(state, { epoch, leader: from, isLed: true });
    out.setTimer('led', config.watchMs);
  }
  // Persist BEFORE send.
  const stored = granted ? remember(node) : 0;
  out.send(from, { type: 'vote', epoch, granted, next: state.next }, stored);
}

function remember({ state, out }: Witness): number {
  const { epoch, leader, next } = state;
  return out.store([{ key: 'vote', value: { epoch, leader, next } }]);
}

/** The shared part starts with what it has seen. */
export function bootShared({ self, records }: Boot): SharedState {
  const found = (records['seen'] ?? {}) as Partial<SharedState>;
  const { highest = 0, writer = 0, next = 1 } = found;
  return { kind: 'shared', self, highest, writer, next, said: {} };
}

/** What comes to the shared part: a new writer, or an act. */
export function hearAsShared(node: Shared, from: NodeId, message: FailoverMessage): void {
  const { config, state, out } = node;
  if (message.type === 'mount') {
    const { epoch } = message;
    if (epoch < state.highest) return;
    // Broken twin: the one before stays where it is.
    if (config.defect !== 'mounts-beside') state.writer = from;
    state.highest = Math.max(state.highest, epoch);
    out.send(from, { type: 'mounted', epoch, next: state.next }, store(node));
  } else if (message.type === 'act') {
    const { epoch, item } = message;
    if (!admits(node, from, epoch)) {
      out.note('fenced', { epoch, highest: state.highest, from });
      out.send(from, { type: 'refused', epoch, item, highest: state.highest });
      return;
    }
    state.said[from] = epoch;
    state.highest = Math.max(state.highest, epoch);
    state.next = Math.max(state.next, item + 1);
    out.note('effect', { epoch, item, by: from });
    out.send(from, { type: 'done', epoch, item }, store(node));
  }
}

function store({ state, out }: Shared): number {
  const { highest, writer, next } = state;
  return out.store([{ key: 'seen', value: { highest, writer, next } }]);
}

function admits({ config, state }: Shared, from: NodeId, epoch: number): boolean {
  const { system, defect } = config;
  const checks = (name: 'fencing-tokens' | 'epochs-in-commands'): boolean =>
    prevents(config, name) && sharedPartChecks(system, name);
  if (checks('fencing-tokens') || checks('epochs-in-commands')) {
    // Broken twin: nobody is older than itself.
    const least = defect === 'compares-with-own-epoch' ? (state.said[from] ?? 0) : state.highest;
    if (epoch < least) return false;
  }
  const single =
    prevents(config, 'single-writer-storage') && sharedPartChecks(system, 'single-writer-storage');
  return !single || defect === 'mounts-beside' || from === state.writer;
}

/** A switch starts with nothing to do; what it cut stays cut. */
export function bootSwitch({ self, records }: Boot): SwitchState {
  return { kind: 'switch', self, orders: {}, off: [...((records['off'] ?? []) as NodeId[])] };
}

/** Cuts the power, and says so when it is cut. */
export function hearAsSwitch({ state, out }: Switch, from: NodeId, message: FailoverMessage): void {
  if (message.type === 'kill') {
    const { node } = message;
    if (state.off.includes(from)) return;
    if (state.off.includes(node)) out.send(from, { type: 'killed', node });
    else {
      state.orders[node] = from;
      out.send(node, { type: 'power-off' });
    }
  } else if (message.type === 'power-is-off') {
    const by = state.orders[from];
    if (!state.off.includes(from)) state.off.push(from);
    const stored = out.store([{ key: 'off', value: [...state.off] }]);
    if (by !== undefined) out.send(by, { type: 'killed', node: from }, stored);
  }
}
