import type { NodeId } from '../core/core.ts';
import { ballotOf, roundOf } from '../paxos/ballot.ts';
import { type CommandId, conflict, coordinatorOf, sameIds } from './commandId.ts';
import { propose, sayCommitted, watch } from './commit.ts';
import type { EPaxosMessage, Invalidating } from './messages.ts';
import { type Attempt, type EPaxosNode, instanceOf, save, startAttempt, tell, tellAll } from './state.ts';

type Message<T extends EPaxosMessage['type']> = Extract<EPaxosMessage, { readonly type: T }>;

const NOTHING = { payload: null, dependencies: [] } as const;

/** Takes a command over in a higher ballot: it must end committed, as what was perhaps committed or as nothing. */
export function recover(node: EPaxosNode, id: CommandId): void {
  const { config, state, out } = node;
  const highest = Math.max(instanceOf(node, id).ballot, state.proposed[id] ?? 0);
  const ballot = ballotOf(roundOf(highest, config.nodes) + 1, config.nodes, state.self);
  state.proposed[id] = ballot;
  startAttempt(node, id, ballot, 'recover');
  // Persist BEFORE send: a ballot must not be used for two recoveries.
  const token = out.store([{ key: `proposed/${id}`, value: ballot }]);
  tellAll(node, { type: 'recover', id, ballot }, token);
}

/** Joins the ballot and tells all it knows; what is committed needs no recovery. */
export function hearRecover(node: EPaxosNode, from: NodeId, { id, ballot }: Message<'recover'>): void {
  const { config, state } = node;
  const instance = instanceOf(node, id);
  if (instance.phase === 'committed') {
    sayCommitted(node, from, id);
    return;
  }
  if (instance.ballot >= ballot) return;
  // Broken twin: what it accepted looks as new as the ballot it joined last.
  const joined = instance.phase === 'accepted' ? instance.ballot : 0;
  const accepted = config.defect === 'one-ballot-variable' ? joined : instance.accepted;
  instance.ballot = ballot;
  const { phase, payload, dependencies, initialDependencies: initial } = instance;
  const reply: EPaxosMessage = {
    type: 'recover-ok',
    id,
    ballot,
    accepted,
    phase,
    payload,
    dependencies,
    initial,
  };
  // Persist BEFORE send.
  tell(node, from, reply, save(node, id));
  if (from !== state.self) watch(node);
}

/** With n - f reports, what may have been committed decides. */
export function recoverOk(node: EPaxosNode, from: NodeId, message: Message<'recover-ok'>): void {
  const { config, state } = node;
  const { id, ballot } = message;
  const attempt = state.attempts[id];
  if (attempt === undefined || attempt.ballot !== ballot || instanceOf(node, id).ballot !== ballot) return;
  if (attempt.step !== 'recover' && attempt.step !== 'validate' && attempt.step !== 'waiting') return;
  attempt.reports[from] = message;
  const reports = Object.values(attempt.reports);
  if (reports.length < config.quorum) return;
  const accepted = reports.filter(({ phase }) => phase === 'accepted');
  if (accepted.length > 0) {
    propose(
      node,
      id,
      ballot,
      accepted.reduce((a, b) => (b.accepted > a.accepted ? b : a)),
    );
  } else if (attempt.reports[coordinatorOf(id)] !== undefined) {
    // The first coordinator has not committed it, and will not: it joined this ballot.
    propose(node, id, ballot, NOTHING);
  } else if (attempt.step === 'recover') recoverFast(node, id, attempt);
}

/** The command may have been committed fast, if enough of the quorum pre-accepted just what was proposed. */
function recoverFast(node: EPaxosNode, id: CommandId, attempt: Attempt): void {
  const { config } = node;
  const { ballot } = attempt;
  const reports = Object.entries(attempt.reports);
  const agreeing = reports
    .map(([, report]) => report)
    .filter(({ phase, dependencies, initial }) => phase === 'pre-accepted' && sameIds(dependencies, initial));
  const [first] = agreeing;
  // Broken twin: somebody may have answered a client.
  const givesUp = config.defect === 'recovers-as-nop';
  if (agreeing.length < reports.length - config.fastFaults || !first?.payload || givesUp) {
    propose(node, id, ballot, NOTHING);
    return;
  }
  // Broken twin: some conflicting command may have gone without it.
  if (config.defect === 'skips-validation') {
    propose(node, id, ballot, { payload: first.payload, dependencies: first.initial });
    return;
  }
  attempt.step = 'validate';
  attempt.quorum = reports.map(([replica]) => Number(replica));
  attempt.agreeing = agreeing.length;
  attempt.command = first.payload;
  attempt.dependencies = first.initial;
  for (const to of attempt.quorum) {
    tell(node, to, { type: 'validate', id, ballot, command: first.payload, dependencies: first.initial });
  }
}

