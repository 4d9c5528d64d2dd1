import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import { receiveRelayed, receiveRequest } from '../byzantine/desk.ts';
import { emptyExecution } from '../byzantine/execution.ts';
import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import { serveBlocks, takeBlocks } from './blocks.ts';
import { certify, heardVote, learnCertificate } from './certificates.ts';
import { commitBehind } from './commit.ts';
import { type HotStuffOptions, hotStuffConfig, leaderOf } from './config.ts';
import { type Block, type HotStuffMessage, hotStuffMessageName } from './messages.ts';
import { answerStatus, armView, heardNewView, reportStatus, viewTimedOut } from './pacemaker.ts';
import { heardEarlier, heardProposal, propose } from './replica.ts';
import { deskOf, GENESIS, type HotStuffNode, type HotStuffState } from './state.ts';

/**
 * Chained HotStuff (Yin, Malkhi, Reiter, Gueta and Abraham 2019, sections 5 and 6) over a replicated state machine: 3f + 1 replicas of which f may do
 * whatever they like; leader and replicas exchange 2(n - 1) messages a block. Throws `ByzantineOptionsError` for options no group can run with.
 */
export function hotStuff(
  options: HotStuffOptions,
  machine: Machine,
): Core<HotStuffState, HotStuffMessage, SignedCommand, ByzantineResult> {
  const config = hotStuffConfig(options);
  return {
    name: 'hotstuff',
    boot(boot, out): HotStuffState {
      const state = bootState(boot, machine);
      const node: HotStuffNode = { config, machine, state, out };
      out.setTimer('status', config.statusMs);
      // What was decided is carried out anew.
      commitBehind(node, state.high);
      armView(node);
      return state;
    },
    step(state, event, out): void {
      const node: HotStuffNode = { config, machine, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') receiveRequest(deskOf(node), event.id, event.command);
      else if (event.kind === 'timer') {
        if (event.timer === 'status') reportStatus(node);
        else viewTimedOut(node);
      }
      goOn(node);
      hearOwn(node, event.kind === 'stored' ? event.token : 0);
    },
    messageType: hotStuffMessageName,
    view: (state) => hotStuffView(state, leaderOf(config, state.view)),
  };
}

type Safety = Pick<HotStuffState, 'view' | 'voted' | 'proposed' | 'wanted' | 'high' | 'locked'>;

function bootState({ self, records }: Boot, machine: Machine): HotStuffState {
  const blocks: Record<string, Block> = {};
  for (const [key, block] of Object.entries(records)) {
    if (key.startsWith('block/')) blocks[key.slice('block/'.length)] = block as Block;
  }
  const found = records['safety'] as Safety | undefined;
  const fresh: Safety = { view: 1, voted: 0, proposed: 0, wanted: 1, high: GENESIS, locked: GENESIS };
  const safety = found ?? fresh;
  return {
    self,
    ...safety,
    blocks,
    positions: {},
    decided: GENESIS.digest,
    announced: 0,
    votes: {},
    newViews: {},
    early: {},
    fetching: [],
    failures: 0,
    timedView: 0,
    execution: emptyExecution(machine),
    pending: [],
    own: [],
  };
}

/** What an event may have made possible. */
function goOn(node: HotStuffNode): void {
  heardEarlier(node);
  certify(node);
  propose(node);
  armView(node);
}

function receive(node: HotStuffNode, from: NodeId, message: HotStuffMessage): void {
  switch (message.type) {
    case 'request':
      receiveRelayed(deskOf(node), message.command);
      break;
    case 'proposal':
      heardProposal(node, message, from);
      break;
    case 'vote':
      heardVote(node, message);
      break;
    case 'new-view':
      heardNewView(node, message, from);
      break;
    case 'status':
      answerStatus(node, from, message);
      break;
    case 'certificate':
      learnCertificate(node, message.certificate, from);
      break;
    case 'fetch':
      serveBlocks(node, from, message.digest);
      break;
    case 'blocks':
      takeBlocks(node, message.blocks);
      break;
  }
}

function hearOwn(node: HotStuffNode, durable: number): void {
  const { state } = node;
  for (;;) {
    const at = state.own.findIndex(({ after }) => after <= durable);
    const [heard] = at < 0 ? [] : state.own.splice(at, 1);
    if (heard === undefined) return;
    receive(node, state.self, heard.message);
    goOn(node);
  }
}

/** What observers see of a replica. */
export function hotStuffView(state: HotStuffState, leader: NodeId): NodeView {
  return {
    role: leader === state.self ? 'leader' : 'replica',
    leader,
    view: state.view,
    voted: state.voted,
    certified: state.high.view,
    locked: state.locked.view,
    applied: state.execution.executed,
    pending: state.pending.length,
  };
}
