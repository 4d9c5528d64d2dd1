import { clonePlain } from '@holdfast/plain';
import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import { type LeaderFollowerConfig, type LeaderFollowerOptions, leaderFollowerConfig } from './config.ts';
import { askAll, impatient, replace, reported, watch } from './controller.ts';
import { adopt, append, fence, install } from './follower.ts';
import { acknowledge, appended, beat, degrade, lagOf, lead, mismatch, write } from './leader.ts';
import { applyAcknowledged, compact, entryKey, lastOf, persisted, restore } from './log.ts';
import {
  type ReplicaSnapshot,
  type ReplicatedEntry,
  type ReplicationMessage,
  replicationMessageName,
} from './messages.ts';
import type { ReplicaNode, ReplicationCommand, ReplicationResult, ReplicationState } from './state.ts';

/**
 * Leader-follower replication of a state machine: one node orders writes and ships its log, the others apply it in that order. A
 * controller watches the leader and appoints another under a higher epoch, after enough nodes have promised to follow no earlier one
 * (PacificA, Lin et al. 2008; viewstamped logs compared by epoch, then length). `acknowledge` says what a success means. Throws
 * `ReplicationOptionsError`.
 */
export function leaderFollower(
  options: LeaderFollowerOptions,
  machine: Machine,
): Core<ReplicationState, ReplicationMessage, ReplicationCommand, ReplicationResult> {
  const config = leaderFollowerConfig(options);
  const known = [...config.nodes, ...config.observers, config.controller];
  return {
    name: 'leader-follower',
    boot(boot, out): ReplicationState {
      const state = bootState(boot, config, machine);
      const node: ReplicaNode = { config, machine, state, out };
      if (state.control === null) return state;
      if (state.leader === 0) replace(node);
      else {
        askAll(node);
        watch(node);
      }
      return state;
    },
    step(state, event, out): void {
      const node: ReplicaNode = { config, machine, state, out };
      if (event.kind === 'message') {
        if (!known.includes(event.from)) return;
        if (state.control === null) receive(node, event.from, event.message);
        else hearReport(node, event.from, event.message);
      } else if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'timer') fire(node, event.timer);
      else if (state.control === null) {
        persisted(node, event.token);
        acknowledge(node);
      }
      if (state.control === null) compact(node);
    },
    messageType: replicationMessageName,
    view: replicationView,
  };
}

function receive(node: ReplicaNode, from: NodeId, message: ReplicationMessage): void {
  const { config, state } = node;
  const isCurrent = 'epoch' in message && message.epoch === state.epoch && state.role === 'leader';
  switch (message.type) {
    case 'fence':
      if (config.nodes.includes(state.self)) fence(node, message.epoch);
      break;
    case 'appoint':
      appointed(node, message.epoch, message.leader);
      break;
    case 'append':
      append(node, from, message);
      break;
    case 'snapshot':
      install(node, from, message);
      break;
    case 'appended':
      if (isCurrent) appended(node, from, message);
      break;
    case 'mismatch':
      if (isCurrent) mismatch(node, from, message.from);
      break;
    case 'refused':
      // Another epoch is at hand; who leads it will be heard.
      if (message.epoch > state.epoch) adopt(node, message.epoch, 0);
      break;
    case 'report':
    case 'alive':
      break;
  }
}

function appointed(node: ReplicaNode, epoch: number, leader: NodeId): void {
  const { state } = node;
  if (epoch < state.epoch || (epoch === state.epoch && state.role === 'leader')) return;
  if (leader !== state.self) {
    if (epoch > state.epoch || state.leader === 0) adopt(node, epoch, leader);
    return;
  }
  // Only in the epoch it promised, and since it last started: before a crash it may have led, and sent entries it has forgotten.
  if (epoch === state.epoch && state.leader === 0 && epoch > state.barred) lead(node, epoch);
}

function hearReport(node: ReplicaNode, from: NodeId, message: ReplicationMessage): void {
  const { config, state } = node;
  if (message.type === 'report') {
    if (config.nodes.includes(from)) reported(node, from, message);
  } else if (message.type === 'refused') {
    if (message.epoch <= state.epoch) return;
    state.epoch = message.epoch;
    replace(node);
  } else if (message.type === 'alive' && message.epoch === state.epoch && from === state.leader) watch(node);
}

