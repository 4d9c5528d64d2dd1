import {
  type Classified,
  type ClientMessage,
  type ClientResult,
  type Core,
  leaderClient,
  matchingClient,
  type NodeId,
  type ProtocolLab,
} from '@holdfast/protocols';
import { encodePlain } from '@holdfast/plain';

/** What a client hears in the end: the result of a node, unread. */
export type LabClientCore = Core<unknown, ClientMessage<unknown, unknown>, unknown, ClientResult<unknown>>;

const DEADLINE_MS = 2_000;
const ATTEMPT_MS = 300;
const MAX_ATTEMPTS = 8;

/** The program of a lab's clients. */
export function labClient(lab: ProtocolLab, nodes: readonly NodeId[]): LabClientCore {
  const { clients } = lab;
  if (clients.kind === 'matching') {
    return matchingClient<unknown, unknown>({
      nodes,
      equal: clients.equal,
      resendMs: ATTEMPT_MS,
      deadlineMs: DEADLINE_MS,
      opinion: (result) => opinionOf(lab, result),
    }) as LabClientCore;
  }
  return leaderClient<unknown, unknown>({
    servers: nodes,
    attemptTimeoutMs: clients.attemptTimeoutMs ?? (clients.retries ? ATTEMPT_MS : DEADLINE_MS),
    backoffMs: [5, 50],
    maxAttempts: MAX_ATTEMPTS,
    deadlineMs: DEADLINE_MS,
    callsArriveOnce: !clients.retries,
    classify: (result) => classify(lab, result),
  }) as LabClientCore;
}

/** Only an answer that settles the operation is an opinion. */
function opinionOf(lab: ProtocolLab, result: unknown): string | undefined {
  const answer = lab.answer(result);
  if (answer.kind === 'done') return encodePlain(answer.output);
  return answer.kind === 'refused' ? 'refused' : undefined;
}

function classify(lab: ProtocolLab, result: unknown): Classified {
  const answer = lab.answer(result);
  switch (answer.kind) {
    case 'redirect':
      return { kind: 'redirect', leader: answer.node };
    case 'unclear':
      return answer;
    default:
      return { kind: 'done' };
  }
}
