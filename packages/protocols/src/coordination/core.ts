import type { Plain } from '@holdfast/plain';
import type { Core, NodeView, Outbox, RequestId, StoreToken } from '../core/core.ts';
import type { RaftCommand, RaftResult } from '../raft/client.ts';
import { raft, raftView } from '../raft/core.ts';
import { type RaftMessage, raftMessageName } from '../raft/messages.ts';
import type { RaftState } from '../raft/node.ts';
import { entryTermAt } from '../raft/readers.ts';
import { isApiRead } from './apis/api.ts';
import { type CoordinationConfig, coordinationConfig, type CoordinationOptions } from './config.ts';
import { coordinationMachine } from './machine.ts';
import type { CoordinationMachineState } from './store.ts';
import { expiry, keepTime } from './sessions.ts';
import {
  type CoordinationCommand,
  type CoordinationMessage,
  type CoordinationResult,
  type CoordinationState,
  machineOf,
} from './state.ts';
import { type CoordinationNode, openWatch, serveWatches, watchOver } from './watches.ts';

type RaftCore = Core<RaftState, RaftMessage, RaftCommand, RaftResult>;
type Out = Outbox<CoordinationMessage, CoordinationResult>;

/**
 * A miniature coordination service on the Raft core: sessions with a time to live, ephemeral keys, compare-and-swap, one revision a change, watches
 * that see every event once and in order from any revision on, compaction. A cluster has a name: one that was restored from a snapshot is
 * another. Throws `CoordinationOptionsError`, and `RaftOptionsError` for what is Raft's.
 */
export function coordination(
  options: CoordinationOptions,
): Core<CoordinationState, CoordinationMessage, CoordinationCommand, CoordinationResult> {
  const config = coordinationConfig(options);
  const { keepEvents, restored, defect } = config;
  const machine = coordinationMachine({ keepEvents, restored, defect });
  const core: RaftCore = raft({ ...config.raft, voters: config.nodes }, machine as never);
  return {
    name: 'coordination',
    boot(boot, out): CoordinationState {
      const own = core.boot(boot, new RaftOutbox(config, out));
      const state: CoordinationState = { self: boot.self, raft: own, watches: [], armed: {}, lastOwn: 0 };
      // Broken twin: the number is counted anew from what is left.
      if (defect === 'revision-lost-in-snapshot' && own.snapshot !== null) {
        const held = own.machine as CoordinationMachineState;
        held.revision = held.events.length;
      }
      return state;
    },
    step(state, event, out): void {
      const node: CoordinationNode = { config, state, out };
      const inner = new RaftOutbox(config, out);
      if (event.kind === 'message') {
        const { cluster, message } = event.message;
        if (cluster === config.cluster || defect === 'takes-old-members') {
          core.step(state.raft, { kind: 'message', from: event.from, message }, inner);
        } else out.note('foreign', { from: event.from, cluster });
      } else if (event.kind === 'request') request(core, node, inner, event.id, event.command);
      else if (event.kind === 'timer') fire(core, node, inner, event.timer);
      else core.step(state.raft, event, inner);
      serveWatches(node);
      keepTime(node);
    },
    messageType: ({ message }): string => raftMessageName(message),
    view: coordinationView,
  };
}

function request(
  core: RaftCore,
  node: CoordinationNode,
  inner: RaftOutbox,
  id: RequestId,
  command: CoordinationCommand,
): void {
  const { state, out } = node;
  const { revision } = machineOf(state);
  // A follower may be behind; a leader that has applied its own term's entries never is.
  if ((command.seen ?? 0) > revision && isSettledLeader(state)) {
    out.note('ahead', { seen: command.seen ?? 0, revision });
    out.reply(id, { ok: false, error: 'revision-ahead', revision });
  } else if (command.kind === 'watch') {
    openWatch(node, { request: id, prefix: command.prefix, from: command.from });
  } else {
    const { client, sequence, operation } = command;
    const isRead = operation.f === 'get' || (operation.f === 'api' && isApiRead(operation));
    const mode = operation.f === 'api' && operation.stale === true ? 'local' : 'index';
    const read = isRead ? ({ read: mode } as const) : {};
    const asked: RaftCommand = { client, sequence, operation: operation as unknown as Plain, ...read };
    core.step(state.raft, { kind: 'request', id, command: asked }, inner);
  }
}

function isSettledLeader({ raft: { role, log, term } }: CoordinationState): boolean {
  return role === 'leader' && entryTermAt({ log }, log.applied) === term;
}

function fire(core: RaftCore, node: CoordinationNode, inner: RaftOutbox, timer: string): void {
  const { state } = node;
  if (timer.startsWith('watch/')) watchOver(node, Number(timer.slice('watch/'.length)));
  else if (timer.startsWith('session/')) {
    const operation = expiry(node, Number(timer.slice('session/'.length)));
    if (operation === undefined) return;
    const command: RaftCommand = { client: 0, sequence: 0, operation };
    core.step(state.raft, { kind: 'request', id: --state.lastOwn, command }, inner);
  } else core.step(state.raft, { kind: 'timer', timer }, inner);
}

/** Where the Raft core puts its effects: its messages go out under the name of the cluster, its answers in the service's words. */
class RaftOutbox implements Outbox<RaftMessage, RaftResult> {
  private readonly config: CoordinationConfig;
  private readonly out: Out;

  constructor(config: CoordinationConfig, out: Out) {
    this.config = config;
    this.out = out;
  }

  send(to: number, message: RaftMessage, after?: StoreToken): void {
    this.out.send(to, { cluster: this.config.cluster, message }, after);
  }

  store(writes: Parameters<Out['store']>[0]): StoreToken {
    return this.out.store(writes);
  }

  setTimer(timer: string, minMs: number, maxMs?: number): void {
    this.out.setTimer(timer, minMs, maxMs);
  }

  cancelTimer(timer: string): void {
    this.out.cancelTimer(timer);
  }

  reply(id: RequestId, result: RaftResult, after?: StoreToken): void {
    // Nobody waits for what the node itself has asked.
    if (id < 0) return;
    this.out.reply(id, resultOf(result), after);
  }

  choose(label: string, among: number): number {
    return this.out.choose(label, among);
  }

  note(kind: string, data: unknown): void {
    this.out.note(kind, data);
  }
}

function resultOf(result: RaftResult): CoordinationResult {
  if (result.ok) {
    const { revision = 0 } = (result.value ?? {}) as { readonly revision?: number };
    return { ok: true, value: result.value, revision };
  }
  const { error, leader } = result;
  if (error === 'not-leader') return { ok: false, error, leader };
  return { ok: false, error: error === 'busy' || error === 'refused' ? 'busy' : 'unknown', leader };
}

/** What observers see of a node: Raft's summary, the revision, how many keys, sessions and watches. */
export function coordinationView(state: CoordinationState): NodeView {
  const { role, term, leader, commit, applied } = raftView(state.raft);
  const { revision, keys, sessions, compacted } = machineOf(state);
  return {
    role: role ?? null,
    term: term ?? null,
    leader: leader ?? null,
    commit: commit ?? null,
    applied: applied ?? null,
    revision,
    compacted,
    keys: Object.keys(keys).length,
    sessions: Object.keys(sessions).length,
    watches: state.watches.length,
  };
}
