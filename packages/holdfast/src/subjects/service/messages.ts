import type { DeadlineOnWire } from '@holdfast/protocols';

/** What a caller asks. `attempt` is the caller's own number for it; `call` names the user's call in observers' books. */
export interface RequestMessage {
  readonly kind: 'request';
  readonly attempt: number;
  readonly call: number;
  readonly f: string;
  readonly key: string;
  readonly deadline: DeadlineOnWire | null;
}

/** How a request ended. `refused`: without effect, worth another try. `failed`: it may have had one. */
export type AnswerKind = 'ok' | 'degraded' | 'refused' | 'failed' | 'final';

/** The answer to an attempt. */
export interface AnswerMessage {
  readonly kind: 'answer';
  readonly attempt: number;
  readonly answer: AnswerKind;
  readonly output: string;
}

/** The caller no longer waits for an attempt. */
export interface CancelMessage {
  readonly kind: 'cancel';
  readonly attempt: number;
}

/** Everything that travels between clients and services. */
export type ServiceMessage = RequestMessage | AnswerMessage | CancelMessage;

/** A short name for pictures: `charge`, `charge refused`, `cancel`. */
export function serviceLabel(payload: unknown): string {
  const message = payload as ServiceMessage;
  switch (message.kind) {
    case 'request':
      return message.f;
    case 'answer':
      return message.answer;
    case 'cancel':
      return 'cancel';
  }
}
