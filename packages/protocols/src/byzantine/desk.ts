import type { Outbox, RequestId } from '../core/core.ts';
import { type ByzantineResult, commandKey, isGenuine, type SignedCommand } from './command.ts';
import type { Execution } from './execution.ts';
import type { Signer } from './signer.ts';

/** A request that is not carried out. */
export interface Pending {
  readonly command: SignedCommand;
  /** Requests of this node to be answered. */
  waiting: RequestId[];
}

/** Where clients are received: the requests of a node that wait, and what they are answered. */
export interface Desk<M> {
  readonly state: {
    /** Oldest first. */
    pending: Pending[];
    readonly execution: Execution;
  };
  readonly out: Outbox<M, ByzantineResult>;
  readonly signer: Signer;
  /** Beyond it requests are refused. */
  readonly maxPending: number;
  /** Whether clients' signatures are taken on trust: only in a broken twin. */
  readonly trusting?: boolean;
  /** Whether a command that was carried out may be ordered again: only in a broken twin. */
  readonly forgetful?: boolean;
}

/** A client asks this node: answers whether the command waits now. If not, the client has its answer. */
export function receiveRequest<M>(desk: Desk<M>, id: RequestId, command: SignedCommand): boolean {
  const { state, out } = desk;
  if (desk.trusting !== true && !isGenuine(desk.signer, command)) {
    out.reply(id, { ok: false, error: 'not-genuine' });
    return false;
  }
  const session = state.execution.sessions[command.client];
  if (session !== undefined && session.sequence >= command.sequence && desk.forgetful !== true) {
    if (session.sequence > command.sequence) out.reply(id, { ok: false, error: 'stale-sequence' });
    else out.reply(id, { ok: true, value: session.value });
    return false;
  }
  const waiting = hold(desk, command);
  if (waiting === undefined) out.reply(id, { ok: false, error: 'too-many-pending' });
  else waiting.push(id);
  return waiting !== undefined;
}

/** Another node passed a request on: answers whether it waits now. */
export function receiveRelayed<M>(desk: Desk<M>, command: SignedCommand): boolean {
  if (desk.trusting !== true && !isGenuine(desk.signer, command)) return false;
  if (isExecuted(desk.state.execution, command) && desk.forgetful !== true) return false;
  return hold(desk, command) !== undefined;
}

function hold<M>({ state, maxPending }: Desk<M>, command: SignedCommand): RequestId[] | undefined {
  const key = commandKey(command);
  const known = state.pending.find((pending) => commandKey(pending.command) === key);
  if (known !== undefined) return known.waiting;
  if (state.pending.length >= maxPending) return undefined;
  const waiting: RequestId[] = [];
  state.pending.push({ command, waiting });
  return waiting;
}

/** Answers those whose commands are carried out by now; gives the commands that wait no more. */
export function answerExecuted<M>({ state, out }: Pick<Desk<M>, 'state' | 'out'>): readonly SignedCommand[] {
  const gone = state.pending.filter(({ command }) => isExecuted(state.execution, command));
  if (gone.length === 0) return [];
  state.pending = state.pending.filter((pending) => !gone.includes(pending));
  for (const { command, waiting } of gone) {
    const session = state.execution.sessions[command.client];
    for (const id of waiting) {
      if (session?.sequence === command.sequence) out.reply(id, { ok: true, value: session.value });
      else out.reply(id, { ok: false, error: 'stale-sequence' });
    }
  }
  return gone.map(({ command }) => command);
}

/** Whether a command is carried out already. */
export function isExecuted({ sessions }: Execution, { client, sequence }: SignedCommand): boolean {
  return (sessions[client]?.sequence ?? 0) >= sequence;
}
