import type { StateMachine } from 'holdfast';

/** How the service is built; each part can be taken from the careful design or from one that lacks it. */
export interface Posture {
  readonly name: string;
  /** What the provider can recognise a capture by: a key per attempt to pay, which repetitions carry too, or nothing. */
  readonly key: 'per attempt' | 'none';
  /** Whether the next state and the message about it are committed together. */
  readonly transactions: 'one' | 'two';
  /** Whether the database refuses a second payment of an order. */
  readonly unique: boolean;
  /** What a provider that does not answer is taken for. */
  readonly timeout: 'unknown' | 'failure';
  /** What is done about a payment of unknown outcome. */
  readonly unknown: 'reconcile' | 'new key' | 'nothing';
  /** What a user is shown of a payment of unknown outcome. */
  readonly shown: 'pending' | 'failed';
  /** Whether the shop remembers which messages it has acted on. */
  readonly inbox: boolean;
}

export const CAREFUL: Posture = {
  name: 'payment capture',
  key: 'per attempt',
  transactions: 'one',
  unique: true,
  timeout: 'unknown',
  unknown: 'reconcile',
  shown: 'pending',
  inbox: true,
};

/** Where a payment stands. Only `captured`, `declined` and `failed` are final. */
export type PaymentState = 'requested' | 'unknown' | 'captured' | 'declined' | 'failed';

export const PAYMENT: StateMachine<PaymentState> = {
  initial: 'requested',
  moves: {
    requested: ['unknown', 'captured', 'declined', 'failed'],
    unknown: ['captured', 'declined'],
    captured: [],
    declined: [],
    failed: [],
  },
};

/** What a user is shown of it. */
export type Status = 'none' | 'pending' | 'captured' | 'declined' | 'failed';

export const STATUS: StateMachine<Status> = {
  initial: 'none',
  moves: {
    none: ['pending'],
    pending: ['captured', 'declined', 'failed'],
    captured: [],
    declined: [],
    failed: [],
  },
};

export function statusOf(state: PaymentState | undefined, shown: Posture['shown'] = 'pending'): Status {
  if (state === undefined) return 'none';
  if (state === 'unknown') return shown;
  return state === 'requested' ? 'pending' : state;
}

/** The servers, in this order. */
export const NODES = ['api-1', 'api-2', 'worker', 'database', 'provider', 'shop'] as const;
export const [, , , DATABASE, PROVIDER, SHOP] = [0, 1, 2, 3, 4, 5] as const;

/** After so long a server asks the database or the shop again, ms. */
export const AGAIN_MS = 60;
/** How long the worker waits for the provider, ms. */
export const PROVIDER_TIMEOUT_MS = 80;
