import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import { emptyMerkle } from '../merkle/merkleTree.ts';
import { type Cell, EMPTY_CELL } from './cell.ts';
import { homesOf, type LeaderlessConfig, leaderlessConfig, type LeaderlessOptions } from './config.ts';
import { coordinate, expire, heardFetched, heardLed, heardStored, nameOf } from './coordinator.ts';
import {
  type LeaderlessCommand,
  type LeaderlessMessage,
  leaderlessMessageName,
  type LeaderlessResult,
} from './messages.ts';
import {
  beginExchange,
  collect,
  COLLECT_MS,
  compare,
  exchange,
  handed,
  handOff,
  store,
  takeOver,
} from './replica.ts';
import { absorb, cellOf, countCell, type LeaderlessNode, type LeaderlessState, persist } from './state.ts';

/**
 * Leaderless replication after Dynamo (DeCandia et al. 2007, section 4): any node takes any request; a write is answered with W durable
 * copies, a read merges R answers; replicas that missed something are mended by read repair, hints and exchanges of hash
 * trees. Versions are dotted version vectors. Throws `ReplicationOptionsError`.
 */
export function leaderless(
  options: LeaderlessOptions,
): Core<LeaderlessState, LeaderlessMessage, LeaderlessCommand, LeaderlessResult> {
  const config = leaderlessConfig(options);
  return {
    name: 'leaderless',
    boot(boot, out): LeaderlessState {
      // Broken twin: the disk was lost, the name kept.
      const records = config.defect === 'forgets-on-restart' ? {} : boot.records;
      const state = bootState({ self: boot.self, records }, boot.records, config);
      const node: LeaderlessNode = { config, state, out };
      for (const [key, cell] of Object.entries(state.cells)) countCell(node, key, EMPTY_CELL, cell);
      persist(node, [{ key: 'life', value: state.life }]);
      if (config.antiEntropyMs > 0) out.setTimer('anti-entropy', config.antiEntropyMs);
      if (config.handoffMs > 0 && Object.keys(state.hints).length > 0)
        out.setTimer('handoff', config.handoffMs);
      if (config.defect === 'collects-tombstones') out.setTimer('collect', COLLECT_MS);
      return state;
    },
    step(state, event, out): void {
      const node: LeaderlessNode = { config, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') coordinate(node, { request: event.id }, event.command);
      else if (event.kind === 'timer') fire(node, event.timer);
      else {
        while (state.storing[0] !== undefined && state.storing[0].token <= event.token) {
          const { number } = state.storing.shift() as { readonly number: number };
          heardStored(node, state.self, nameOf(node, number), 0);
        }
      }
    },
    messageType: leaderlessMessageName,
    view: leaderlessView,
  };
}

function receive(node: LeaderlessNode, from: NodeId, message: LeaderlessMessage): void {
  const { state, out } = node;
  if (state.suspected.includes(from)) state.suspected = state.suspected.filter((id) => id !== from);
  switch (message.type) {
    case 'lead':
      coordinate(node, { node: from, name: message.name }, message.command);
      break;
    case 'led':
      heardLed(node, message.name, message.result);
      break;
    case 'store':
      store(node, from, message);
      break;
    case 'stored':
      heardStored(node, from, message.name, message.home);
      break;
    case 'fetch':
      out.send(
        from,
        { type: 'fetched', name: message.name, cell: cellOf(state, message.key) },
        state.lastStore,
      );
      break;
    case 'fetched':
      heardFetched(node, from, message.name, message.cell);
      break;
    case 'repair':
      absorb(node, message.key, message.cell);
      break;
    case 'handoff':
      takeOver(node, from, message.key, message.cell);
      break;
    case 'handed':
      handed(node, from, message.key, message.digest);
      break;
    case 'compare':
      compare(node, from, message);
      break;
    case 'cells':
      exchange(node, from, message);
      break;
  }
}

function fire(node: LeaderlessNode, timer: string): void {
  if (timer === 'handoff') handOff(node);
  else if (timer === 'anti-entropy') beginExchange(node);
  else if (timer === 'collect') collect(node);
  else if (timer.startsWith('operation/')) expire(node, Number(timer.slice('operation/'.length)));
}

function bootState(
  { self, records }: Boot,
  onDisk: Boot['records'],
  config: LeaderlessConfig,
): LeaderlessState {
  const under = (prefix: string): Record<string, Cell> =>
    Object.fromEntries(
      Object.entries(records)
        .filter(([key]) => key.startsWith(prefix))
        .map(([key, value]) => [key.slice(prefix.length), value as Cell]),
    );
  const ranges = config.nodes.map((_, i) => i).filter((range) => homesOf(config, range).includes(self));
  return {
    self,
    life: ((onDisk['life'] as number | undefined) ?? 0) + 1,
    nextOperation: 1,
    cells: under('cell/'),
    trees: Object.fromEntries(ranges.map((range) => [range, emptyMerkle({ fanout: 8, depth: 2 })])),
    hints: under('hint/'),
    operations: {},
    storing: [],
    suspected: [],
    lastStore: 0,
    mended: { repairs: 0, handoffs: 0, exchanged: 0 },
  };
}

/** What observers see of a node: keys and hints held, operations open, and what was mended here. */
export function leaderlessView(state: LeaderlessState): NodeView {
  return {
    keys: Object.keys(state.cells).length,
    hints: Object.keys(state.hints).length,
    open: Object.keys(state.operations).length,
    ...state.mended,
  };
}
