import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import { type ClientCommand, clientTable } from '../kv/clientTable.ts';
import type { Machine } from '../kv/machine.ts';
import { type ViewstampedOptions, viewstampedConfig } from './config.ts';
import { type ViewstampedMessage, viewstampedMessageName } from './messages.ts';
import { beat, hearCommit, prepare, prepareOk, request } from './normal.ts';
import { answerRecovery, askToRecover, recoveryResponse } from './recovery.ts';
import {
  enterNormal,
  primaryOf,
  type ViewstampedNode,
  type ViewstampedResult,
  type ViewstampedState,
} from './state.ts';
import { getState, newState } from './transfer.ts';
import { beginViewChange, doViewChange, hearStartView, startViewChange } from './viewChange.ts';

/**
 * Viewstamped Replication (Liskov and Cowling, "Viewstamped Replication Revisited", 2012) over a replicated state machine: a primary orders
 * requests, a view change replaces it, and a replica that crashed recovers its state from the others. Nothing is written to disk but the
 * number of each start. Throws `ViewstampedOptionsError` for options no group can run with.
 */
export function viewstamped(
  options: ViewstampedOptions,
  machine: Machine,
): Core<ViewstampedState, ViewstampedMessage, ClientCommand, ViewstampedResult> {
  const config = viewstampedConfig(options);
  return {
    name: 'viewstamped',
    boot(boot, out): ViewstampedState {
      const state = bootState(boot, machine);
      // Persist BEFORE taking part: who forgets that it started would not recover after a crash, and would be empty.
      state.startToken = out.store([{ key: 'starts', value: state.incarnation }]);
      // Broken twin: back at once, with nothing.
      if (config.defect === 'answers-without-state') state.status = 'starting';
      return state;
    },
    step(state, event, out): void {
      const node: ViewstampedNode = { config, machine, state, out };
      switch (event.kind) {
        case 'message':
          if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
          break;
        case 'request':
          request(node, event.id, event.command);
          break;
        case 'timer':
          if (event.timer === 'commit') beat(node);
          else if (event.timer === 'recovery') askToRecover(node);
          else beginViewChange(node, state.view + 1);
          break;
        case 'stored':
          if (state.startToken === 0 || event.token < state.startToken) break;
          state.startToken = 0;
          if (state.status === 'starting') enterNormal(node, 0);
          else askToRecover(node);
          break;
      }
    },
    messageType: viewstampedMessageName,
    view: (state): NodeView => viewstampedView(config.nodes, state),
  };
}

function bootState({ self, records }: Boot, machine: Machine): ViewstampedState {
  const incarnation = ((records['starts'] as number | undefined) ?? 0) + 1;
  return {
    self,
    status: incarnation === 1 ? 'starting' : 'recovering',
    incarnation,
    startToken: 0,
    view: 0,
    leads: false,
    lastNormal: 0,
    log: [],
    commit: 0,
    digest: 0,
    machine: machine.init(),
    clients: clientTable(),
    early: {},
    prepared: {},
    waiting: {},
    startViewChanges: {},
    doViewChanges: {},
    saidDoViewChange: false,
    responses: {},
    crashes: { [self]: incarnation },
  };
}

function receive(node: ViewstampedNode, from: NodeId, message: ViewstampedMessage): void {
  const { status } = node.state;
  if (status === 'starting') return;
  if (status === 'recovering') {
    if (message.type === 'recovery-response') recoveryResponse(node, from, message);
    return;
  }
  switch (message.type) {
    case 'prepare':
      prepare(node, from, message);
      break;
    case 'prepare-ok':
      prepareOk(node, from, message);
      break;
    case 'commit':
      hearCommit(node, from, message);
      break;
    case 'get-state':
      getState(node, from, message);
      break;
    case 'new-state':
      newState(node, from, message);
      break;
    case 'start-view-change':
      startViewChange(node, from, message);
      break;
    case 'do-view-change':
      doViewChange(node, from, message);
      break;
    case 'start-view':
      hearStartView(node, from, message);
      break;
    case 'recovery':
      answerRecovery(node, from, message.nonce);
      break;
    case 'recovery-response':
      break;
  }
}

/** What observers see of a replica: status, role, view, and how far its log reaches and is committed. */
export function viewstampedView(nodes: readonly NodeId[], state: ViewstampedState): NodeView {
  const primary = primaryOf({ nodes }, state.view);
  const { status, view, lastNormal, commit, incarnation } = state;
  const role = status === 'normal' ? (state.leads ? 'primary' : 'backup') : status;
  return {
    role,
    view,
    leader: primary,
    lastNormal,
    op: state.log.length,
    commit,
    applied: commit,
    incarnation,
  };
}