/** Names the conflicting commands known here that do not depend on this one, and on which it does not depend. */
export function validate(node: EPaxosNode, from: NodeId, message: Message<'validate'>): void {
  const { state } = node;
  const { id, ballot, command, dependencies } = message;
  const instance = instanceOf(node, id);
  if (instance.ballot !== ballot || instance.phase === 'committed' || instance.phase === 'accepted') return;
  instance.payload = command;
  instance.initialCommand = command;
  instance.initialDependencies = dependencies;
  const invalidating: Invalidating[] = [];
  for (const [other, known] of Object.entries(state.instances)) {
    if (other === id || dependencies.includes(other)) continue;
    const committed = known.phase === 'committed';
    const payload = committed ? known.payload : known.initialCommand;
    const depends = committed ? known.dependencies : known.initialDependencies;
    if (payload === null || depends.includes(id) || !conflict(payload, command)) continue;
    invalidating.push({ id: other, phase: known.phase });
  }
  // Persist BEFORE send.
  tell(node, from, { type: 'validate-ok', id, ballot, invalidating }, save(node, id));
}

/** Nothing found: the dependencies stand. A committed one found, or one that cannot have waited: there was no fast commit. Else waits. */
export function validateOk(node: EPaxosNode, from: NodeId, message: Message<'validate-ok'>): void {
  const { config, state } = node;
  const { id, ballot, invalidating } = message;
  const attempt = state.attempts[id];
  if (attempt?.step !== 'validate' || attempt.ballot !== ballot || !attempt.quorum.includes(from)) return;
  attempt.validated[from] = invalidating;
  if (Object.keys(attempt.validated).length < attempt.quorum.length) return;
  const found = Object.values(attempt.validated).flat();
  const least = attempt.quorum.length - config.fastFaults;
  const outside = found.some((other) => !attempt.quorum.includes(coordinatorOf(other.id)));
  if (found.length === 0) {
    propose(node, id, ballot, { payload: attempt.command, dependencies: attempt.dependencies });
  } else if (found.some(({ phase }) => phase === 'committed') || (attempt.agreeing === least && outside)) {
    propose(node, id, ballot, NOTHING);
  } else {
    attempt.step = 'waiting';
    attempt.invalidating = [...new Set(found.map((other) => other.id))];
    tellAll(node, { type: 'waiting', id, agreeing: attempt.agreeing });
    reconsider(node);
  }
}

/** Another replica's recovery of a command waits. */
export function hearWaiting(node: EPaxosNode, { id, agreeing }: Message<'waiting'>): void {
  if (instanceOf(node, id).phase === 'committed') return;
  node.state.waitingElsewhere[id] = agreeing;
  reconsider(node);
}

/** Recoveries that wait for other commands go on when those are committed, or wait themselves for this one. */
export function reconsider(node: EPaxosNode): void {
  const { config, state } = node;
  for (const [id, attempt] of Object.entries(state.attempts)) {
    if (attempt.step !== 'waiting' || instanceOf(node, id).ballot !== attempt.ballot) continue;
    const others = attempt.invalidating.map((other) => ({ other, known: state.instances[other] }));
    const committed = others.filter(({ known }) => known?.phase === 'committed');
    const without = committed.some(
      ({ known }) => known?.payload !== null && !known?.dependencies.includes(id),
    );
    const least = config.quorum - config.fastFaults;
    const waits = others.some(({ other }) => (state.waitingElsewhere[other] ?? 0) > least);
    if (without || waits) propose(node, id, attempt.ballot, NOTHING);
    else if (committed.length === others.length) {
      propose(node, id, attempt.ballot, { payload: attempt.command, dependencies: attempt.dependencies });
    }
  }
}
