import type { Boot, Core, NodeId, NodeView } from '../core/core.ts';
import { type ClientCommand, clientTable } from '../kv/clientTable.ts';
import type { Machine } from '../kv/machine.ts';
import { type CommandId, coordinatorOf, numberOf } from './commandId.ts';
import { accept, acceptOk, commit, preAccept, preAcceptOk, request, watch } from './commit.ts';
import { type EPaxosOptions, epaxosConfig } from './config.ts';
import { execute } from './execute.ts';
import { type EPaxosMessage, epaxosMessageName } from './messages.ts';
import { lookAtOpen } from './patience.ts';
import { hearRecover, hearWaiting, reconsider, recoverOk, validate, validateOk } from './recovery.ts';
import { type EPaxosNode, type EPaxosResult, type EPaxosState, type Instance } from './state.ts';

/**
 * Egalitarian Paxos in the corrected form EPaxos* (Ryabinin, Gotsman and Sutra, "Making Democracy Work: Fixing and Simplifying
 * Egalitarian Paxos", 2025; Moraru, Andersen and Kaminsky 2013) over a replicated state machine: any replica commits a command, in one
 * round trip when no conflicting command is under way. Throws `EPaxosOptionsError` for options no group can run with.
 */
export function epaxos(
  options: EPaxosOptions,
  machine: Machine,
): Core<EPaxosState, EPaxosMessage, ClientCommand, EPaxosResult> {
  const config = epaxosConfig(options);
  return {
    name: 'epaxos',
    boot(boot, out): EPaxosState {
      const state = bootState(boot, machine);
      const node: EPaxosNode = { config, machine, state, out };
      execute(node);
      watch(node);
      return state;
    },
    step(state, event, out): void {
      const node: EPaxosNode = { config, machine, state, out };
      if (event.kind === 'message') {
        if (config.nodes.includes(event.from)) receive(node, event.from, event.message);
      } else if (event.kind === 'request') request(node, event.id, event.command);
      else if (event.kind === 'timer') {
        if (event.timer === 'resend') sayAgain(node);
        else lookAtOpen(node);
      }
      hearOwn(node, event.kind === 'stored' ? event.token : 0);
    },
    messageType: epaxosMessageName,
    view: epaxosView,
  };
}

function bootState({ self, records }: Boot, machine: Machine): EPaxosState {
  const instances: Record<CommandId, Instance> = {};
  for (const [key, value] of Object.entries(records)) {
    if (key.startsWith('command/')) instances[key.slice('command/'.length)] = { ...(value as Instance) };
  }
  const proposed: EPaxosState['proposed'] = {};
  for (const [key, value] of Object.entries(records)) {
    if (key.startsWith('proposed/')) proposed[key.slice('proposed/'.length)] = value as number;
  }
  const own = Object.keys(instances).filter((id) => coordinatorOf(id) === self);
  const ready = Object.keys(instances).filter((id) => instances[id]?.phase === 'committed');
  return {
    self,
    count: Math.max(0, ...own.map(numberOf)),
    instances,
    proposed,
    attempts: {},
    waitingElsewhere: {},
    settled: Object.fromEntries(ready.map((id) => [id, true as const])),
    ready,
    executed: {},
    executedCount: 0,
    machine: machine.init(),
    clients: clientTable(),
    waiting: {},
    watching: false,
    stale: {},
    own: [],
  };
}

function receive(node: EPaxosNode, from: NodeId, message: EPaxosMessage): void {
  switch (message.type) {
    case 'pre-accept':
      preAccept(node, from, message);
      break;
    case 'pre-accept-ok':
      preAcceptOk(node, from, message);
      break;
    case 'accept':
      accept(node, from, message);
      break;
    case 'accept-ok':
      acceptOk(node, from, message);
      break;
    case 'commit':
      commit(node, from, message);
      reconsider(node);
      break;
    case 'recover':
      hearRecover(node, from, message);
      break;
    case 'recover-ok':
      recoverOk(node, from, message);
      break;
    case 'validate':
      validate(node, from, message);
      break;
    case 'validate-ok':
      validateOk(node, from, message);
      break;
    case 'waiting':
      hearWaiting(node, message);
      break;
  }
}

/** Messages may have been lost. */
function sayAgain(node: EPaxosNode): void {
  const { config, state, out } = node;
  let open = Object.values(state.attempts).some(({ step }) => step === 'pre-accept');
  for (const [id, { step, ballot, command, dependencies, accepted, preAccepted }] of Object.entries(
    state.attempts,
  )) {
    const instance = state.instances[id] as Instance;
    if (instance.ballot !== ballot) continue;
    for (const to of config.nodes) {
      if (to === state.self) continue;
      // Its own answer says that the id is durably its own.
      const known = preAccepted[state.self] !== undefined;
      if (step === 'pre-accept' && command !== null && known && preAccepted[to] === undefined) {
        open = true;
        out.send(to, { type: 'pre-accept', id, command, dependencies: instance.initialDependencies });
      } else if (step === 'accept' && !accepted.includes(to)) {
        open = true;
        out.send(to, { type: 'accept', id, ballot, payload: command, dependencies });
      }
    }
  }
  if (open) out.setTimer('resend', config.resendMs);
}

function hearOwn(node: EPaxosNode, durable: number): void {
  const { state } = node;
  for (;;) {
    const at = state.own.findIndex(({ after }) => after <= durable);
    const [heard] = at < 0 ? [] : state.own.splice(at, 1);
    if (heard === undefined) return;
    receive(node, state.self, heard.message);
  }
}

/** What observers see of a replica: how many commands it knows, knows to be committed, and has carried out. */
export function epaxosView(state: EPaxosState): NodeView {
  const instances = Object.values(state.instances);
  return {
    role: 'replica',
    known: instances.length,
    commit: instances.filter(({ phase }) => phase === 'committed').length,
    applied: state.executedCount,
    recovering: Object.values(state.attempts).filter(({ ballot }) => ballot > 0).length,
  };
}
