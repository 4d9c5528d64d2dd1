import type { Core, NodeId, NodeView } from '../core/core.ts';
import { failoverConfig, type FailoverOptions } from './config.ts';
import {
  bootShared,
  bootSwitch,
  bootWitness,
  hearAsShared,
  hearAsSwitch,
  hearAsWitness,
  startWitness,
} from './others.ts';
import {
  act,
  beat,
  bootPair,
  close,
  done,
  force,
  hearBeat,
  heard,
  killed,
  mounted,
  refused,
  silent,
  startPair,
  stepDown,
  voted,
} from './pair.ts';
import type {
  FailoverCommand,
  FailoverMessage,
  FailoverNode,
  FailoverResult,
  FailoverState,
  PairState,
  SharedState,
  SwitchState,
  WitnessState,
} from './state.ts';

/**
 * A pair of which one leads, a witness with the third vote, what both share, and a power switch: failover under a policy, with any of
 * seven preventions of split brain. The power line is a message that the scenario may lose. Throws `FailoverOptionsError`.
 */
export function failover(
  options: FailoverOptions,
): Core<FailoverState, FailoverMessage, FailoverCommand, FailoverResult> {
  const config = failoverConfig(options);
  return {
    name: 'failover',
    boot(boot, out): FailoverState {
      const { self } = boot;
      if (self === config.shared) return bootShared(boot);
      if (self === config.powerSwitch) return bootSwitch(boot);
      if (self === config.witness) {
        const state = bootWitness(boot, config);
        startWitness({ config, state, out });
        return state;
      }
      const state = bootPair(boot, config);
      startPair({ config, state, out });
      return state;
    },
    step(state, event, out): void {
      const node: FailoverNode = { config, state, out };
      if (event.kind === 'message') receive(node, event.from, event.message);
      else if (event.kind === 'timer') fire(node, event.timer);
      else if (event.kind === 'request') {
        if (state.kind !== 'pair') {
          const leader = state.kind === 'witness' ? state.leader : 0;
          out.reply(event.id, { ok: false, error: 'not-leader', leader });
        } else if (event.command.kind === 'force') force({ config, state, out }, event.id);
        else act({ config, state, out }, event.id);
      }
    },
    messageType: ({ type }) => type.replace(/(^|-)([a-z])/g, (_, __, letter: string) => letter.toUpperCase()),
    view: failoverView,
  };
}

function receive(node: FailoverNode, from: NodeId, message: FailoverMessage): void {
  const { state } = node;
  if (state.kind === 'witness') hearAsWitness(node as FailoverNode<WitnessState>, from, message);
  else if (state.kind === 'shared') hearAsShared(node as FailoverNode<SharedState>, from, message);
  else if (state.kind === 'switch') hearAsSwitch(node as FailoverNode<SwitchState>, from, message);
  else toPair(node as FailoverNode<PairState>, from, message);
}

function toPair(node: FailoverNode<PairState>, from: NodeId, message: FailoverMessage): void {
  const { config, state, out } = node;
  if (message.type === 'power-off' && from === config.powerSwitch) {
    if (state.role !== 'off') stepDown(node, 'killed');
    out.send(from, { type: 'power-is-off' }, state.lastStore);
  }
  // Without power nothing is heard.
  if (state.role === 'off') return;
  switch (message.type) {
    case 'beat':
      hearBeat(node, from, message);
      break;
    case 'heard':
      heard(node, message);
      break;
    case 'vote':
      voted(node, message);
      break;
    case 'killed':
      killed(node);
      break;
    case 'mounted':
      mounted(node, message.epoch, message.next);
      break;
    case 'done':
      done(node, message.epoch, message.item);
      break;
    case 'refused':
      refused(node, message.highest);
      break;
    default:
      break;
  }
}

function fire(node: FailoverNode, timer: string): void {
  const { config, state, out } = node;
  if (state.kind === 'witness') state.isLed = false;
  if (state.kind !== 'pair') return;
  const pair = { config, state, out };
  if (timer === 'beat') beat(pair);
  else if (timer === 'watch') silent(pair);
  else close(pair, Number(timer.slice('close/'.length)));
}

/** What observers see of a node. */
export function failoverView(state: FailoverState): NodeView {
  switch (state.kind) {
    case 'pair':
      return { role: state.role, epoch: state.epoch, leader: state.leader, next: state.next };
    case 'witness':
      return { role: 'witness', epoch: state.epoch, leader: state.isLed ? state.leader : 0, next: null };
    case 'shared':
      return { role: 'shared', epoch: state.highest, leader: state.writer, next: state.next };
    case 'switch':
      return { role: 'switch', epoch: null, leader: null, next: state.off.length };
  }
}
