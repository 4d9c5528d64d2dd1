import type { Boot, Core, NodeView, Outbox } from '../core/core.ts';
import {
  paxos,
  type PaxosCommand,
  type PaxosMessage,
  type PaxosOptions,
  type PaxosResult,
  type PaxosState,
} from '../paxos/index.ts';
import type { Plain } from '@holdfast/plain';

/** Names one decision: `term/3`, `vote/2`, `slot/7`. Letters, digits and slashes. */
export type InstanceName = string;

/** What nodes say to each other: a message of one instance. */
export interface ConsensusMessage {
  readonly instance: InstanceName;
  readonly message: PaxosMessage;
}

/** A client proposes a value for one decision, and hears what was decided. */
export interface ConsensusCommand extends PaxosCommand {
  readonly instance: InstanceName;
}

/** A node's whole state: one state of Paxos for each decision it has heard of. */
export interface ConsensusState {
  readonly self: number;
  instances: Record<InstanceName, PaxosState>;
}

type Out = Outbox<ConsensusMessage, PaxosResult>;

/**
 * As many decisions as are asked for, each by single-decree Paxos of its own: the one module on which leader election, atomic commit and a
 * replicated log stand (`problems.ts`). Throws `PaxosOptionsError`.
 */
export function consensusModule(
  options: PaxosOptions,
): Core<ConsensusState, ConsensusMessage, ConsensusCommand, PaxosResult> {
  const core = paxos(options);
  const instanceOf = (state: ConsensusState, name: InstanceName, out: Out): PaxosState =>
    (state.instances[name] ??= core.boot({ self: state.self, records: {} }, scoped(out, name)));
  return {
    name: 'consensus',
    boot(boot, out): ConsensusState {
      const instances: ConsensusState['instances'] = {};
      for (const [name, records] of recordsByInstance(boot)) {
        instances[name] = core.boot({ self: boot.self, records }, scoped(out, name));
      }
      return { self: boot.self, instances };
    },
    step(state, event, out): void {
      const to = (name: InstanceName, inner: Parameters<typeof core.step>[1]): void =>
        core.step(instanceOf(state, name, out), inner, scoped(out, name));
      switch (event.kind) {
        case 'message':
          to(event.message.instance, { ...event, message: event.message.message });
          break;
        case 'request':
          to(event.command.instance, { ...event, command: { value: event.command.value } });
          break;
        case 'timer': {
          const at = event.timer.lastIndexOf(':');
          to(event.timer.slice(0, at), { kind: 'timer', timer: event.timer.slice(at + 1) });
          break;
        }
        case 'stored':
          for (const name of Object.keys(state.instances)) to(name, event);
      }
    },
    messageType: ({ message }) => core.messageType(message),
    view: consensusView,
  };
}

/** An outbox in which messages, records and timers carry the name of the decision. */
function scoped(out: Out, instance: InstanceName): Outbox<PaxosMessage, PaxosResult> {
  return {
    send: (to, message, after) => out.send(to, { instance, message }, after),
    store: (writes) => out.store(writes.map(({ key, value }) => ({ key: `${instance}:${key}`, value }))),
    setTimer: (timer, minMs, maxMs) => out.setTimer(`${instance}:${timer}`, minMs, maxMs),
    cancelTimer: (timer) => out.cancelTimer(`${instance}:${timer}`),
    reply: (id, result, after) => out.reply(id, result, after),
    choose: (label, among) => out.choose(label, among),
    note: (kind, data) => out.note(kind, { instance, data }),
  };
}

function recordsByInstance({ records }: Boot): Map<InstanceName, Record<string, unknown>> {
  const found = new Map<InstanceName, Record<string, unknown>>();
  for (const [key, value] of Object.entries(records)) {
    const at = key.lastIndexOf(':');
    const name = key.slice(0, at);
    found.set(name, { ...found.get(name), [key.slice(at + 1)]: value });
  }
  return found;
}

/** What was decided at this node, by instance; undefined while it does not know. */
export function decidedOf(state: ConsensusState, name: InstanceName): Plain | undefined {
  return state.instances[name]?.decided?.value;
}

/** What observers see of a node: how many decisions it has heard of, and how many it knows. */
export function consensusView(state: ConsensusState): NodeView {
  const instances = Object.values(state.instances);
  return {
    role: 'node',
    instances: instances.length,
    decided: instances.filter(({ decided }) => decided !== null).length,
  };
}
