import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import { receiveRelayed } from '../byzantine/desk.ts';
import { copyExecution, emptyExecution, type Execution } from '../byzantine/execution.ts';
import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import { acceptPrePrepare, learnCommitted, vote } from './agreement.ts';
import { adoptState, heardCheckpoint } from './checkpoints.ts';
import { type PbftOptions, pbftConfig, primaryOf } from './config.ts';
import { type PbftMessage, pbftMessageName } from './messages.ts';
import { execute, progress } from './execution.ts';
import { heardNewView, heardViewChange } from './newView.ts';
import { armRequestTimer } from './patience.ts';
import { propose, request } from './requests.ts';
import { resume } from './resume.ts';
import { answerStatus, reportStatus } from './retransmission.ts';
import { deskOf, type PbftNode, type PbftState, type Slot } from './state.ts';
import { requestTimedOut, viewTimedOut } from './viewChange.ts';

/**
 * Practical Byzantine fault tolerance (Castro and Liskov 1999) over a replicated state machine: 3f + 1 replicas of which f may do whatever
 * they like. Throws `ByzantineOptionsError` for options no group can run with.
 */
export function pbft(
  options: PbftOptions,
  machine: Machine,
): Core<PbftState, PbftMessage, SignedCommand, ByzantineResult> {
  const config = pbftConfig(options);
  return {
    name: 'pbft',
    boot({ self, records }, out): PbftState {
      // Broken twin: the disk was lost, the id kept.
      const found = config.defect === 'forgets-on-restart' ? {} : records;
      const state = bootState({ self, records: found }, machine);
      const node: PbftNode = { config, machine, state, out };
      resume(node);
      goOn(node);
      return state;
    },
    step(state, event, out): void {
      const node: PbftNode = { config, machine, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'timer') {
        if (event.timer === 'request') requestTimedOut(node);
        else if (event.timer === 'view') viewTimedOut(node);
        else if (event.timer === 'status') reportStatus(node);
      }
      hearOwn(node, event.kind === 'stored' ? event.token : 0);
      goOn(node);
    },
    messageType: pbftMessageName,
    view: (state) => pbftView(state, primaryOf(config, state.view)),
  };
}

function bootState({ self, records }: Boot, machine: Machine): PbftState {
  const { view, active } = (records['view'] as { view: number; active: boolean } | undefined) ?? {
    view: 0,
    active: true,
  };
  const stable = records['stable'] as { sequence: number; proof: PbftState['stableProof'] } | undefined;
  const slots: Record<number, Slot> = {};
  const snapshots: Record<number, Execution> = {};
  const low = stable?.sequence ?? 0;
  for (const [key, value] of Object.entries(records)) {
    const number = Number(key.slice(key.indexOf('/') + 1));
    if (key.startsWith('slot/') && number > low) {
      slots[number] = { ...(value as Slot), prepares: {}, commits: {} };
    } else if (key.startsWith('snapshot/') && number >= low) snapshots[number] = value as Execution;
  }
  const snapshot = snapshots[low];
  return {
    self,
    view,
    active,
    stable: low,
    stableProof: stable?.proof ?? [],
    slots,
    snapshots,
    checkpoints: {},
    execution: snapshot === undefined ? emptyExecution(machine) : copyExecution(snapshot),
    pending: [],
    assigned: {},
    lastSequence: 0,
    viewChanges: {},
    newView: (records['new-view'] as PbftState['newView'] | undefined) ?? null,
    timedView: -1,
    timedFor: '',
    relayed: false,
    attempts: 0,
    own: [],
  };
}

function receive(node: PbftNode, from: NodeId, message: PbftMessage): void {
  switch (message.type) {
    case 'request':
      receiveRelayed(deskOf(node), message.command);
      break;
    case 'pre-prepare':
      acceptPrePrepare(node, message);
      break;
    case 'prepare':
    case 'commit':
      vote(node, message);
      break;
    case 'checkpoint':
      heardCheckpoint(node, message);
      break;
    case 'view-change':
      heardViewChange(node, message);
      break;
    case 'new-view':
      heardNewView(node, message);
      break;
    case 'status':
      answerStatus(node, from, message);
      break;
    case 'committed':
      learnCommitted(node, message);
      break;
    case 'state':
      if (adoptState(node, message.sequence, message.proof, message.snapshot)) progress(node);
      break;
  }
}

function hearOwn(node: PbftNode, durable: number): void {
  const { state } = node;
  for (;;) {
    const at = state.own.findIndex(({ after }) => after <= durable);
    const [heard] = at < 0 ? [] : state.own.splice(at, 1);
    if (heard === undefined) return;
    receive(node, state.self, heard.message);
  }
}

/** What an event may have made possible. */
function goOn(node: PbftNode): void {
  execute(node);
  propose(node);
  armRequestTimer(node);
}

/** What observers see of a replica. */
export function pbftView(state: PbftState, primary: NodeId): NodeView {
  return {
    role: primary === state.self ? 'primary' : 'backup',
    leader: state.active ? primary : 0,
    view: state.view,
    active: state.active,
    stable: state.stable,
    applied: state.execution.executed,
    pending: state.pending.length,
  };
}
