import type { NodeId, RequestId, StoreToken } from '../core/core.ts';
import type { ClientCommand } from '../kv/clientTable.ts';
import type { Ballot } from '../paxos/ballot.ts';
import { type CommandId, commandId, type Payload, sameIds, sortedIds } from './commandId.ts';
import { execute } from './execute.ts';
import type { EPaxosMessage } from './messages.ts';
import { conflictsOf, type EPaxosNode, instanceOf, save, startAttempt, tell, tellAll } from './state.ts';

type Message<T extends EPaxosMessage['type']> = Extract<EPaxosMessage, { readonly type: T }>;

/** A client's command: this replica coordinates it, whoever else is up. */
export function request(
  node: EPaxosNode,
  request: RequestId,
  { client, sequence, operation }: ClientCommand,
): void {
  const { config, state, out } = node;
  if (Object.keys(state.waiting).length >= config.maxOpen) {
    out.reply(request, { ok: false, error: 'too-many-open' });
    return;
  }
  const command: ClientCommand = { client, sequence, operation };
  const id = commandId(state.self, ++state.count);
  state.waiting[id] = request;
  const dependencies = conflictsOf(node, id, command);
  startAttempt(node, id, 0, 'pre-accept').command = command;
  preAccept(node, state.self, { type: 'pre-accept', id, command, dependencies });
  const instance = instanceOf(node, id);
  // Persist BEFORE send: an id must not be used for two commands.
  const token = save(node, id);
  for (const to of config.nodes) {
    if (to !== state.self)
      out.send(to, { type: 'pre-accept', id, command, dependencies: instance.dependencies }, token);
  }
  out.setTimer('resend', config.resendMs);
}

/** A replica adds the conflicting commands it knows. */
export function preAccept(
  node: EPaxosNode,
  from: NodeId,
  { id, command, dependencies }: Message<'pre-accept'>,
): void {
  const instance = instanceOf(node, id);
  if (instance.ballot !== 0 || (instance.phase !== 'initial' && instance.phase !== 'pre-accepted')) return;
  if (instance.phase === 'initial') {
    instance.phase = 'pre-accepted';
    instance.payload = command;
    instance.initialCommand = command;
    instance.initialDependencies = dependencies;
    instance.dependencies = sortedIds([...dependencies, ...conflictsOf(node, id, command)]);
  }
  // Persist BEFORE send.
  const reply: EPaxosMessage = { type: 'pre-accept-ok', id, dependencies: instance.dependencies };
  tell(node, from, reply, save(node, id));
  watch(node);
}

/** With enough answers that all say what was proposed the command is committed at once; else all that was said is accepted first. */
export function preAcceptOk(
  node: EPaxosNode,
  from: NodeId,
  { id, dependencies }: Message<'pre-accept-ok'>,
): void {
  const { config, state } = node;
  const attempt = state.attempts[id];
  const instance = instanceOf(node, id);
  if (attempt?.step !== 'pre-accept' || attempt.ballot !== 0 || instance.ballot !== 0) return;
  attempt.preAccepted[from] = dependencies;
  const answers = Object.values(attempt.preAccepted);
  if (answers.length < config.quorum || attempt.preAccepted[state.self] === undefined) return;
  const union = sortedIds(answers.flat());
  const equal = answers.every((answer) => sameIds(answer, instance.initialDependencies));
  const fast = answers.length >= config.nodes.length - config.fastFaults;
  // Broken twin: answers that differ are as good.
  if (fast && (equal || config.defect === 'fast-with-any-dependencies')) {
    node.out.note('fast', { id });
    commitAll(node, id, instance.initialCommand, union);
  } else propose(node, id, 0, { payload: instance.initialCommand, dependencies: union });
}

/** The second round: payload and dependencies are accepted by n - f before they are committed. */
export function propose(
  node: EPaxosNode,
  id: CommandId,
  ballot: Ballot,
  { payload, dependencies }: { readonly payload: Payload; readonly dependencies: readonly CommandId[] },
): void {
  const attempt = startAttempt(node, id, ballot, 'accept');
  attempt.command = payload;
  attempt.dependencies = dependencies;
  tellAll(node, { type: 'accept', id, ballot, payload, dependencies });
  node.out.setTimer('resend', node.config.resendMs);
}

/** Accepts, unless a higher ballot was joined. */
export function accept(node: EPaxosNode, from: NodeId, message: Message<'accept'>): void {
  const { id, ballot, payload, dependencies } = message;
  const instance = instanceOf(node, id);
  if (instance.phase === 'committed') {
    sayCommitted(node, from, id);
    return;
  }
  if (instance.ballot > ballot) return;
  instance.ballot = ballot;
  instance.accepted = ballot;
  instance.phase = 'accepted';
  instance.payload = payload;
  instance.dependencies = dependencies;
  // Persist BEFORE send.
  tell(node, from, { type: 'accept-ok', id, ballot }, save(node, id));
  watch(node);
}

/** With n - f acceptances the command is committed. */
export function acceptOk(node: EPaxosNode, from: NodeId, { id, ballot }: Message<'accept-ok'>): void {
  const { config, state } = node;
  const attempt = state.attempts[id];
  if (attempt?.step !== 'accept' || attempt.ballot !== ballot || attempt.accepted.includes(from)) return;
  attempt.accepted.push(from);
  if (attempt.accepted.length >= config.quorum) commitAll(node, id, attempt.command, attempt.dependencies);
}

function commitAll(
  node: EPaxosNode,
  id: CommandId,
  payload: Payload,
  dependencies: readonly CommandId[],
): void {
  // Persist BEFORE send: after a crash this replica's answer to a recovery must say committed.
  const token = record(node, id, payload, dependencies);
  tellAll(node, { type: 'commit', id, payload, dependencies }, token);
}

/** What is committed stays so; the first commit stands. */
function record(
  node: EPaxosNode,
  id: CommandId,
  payload: Payload,
  dependencies: readonly CommandId[],
): StoreToken {
  const { state } = node;
  const instance = instanceOf(node, id);
  instance.phase = 'committed';
  instance.payload = payload;
  instance.dependencies = dependencies;
  delete state.attempts[id];
  delete state.waitingElsewhere[id];
  return save(node, id);
}

/** Hears that a command is committed: makes it durable, and hears it from itself once it is. */
export function commit(node: EPaxosNode, from: NodeId, message: Message<'commit'>): void {
  const { state, out } = node;
  const { id, payload, dependencies } = message;
  if (from === state.self) {
    settle(node, message);
    return;
  }
  out.note('commit', { id, payload, dependencies });
  if (instanceOf(node, id).phase === 'committed') return;
  tell(node, state.self, message, record(node, id, payload, dependencies));
}

/** The commit is durable here; what can be carried out now, is. */
function settle(node: EPaxosNode, { id, payload, dependencies }: Message<'commit'>): void {
  const { state, out } = node;
  if (state.settled[id] === true) return;
  out.note('commit', { id, payload, dependencies });
  state.settled[id] = true;
  state.ready.push(id);
  execute(node);
  watch(node);
}

/** Tells one replica what is committed. */
export function sayCommitted(node: EPaxosNode, to: NodeId, id: CommandId): void {
  const { payload, dependencies } = instanceOf(node, id);
  if (to !== node.state.self) tell(node, to, { type: 'commit', id, payload, dependencies }, save(node, id));
}

/** Something is not committed yet: it will be looked at again. What comes meanwhile does not put the look off. */
export function watch({ config, state, out }: EPaxosNode): void {
  if (state.watching) return;
  state.watching = true;
  out.setTimer('recover', config.recoverMs, config.recoverMs * 2);
}