function request(node: ReplicaNode, id: number, command: ReplicationCommand): void {
  const { machine, state, out } = node;
  if (state.control !== null) out.reply(id, { ok: false, error: 'not-leader', leader: state.leader });
  else if (command.kind === 'write') {
    const { client, sequence, operation } = command;
    write(node, id, { client, sequence, operation });
  } else {
    const value = clonePlain(machine.query?.(state.machine, command.operation) ?? null);
    out.reply(id, { ok: true, value, applied: state.applied });
    out.note('read', { applied: state.applied, role: state.role });
  }
}

function fire(node: ReplicaNode, timer: string): void {
  if (timer === 'heartbeat') beat(node);
  else if (timer === 'semi-sync') degrade(node);
  else if (timer === 'watch') replace(node);
  else if (timer === 'ask') askAll(node);
  else if (timer === 'patience') impatient(node);
}

function bootState(
  { self, records }: Boot,
  config: LeaderFollowerConfig,
  machine: Machine,
): ReplicationState {
  const empty: ReplicaSnapshot = { index: 0, epoch: 0, machine: machine.init() as never, sessions: {} };
  const promise = (records['promise'] ?? { epoch: 0, acknowledged: 0 }) as {
    epoch: number;
    acknowledged: number;
  };
  const decision = (records['decision'] ?? { epoch: 0, leader: 0, previous: 0 }) as {
    epoch: number;
    leader: number;
    previous: number;
  };
  const isController = self === config.controller;
  const state: ReplicationState = {
    self,
    role: isController ? 'controller' : 'follower',
    epoch: isController ? decision.epoch : promise.epoch,
    leader: isController ? decision.leader : 0,
    base: foundSnapshot(records, empty),
    log: [],
    durable: 0,
    storing: [],
    lastStore: 0,
    acknowledged: 0,
    applied: 0,
    machine: null,
    sessions: {},
    sessionCount: 0,
    waiting: {},
    followers: {},
    degraded: false,
    audits: [],
    diverged: false,
    barred: 0,
    control: isController
      ? { phase: 'watching', previous: decision.previous, reports: {}, patient: false }
      : null,
  };
  for (let index = state.base.index + 1; ; index++) {
    const entry = records[entryKey(index)];
    if (entry === undefined) break;
    state.log.push(entry as ReplicatedEntry);
  }
  // Broken twin: what was not known to be acknowledged is cut, before the leader was asked.
  if (config.defect === 'truncates-to-acknowledged') {
    state.log.length = Math.max(0, Math.min(state.log.length, promise.acknowledged - state.base.index));
  }
  state.epoch = Math.max(state.epoch, state.base.epoch, state.log[state.log.length - 1]?.epoch ?? 0);
  state.barred = state.epoch;
  state.durable = lastOf(state);
  state.acknowledged = state.base.index;
  const node = { config, machine, state, out: QUIET };
  restore(node, state.base);
  applyAcknowledged(node);
  return state;
}

/** Effects nobody needs: booting applies nothing that waits. */
const QUIET: ReplicaNode['out'] = {
  send: () => undefined,
  store: () => 0,
  setTimer: () => undefined,
  cancelTimer: () => undefined,
  reply: () => undefined,
  choose: () => 0,
  note: () => undefined,
};

function foundSnapshot(records: Boot['records'], empty: ReplicaSnapshot): ReplicaSnapshot {
  const found = records['snapshot'] as ReplicaSnapshot | undefined;
  const at = records['snapshot-at'] as Pick<ReplicaSnapshot, 'index' | 'epoch'> | undefined;
  if (found === undefined) return empty;
  return at === undefined ? { ...empty, ...found } : { ...found, ...at };
}

/** What observers see of a node: role, epoch, leader, the ends of its log, and the greatest lag of a leader's followers in entries. */
export function replicationView(state: ReplicationState): NodeView {
  const last = lastOf(state);
  const lags = Object.values(state.followers).map((follower) => lagOf(follower, last));
  return {
    role: state.role,
    epoch: state.epoch,
    leader: state.leader,
    last,
    durable: state.durable,
    commit: state.acknowledged,
    applied: state.applied,
    lag: lags.length > 0 ? Math.max(...lags) : null,
    degraded: state.degraded,
  };
}
