import type { Boot, NodeId, RequestId } from '../core/core.ts';
import { type FailoverConfig, prevents } from './config.ts';
import type { FailoverMessage, FailoverNode, PairState } from './state.ts';
import { AUTHORITY_SYSTEMS } from './systems.ts';

type Pair = FailoverNode<PairState>;

/** The other one of the pair. */
export function otherOf({ pair }: FailoverConfig, self: NodeId): NodeId {
  return pair[0] === self ? pair[1] : pair[0];
}

/** The first of the pair leads at the very beginning; after a restart nobody leads before it is chosen. */
export function bootPair({ self, records }: Boot, config: FailoverConfig): PairState {
  const found = records['tenure'] as { epoch: number; next: number } | undefined;
  const isFirst = found === undefined && self === config.pair[0];
  const isOff = records['off'] === true;
  return {
    kind: 'pair',
    self,
    role: isOff ? 'off' : isFirst ? 'leader' : 'standby',
    epoch: found?.epoch ?? 1,
    leader: found === undefined ? config.pair[0] : 0,
    next: found?.next ?? 1,
    needs: [],
    count: 0,
    confirmed: 0,
    mounted: false,
    otherIsOff: false,
    waiting: {},
    lastStore: 0,
  };
}

/** Arms what a starting node needs. */
export function startPair(node: Pair): void {
  if (node.state.role === 'leader') lead(node);
  else if (node.state.role === 'standby') watch(node);
}

function watch({ config, out }: Pair): void {
  out.setTimer('watch', config.watchMs, 2 * config.watchMs);
}

function lead(node: Pair): void {
  const { state, out } = node;
  Object.assign(state, { role: 'leader', leader: state.self, needs: [], mounted: false });
  out.note('acquired', { epoch: state.epoch });
  out.cancelTimer('watch');
  storeTenure(node);
  state.confirmed = state.count + 1;
  beat(node);
}

/** Whether acts take effect at what both sides share; a new leader asks it first how far they have come. */
function isShared({ system }: FailoverConfig): boolean {
  return AUTHORITY_SYSTEMS[system].effect === 'shared';
}

function storeTenure({ state, out }: Pair): void {
  const value = { epoch: state.epoch, next: state.next };
  state.lastStore = out.store([{ key: 'tenure', value }]);
}

/** The leader says that it lives. */
export function beat(node: Pair): void {
  const { config, state, out } = node;
  if (state.role !== 'leader') return;
  const { epoch, next } = state;
  const count = ++state.count;
  // The time of this word begins BEFORE it leaves: the others count from when they hear it.
  if (prevents(config, 'fail-closed')) out.setTimer(closeTimer(count), closeLengthMs(config));
  for (const to of [otherOf(config, state.self), config.witness]) {
    out.send(to, { type: 'beat', epoch, count, next }, state.lastStore);
  }
  if (isShared(config) && !state.mounted) out.send(config.shared, { type: 'mount', epoch }, state.lastStore);
  out.setTimer('beat', config.beatMs);
}

const closeTimer = (count: number): string => `close/${count}`;

function closeLengthMs({ closeMs, watchMs, defect }: FailoverConfig): number {
  // Broken twin: longer than the others wait.
  return defect === 'closes-late' ? 3 * watchMs : closeMs;
}

/** One of the others has heard the leader: with itself that is a majority, and it may go on for a while. */
export function heard(node: Pair, message: FailoverMessage & { readonly type: 'heard' }): void {
  const { config, state, out } = node;
  if (state.role !== 'leader' || message.epoch !== state.epoch) return;
  for (; state.confirmed < message.count; state.confirmed++) out.cancelTimer(closeTimer(state.confirmed));
  if (isShared(config)) return;
  for (const item of Object.keys(state.waiting).map(Number)) {
    if (item < message.next) takeEffect(node, item);
  }
}

function takeEffect({ state, out }: Pair, item: number): void {
  const request = state.waiting[item];
  if (request === undefined) return;
  delete state.waiting[item];
  out.note('effect', { epoch: state.epoch, item, by: state.self });
  out.reply(request, { ok: true, item });
}

/** The time of one of its words is over. If none later was answered, the leader fails closed. */
export function close(node: Pair, count: number): void {
  const { config, state } = node;
  // Broken twin: it still has clients, after all.
  if (state.role !== 'leader' || count < state.confirmed || config.defect === 'keeps-leading') return;
  stepDown(node, 'closed');
}

/** Authority ends here; whoever waits hears that the outcome is unknown. */
export function stepDown(node: Pair, why: 'closed' | 'superseded' | 'killed'): void {
  const { state, out } = node;
  const wasLeader = state.role === 'leader';
  state.role = why === 'killed' ? 'off' : 'standby';
  state.needs = [];
  if (wasLeader) out.note('ended', { epoch: state.epoch, why });
  if (state.leader === state.self) state.leader = 0;
  for (const request of Object.values(state.waiting))
    out.reply(request, { ok: false, error: 'authority-lost' });
  state.waiting = {};
  for (const timer of ['beat', 'watch']) out.cancelTimer(timer);
  for (let count = state.confirmed; count <= state.count; count++) out.cancelTimer(closeTimer(count));
  if (why === 'killed') state.lastStore = out.store([{ key: 'off', value: true }]);
  if (state.role === 'standby') watch(node);
}

