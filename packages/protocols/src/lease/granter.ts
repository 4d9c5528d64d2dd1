import type { Boot, NodeId } from '../core/core.ts';
import type { FencedLeaseConfig } from './config.ts';
import type { LeaseMessage } from './messages.ts';
import type { GranterState, LeaseNode } from './state.ts';

type Granter = LeaseNode<GranterState>;
type Request = Extract<LeaseMessage, { readonly round: number }>;

/** A granter starts with what it has on its disk. */
export function bootGranter({ self, records }: Boot, { defect }: FencedLeaseConfig): GranterState {
  const found = (records['grant'] ?? { token: 0, holder: 0 }) as { token: number; holder: NodeId };
  // Broken twin: tokens begin anew.
  const { token, holder } = defect === 'token-in-memory' ? { token: 0, holder: 0 } : found;
  // How much of a lease has run while the node was down nobody knows: all of it is still to come.
  // Broken twin: what was not there does not run.
  const running = found.holder !== 0 && defect !== 'grants-after-restart';
  return { role: 'granter', self, token, holder, round: 0, running };
}

/** A lease found at the start runs on from now. */
export function startGranter({ config, state, out }: Granter): void {
  if (state.running) out.setTimer('grant', config.grantMs);
}

/** A claim takes the lease when nobody can have it: epoch and compare-and-swap in one. */
export function claim(node: Granter, from: NodeId, message: Request): void {
  const { state } = node;
  const { round, token } = message;
  // A copy: the same answer, and no more time.
  if (token === state.token && from === state.holder && round === state.round) grant(node, from, message);
  else if (token <= state.token || (state.running && from !== state.holder)) refuse(node, from, round);
  else {
    Object.assign(state, { token, holder: from, round, running: true });
    begin(node);
    // Persist BEFORE send: after a crash the token must not be given again.
    const stored = node.out.store([{ key: 'grant', value: { token, holder: from } }]);
    grant(node, from, message, stored);
  }
}

/** A renewal gives more time to the tenure that is on record, and to no other. Copies and latecomers change nothing. */
export function renew(node: Granter, from: NodeId, message: Request): void {
  const { config, state } = node;
  const { round, token } = message;
  const blind = config.defect === 'renews-blindly';
  const copy = token !== state.token || from !== state.holder || round <= state.round;
  node.out.note('renewal', { copy, extends: blind || !copy });
  // Broken twin: whoever asks for more time had the lease.
  if (blind) {
    Object.assign(state, { holder: from, round, running: true });
    begin(node);
    grant(node, from, message);
  } else if (token !== state.token || from !== state.holder) refuse(node, from, round);
  else if (!copy) {
    state.round = round;
    state.running = true;
    begin(node);
    grant(node, from, message);
  }
}

/** The holder will not act under this token: somebody else may. */
export function release({ state, out }: Granter, from: NodeId, token: number): void {
  if (token !== state.token || from !== state.holder) return;
  Object.assign(state, { holder: 0, running: false });
  out.cancelTimer('grant');
  out.store([{ key: 'grant', value: { token, holder: 0 } }]);
}

/** By this clock the lease is over, so it is by the holder's. */
export function runOut({ state }: Granter): void {
  state.running = false;
}

function begin({ config, out }: Granter): void {
  out.setTimer('grant', config.grantMs);
}

function grant({ out, state }: Granter, to: NodeId, { round, token }: Request, stored = 0): void {
  out.note('granted', { token, holder: to, round: state.round });
  out.send(to, { type: 'granted', round, token }, stored);
}

function refuse({ state, out }: Granter, to: NodeId, round: number): void {
  const holder = state.running ? state.holder : 0;
  out.send(to, { type: 'refused', round, token: state.token, holder });
}
