import type { Boot, NodeId, StoreToken } from '../core/core.ts';
import type { LeaseMessage } from './messages.ts';
import type { HolderNode as Holder, HolderState } from './state.ts';
import { openResource, stopServing } from './serving.ts';

type Granted = Extract<LeaseMessage, { readonly type: 'granted' }>;
type Fenced = Extract<LeaseMessage, { readonly type: 'fenced' }>;
type Refused = Extract<LeaseMessage, { readonly type: 'refused' }>;

/** The timer that ends the lease of a round. */
const leaseTimer = (round: number): string => `lease/${round}`;

/** A holder starts without the lease. */
export function bootHolder({ self, records }: Boot): HolderState {
  return {
    role: 'holder',
    self,
    token: 0,
    // What it claimed before a crash it never claims again: answers to that may still be on their way.
    highest: (records['claimed'] as number | undefined) ?? 0,
    known: 0,
    lastRound: 0,
    rounds: {},
    held: 0,
    values: null,
    op: 0,
    queue: [],
  };
}

/** Waits a while before it asks for the lease: two that ask at once both fail. */
export function askLater({ config, out }: Holder): void {
  out.setTimer('retry', config.retryMs, 2 * config.retryMs);
}

/** Asks for the lease, under a token above all it knows. */
export function askForLease(node: Holder): void {
  const { state, out } = node;
  if (state.held > 0) return;
  if (state.token > 0) giveBack(node);
  state.token = state.highest + 1;
  state.highest = state.token;
  out.note('claims', { token: state.token });
  // Persist BEFORE send: a token is claimed once in the life of a disk.
  ask(node, 'claim', out.store([{ key: 'claimed', value: state.token }]));
  askLater(node);
}

/** Asks for more time. */
export function askForTime(node: Holder): void {
  const { config, state, out } = node;
  if (state.held === 0) return;
  ask(node, 'renew');
  out.setTimer('renew', config.renewMs);
}

/** The holder's time begins BEFORE the request leaves: what the granter gives counts from a later moment. */
function ask({ config, state, out }: Holder, type: 'claim' | 'renew', after: StoreToken = 0): void {
  const round = ++state.lastRound;
  state.rounds[round] = { granted: [], refused: [] };
  out.setTimer(leaseTimer(round), config.leaseMs);
  for (const to of config.granters) out.send(to, { type, round, token: state.token }, after);
}

/** A granter agrees: with a majority of them the round's lease is had, from when it was asked for. */
export function granted(node: Holder, from: NodeId, { round, token }: Granted): void {
  const { config, state, out } = node;
  const asked = state.rounds[round];
  if (asked === undefined || token !== state.token || asked.granted.includes(from)) return;
  asked.granted.push(from);
  if (asked.granted.length < config.quorum || round <= state.held) return;
  const isNew = state.held === 0;
  state.held = round;
  for (const older of Object.keys(state.rounds).map(Number)) if (older < round) forget(node, older);
  // Broken twin: as if it had been asked for now.
  if (config.defect === 'counts-from-receipt') out.setTimer(leaseTimer(round), config.leaseMs);
  if (!isNew) return;
  state.known = state.self;
  out.note('acquired', { token, round });
  out.cancelTimer('retry');
  out.setTimer('renew', config.renewMs);
  openResource(node);
}

/** A granter refuses: a claim that can get no majority is given up, a tenure is not. */
export function refused(node: Holder, from: NodeId, { round, token, holder }: Refused): void {
  const { config, state } = node;
  state.highest = Math.max(state.highest, token);
  if (holder !== 0 && state.held === 0) state.known = holder;
  const asked = state.rounds[round];
  if (asked === undefined || state.held > 0 || asked.refused.includes(from)) return;
  asked.refused.push(from);
  if (asked.refused.length + config.quorum > config.granters.length) giveBack(node);
}

/** The lease of a round is over by this clock. */
export function leaseOver(node: Holder, round: number): void {
  const { config, state } = node;
  // Broken twin: nobody has said so.
  if (config.defect === 'ignores-expiry' && round === state.held) return;
  delete state.rounds[round];
  if (round === state.held) endTenure(node, 'expired');
}

/** The holder acts no longer under this token. */
export function endTenure(node: Holder, why: 'expired' | 'fenced'): void {
  const { state, out } = node;
  if (state.held === 0) return;
  out.note('ended', { token: state.token, why });
  if (state.known === state.self) state.known = 0;
  out.cancelTimer('renew');
  stopServing(node);
  giveBack(node);
  askLater(node);
}

/** Somebody with a higher token has opened the resource: this tenure is over, whatever the clock says. */
export function fenced(node: Holder, { token, highest }: Fenced): void {
  const { state } = node;
  state.highest = Math.max(state.highest, highest);
  if (token === state.token) endTenure(node, 'fenced');
}

/** Whatever the granters still hold for this node is free again: it acts no more. */
function giveBack(node: Holder): void {
  const { config, state, out } = node;
  const { token } = state;
  Object.assign(state, { token: 0, held: 0 });
  for (const round of Object.keys(state.rounds).map(Number)) forget(node, round);
  for (const to of config.granters) out.send(to, { type: 'release', token });
}

function forget({ state, out }: Holder, round: number): void {
  delete state.rounds[round];
  out.cancelTimer(leaseTimer(round));
}