/** A leader's word. */
export function hearBeat(
  node: Pair,
  from: NodeId,
  message: FailoverMessage & { readonly type: 'beat' },
): void {
  const { state, out } = node;
  const { epoch, count } = message;
  if (epoch < state.epoch || (epoch === state.epoch && state.role !== 'standby')) return;
  if (epoch > state.epoch && state.role !== 'standby') stepDown(node, 'superseded');
  Object.assign(state, { epoch, leader: from, next: Math.max(state.next, message.next) });
  storeTenure(node);
  out.send(from, { type: 'heard', epoch, count, next: state.next }, state.lastStore);
  watch(node);
}

/** The leader has been silent for long: what now is a matter of policy. */
export function silent(node: Pair): void {
  const { config, state } = node;
  const automatic = config.policy === 'single-authority' || config.policy === 'both-writable';
  if (state.role !== 'standby' && state.role !== 'candidate') return;
  state.leader = 0;
  // Whom an operator has told to stand goes on standing.
  if (automatic || state.role === 'candidate') stand(node);
  else watch(node);
}

/** Collects what it takes to lead. */
function stand(node: Pair): void {
  const { config, state, out } = node;
  state.role = 'candidate';
  state.epoch++;
  state.needs = [
    ...(prevents(config, 'quorum-election') ? (['vote'] as const) : []),
    ...(prevents(config, 'stonith') && !state.otherIsOff ? (['kill'] as const) : []),
  ];
  storeTenure(node);
  for (const need of state.needs) {
    if (need === 'vote') out.send(config.witness, { type: 'candidate', epoch: state.epoch }, state.lastStore);
    else out.send(config.powerSwitch, { type: 'kill', node: otherOf(config, state.self) });
  }
  // Broken twin: an order given is as good as carried out.
  if (config.defect === 'promotes-unconfirmed') state.needs = state.needs.filter((need) => need !== 'kill');
  watch(node);
  leadWhenReady(node);
}

function leadWhenReady(node: Pair): void {
  const { state } = node;
  if (state.role !== 'candidate' || state.needs.length > 0) return;
  lead(node);
}

/** The witness has voted. */
export function voted(node: Pair, vote: FailoverMessage & { readonly type: 'vote' }): void {
  const { state } = node;
  if (state.role !== 'candidate' || vote.epoch !== state.epoch || !vote.granted) return;
  // What a majority has heard of, the witness has if the other one has not.
  state.next = Math.max(state.next, vote.next);
  state.needs = state.needs.filter((need) => need !== 'vote');
  leadWhenReady(node);
}

/** The power switch has done what it was told: nothing comes from the other one any more. */
export function killed(node: Pair): void {
  const { state } = node;
  state.otherIsOff = true;
  state.needs = state.needs.filter((need) => need !== 'kill');
  leadWhenReady(node);
}

/** An operator wants this node to lead. */
export function force(node: Pair, request: RequestId): void {
  const { config, state, out } = node;
  if (state.role === 'off') out.reply(request, { ok: false, error: 'not-leader', leader: state.leader });
  else if (state.role === 'leader') out.reply(request, { ok: true, item: 0 });
  else if (!prevents(config, 'no-force-promotion') || config.defect === 'forces-unfenced') {
    // Broken twin, and what comes of the prevention's absence: the operator's word is all it takes.
    state.epoch++;
    lead(node);
    out.reply(request, { ok: true, item: 0 });
  } else if (state.otherIsOff) {
    stand(node);
    out.reply(request, { ok: true, item: 0 });
  } else {
    // What proves that the old leader cannot write? Only the switch.
    out.send(config.powerSwitch, { type: 'kill', node: otherOf(config, state.self) });
    out.reply(request, { ok: false, error: 'old-leader-not-fenced' });
  }
}

/** A client asks for an act of authority. */
export function act(node: Pair, request: RequestId): void {
  const { config, state, out } = node;
  const isReady = state.role === 'leader' && (!isShared(config) || state.mounted);
  if (!isReady) {
    const leader = state.leader === state.self ? 0 : state.leader;
    out.reply(request, { ok: false, error: 'not-leader', leader });
    return;
  }
  const item = state.next++;
  const { epoch } = state;
  storeTenure(node);
  state.waiting[item] = request;
  if (isShared(config)) out.send(config.shared, { type: 'act', epoch, item }, state.lastStore);
  // Whoever leads by a majority acts by a majority; who needs none has it done at once.
  else if (prevents(config, 'quorum-election')) beat(node);
  else takeEffect(node, item);
}

/** The shared part has carried out an act. */
export function done({ state, out }: Pair, epoch: number, item: number): void {
  const request = state.waiting[item];
  if (epoch !== state.epoch || request === undefined) return;
  delete state.waiting[item];
  out.reply(request, { ok: true, item });
}

/** The shared part knows a later epoch: authority is over, whatever was heard here. */
export function refused(node: Pair, highest: number): void {
  const { state } = node;
  if (state.role !== 'leader' || highest <= state.epoch) return;
  stepDown(node, 'superseded');
  state.epoch = highest;
}

/** The storage knows this node as its writer. */
export function mounted({ state }: Pair, epoch: number, next: number): void {
  if (epoch !== state.epoch || state.role !== 'leader') return;
  Object.assign(state, { mounted: true, next: Math.max(state.next, next) });
}
