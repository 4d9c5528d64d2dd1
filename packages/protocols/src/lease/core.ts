import type { Core, NodeId, NodeView, RequestId } from '../core/core.ts';
import { fencedLeaseConfig, type FencedLeaseOptions } from './config.ts';
import { bootGranter, claim, release, renew, runOut, startGranter } from './granter.ts';
import {
  askForLease,
  askForTime,
  askLater,
  bootHolder,
  fenced,
  granted,
  leaseOver,
  refused,
} from './holder.ts';
import { type LeaseMessage, leaseMessageName } from './messages.ts';
import { bootResource, call, open } from './resource.ts';
import { called, opened, resend, serve } from './serving.ts';
import {
  type GranterState,
  type HolderState,
  isServing,
  type LeaseCommand,
  type LeaseNode,
  type LeaseResult,
  type LeaseState,
  type ResourceState,
} from './state.ts';

/**
 * Leases with fencing: a majority of granters gives authority for a time (Gray and Cheriton 1989), under a token that only rises; the holder
 * stops by its own clock before the granters give it away by theirs; the resource refuses every token below the highest that opened
 * it. Writes need no clock at all to be safe; reads from the holder's memory are as good as the clocks. Timers must go on while a host is
 * suspended, and those that are due must fire before what came later is delivered. Throws `LeaseOptionsError`.
 */
export function fencedLease(
  options: FencedLeaseOptions,
): Core<LeaseState, LeaseMessage, LeaseCommand, LeaseResult> {
  const config = fencedLeaseConfig(options);
  return {
    name: 'lease',
    boot(boot, out): LeaseState {
      const { self } = boot;
      if (self === config.resource) return bootResource(boot, config);
      if (config.granters.includes(self)) {
        const state = bootGranter(boot, config);
        startGranter({ config, state, out });
        return state;
      }
      const state = bootHolder(boot);
      askLater({ config, state, out });
      return state;
    },
    step(state, event, out): void {
      const node = { config, state, out };
      if (event.kind === 'message') receive(node, event.from, event.message);
      else if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'timer') fire(node, event.timer);
    },
    messageType: leaseMessageName,
    view: leaseView,
  };
}

function receive(node: LeaseNode, from: NodeId, message: LeaseMessage): void {
  const { config, state } = node;
  if (state.role === 'holder') toHolder(node as LeaseNode<HolderState>, from, message);
  else if (!config.holders.includes(from)) return;
  else if (state.role === 'granter') {
    const granter = node as LeaseNode<GranterState>;
    if (message.type === 'claim') claim(granter, from, message);
    else if (message.type === 'renew') renew(granter, from, message);
    else if (message.type === 'release') release(granter, from, message.token);
  } else {
    const resource = node as LeaseNode<ResourceState>;
    if (message.type === 'open') open(resource, from, message);
    else if (message.type === 'call') call(resource, from, message);
  }
}

function toHolder(node: LeaseNode<HolderState>, from: NodeId, message: LeaseMessage): void {
  const { config } = node;
  if (config.granters.includes(from)) {
    if (message.type === 'granted') granted(node, from, message);
    else if (message.type === 'refused') refused(node, from, message);
  } else if (from === config.resource) {
    if (message.type === 'opened') opened(node, message);
    else if (message.type === 'called') called(node, message);
    else if (message.type === 'fenced') fenced(node, message);
  }
}

function request(node: LeaseNode, id: RequestId, command: LeaseCommand): void {
  const { state, out } = node;
  if (state.role === 'holder') serve(node as LeaseNode<HolderState>, id, command);
  else {
    const holder = state.role === 'granter' ? state.holder : state.writer;
    out.reply(id, { ok: false, error: 'not-holder', holder });
  }
}

function fire(node: LeaseNode, timer: string): void {
  if (node.state.role === 'granter') runOut(node as LeaseNode<GranterState>);
  if (node.state.role !== 'holder') return;
  const holder = node as LeaseNode<HolderState>;
  if (timer === 'retry') askForLease(holder);
  else if (timer === 'renew') askForTime(holder);
  else if (timer === 'resend') resend(holder);
  else leaseOver(holder, Number(timer.slice('lease/'.length)));
}

/** What observers see of a node: its part, the token, and who it thinks has the lease. */
export function leaseView(state: LeaseState): NodeView {
  switch (state.role) {
    case 'granter':
      return {
        role: 'granter',
        token: state.token,
        holder: state.running ? state.holder : 0,
        doing: state.running ? 'granted' : 'free',
      };
    case 'holder': {
      const doing = isServing(state) ? 'serves' : state.held > 0 ? 'holds' : 'waits';
      return { role: 'holder', token: state.token, holder: state.known, doing };
    }
    case 'resource':
      return { role: 'resource', token: state.highest, holder: state.writer, doing: 'guards' };
  }
}
