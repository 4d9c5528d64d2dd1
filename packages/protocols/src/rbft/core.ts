import type { ByzantineResult, SignedCommand } from '../byzantine/command.ts';
import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import type { Machine } from '../kv/machine.ts';
import { primaryOf } from '../pbft/config.ts';
import { pbft } from '../pbft/core.ts';
import type { PbftState } from '../pbft/state.ts';
import { MASTER, type RbftConfig, rbftConfig, type RbftOptions } from './config.ts';
import { InstanceOutbox, stepInstance } from './instances.ts';
import { type RbftMessage, rbftMessageName } from './messages.ts';
import { catchUp, heardVote, monitorTimer, startMonitor, suspect } from './monitoring.ts';
import { nothing } from './nothing.ts';
import { forgetExecuted, propagated, proposed, request } from './propagation.ts';
import type { InstanceCore, RbftNode, RbftState } from './state.ts';

/**
 * Redundant Byzantine fault tolerance (Aublin, Ben Mokhtar and Quema 2013) over a replicated state machine: f + 1 PBFT instances order every request, each
 * with a primary of its own, and what the first, the master, orders is carried out. Where the master is slower than the backups, 2f + 1 nodes
 * that see it change all primaries. Throws `ByzantineOptionsError` for options no group can run with.
 */
export function rbft(
  options: RbftOptions,
  machine: Machine,
): Core<RbftState, RbftMessage, SignedCommand, ByzantineResult> {
  const config = rbftConfig(options);
  const cores: readonly InstanceCore[] = config.instances.map((own, instance) =>
    pbft(own, instance === MASTER ? machine : nothing),
  );
  return {
    name: 'rbft',
    boot(boot, out): RbftState {
      const state = bootState(boot, config);
      const node: RbftNode = { config, cores, state, out };
      for (const [instance, core] of cores.entries()) {
        const records = recordsOf(boot, `${instance}/`);
        state.instances.push(core.boot({ self: boot.self, records }, new InstanceOutbox(node, instance)));
      }
      state.execution = (state.instances[MASTER] as PbftState).execution;
      startMonitor(node);
      return state;
    },
    step(state, event, out): void {
      const node: RbftNode = { config, cores, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'timer') fire(node, event.timer);
      else for (const instance of cores.keys()) stepInstance(node, instance, event);
      catchUp(node);
      state.execution = (state.instances[MASTER] as PbftState).execution;
      forgetExecuted(node);
    },
    messageType: rbftMessageName,
    view: (state) => rbftView(state, config),
  };
}

function bootState({ self, records }: Boot, config: RbftConfig): RbftState {
  return {
    self,
    instances: [],
    execution: { executed: 0, digest: 0, machine: null, sessions: {} },
    change: (records['change'] as number | undefined) ?? 0,
    requests: {},
    parked: {},
    ordered: config.instances.map(() => 0),
    complaint: null,
    votes: {},
    attempts: 0,
  };
}

function recordsOf({ records }: Boot, prefix: string): Record<string, unknown> {
  const own: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(records)) {
    if (key.startsWith(prefix)) own[key.slice(prefix.length)] = value;
  }
  return own;
}

function receive(node: RbftNode, from: NodeId, message: RbftMessage): void {
  if (message.type === 'propagate') propagated(node, from, message.command);
  else if (message.type === 'instance-change') heardVote(node, from, message);
  else if (node.state.instances[message.instance] !== undefined) {
    const { instance, message: inner } = message;
    if (inner.type === 'request') propagated(node, from, inner.command);
    else if (inner.type === 'pre-prepare') proposed(node, instance, from, inner);
    else stepInstance(node, instance, { kind: 'message', from, message: inner });
  }
}

function fire(node: RbftNode, timer: string): void {
  if (monitorTimer(node, timer)) return;
  const slash = timer.indexOf('/');
  const [instance, own] = [Number(timer.slice(0, slash)), timer.slice(slash + 1)];
  // A new view did not come: for all instances together to change.
  if (own === 'view') suspect(node, 'view');
  else stepInstance(node, instance, { kind: 'timer', timer: own });
}

/** What observers see of a node. */
export function rbftView(state: RbftState, config: RbftConfig): NodeView {
  const master = state.instances[MASTER] as PbftState;
  const primary = primaryOf(config, master.view);
  return {
    role: primary === state.self ? 'primary' : 'backup',
    leader: master.active ? primary : 0,
    view: master.view,
    change: state.change,
    active: master.active,
    applied: master.execution.executed,
    backups: state.instances
      .slice(1)
      .map(({ execution }) => execution.executed)
      .join(','),
    complaint: state.complaint,
  };
}
