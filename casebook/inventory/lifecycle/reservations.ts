import { attemptMove, noRefusals, type RefusedMoves, type StateMachine } from 'holdfast';

/** The life of a reservation. Stock is taken when it is held, and free again when it is cancelled or expired. */
export type ReservationState = 'held' | 'paying' | 'paid' | 'shipped' | 'cancelled' | 'expired';

/** Nothing leads from `paying` to `expired` or to a cancellation that was asked for: whoever pays is waited for. */
export const RESERVATION: StateMachine<ReservationState> = {
  initial: 'held',
  moves: {
    held: ['paying', 'cancelled', 'expired'],
    paying: ['paid', 'cancelled'],
    paid: ['shipped'],
    shipped: [],
    cancelled: [],
    expired: [],
  },
};

/** What is wrong with a twin: who may free stock without looking at the state, or pays for what is no longer held. */
export type LifecycleDefect = 'frees-what-expired' | 'frees-what-is-cancelled' | 'pays-what-is-gone';

/** The stock of one good, and who has it: plain data. */
export interface Stock {
  readonly capacity: number;
  readonly states: Readonly<Record<string, ReservationState>>;
  readonly refused: RefusedMoves;
}

/** What may be done with a reservation. `declined` is the provider's word, `cancel` a user's, `expire` a clock's. */
export type Deed = 'reserve' | 'pay' | 'charged' | 'declined' | 'cancel' | 'expire' | 'ship';

const TO: Readonly<Record<Exclude<Deed, 'reserve'>, ReservationState>> = {
  pay: 'paying',
  charged: 'paid',
  declined: 'cancelled',
  cancel: 'cancelled',
  expire: 'expired',
  ship: 'shipped',
};

export function emptyStock(capacity: number): Stock {
  return { capacity, states: {}, refused: noRefusals() };
}

/** Whether a state has a piece of the stock. */
export function hasStock(state: ReservationState): boolean {
  return state !== 'cancelled' && state !== 'expired';
}

export function free({ capacity, states }: Stock): number {
  return capacity - Object.values(states).filter(hasStock).length;
}

/** The stock after a deed, and whether that did anything. Doing it again does nothing. */
export function after(
  stock: Stock,
  deed: Deed,
  id: string,
  defect?: LifecycleDefect,
): { readonly stock: Stock; readonly isDone: boolean } {
  const state = stock.states[id];
  if (deed === 'reserve') {
    if (state !== undefined || free(stock) < 1) return { stock, isDone: state === 'held' };
    return { stock: { ...stock, states: { ...stock.states, [id]: RESERVATION.initial } }, isDone: true };
  }
  if (state === undefined) return { stock, isDone: false };
  const refused = { total: stock.refused.total, by: { ...stock.refused.by } };
  const to = isForced(deed, defect) ? TO[deed] : moved(deed, state, refused);
  return { stock: { ...stock, refused, states: { ...stock.states, [id]: to } }, isDone: to === TO[deed] };
}

/** `paying` may end in a cancellation when the provider declines, and not because a user or a clock wants it. */
function moved(
  deed: Exclude<Deed, 'reserve'>,
  state: ReservationState,
  refused: RefusedMoves,
): ReservationState {
  if (deed === 'cancel' && state === 'paying') {
    refused.total++;
    refused.by['paying -> cancelled'] = (refused.by['paying -> cancelled'] ?? 0) + 1;
    return state;
  }
  return attemptMove(RESERVATION, refused, state, TO[deed]);
}

/** Broken twins do what they are told, whatever the state is. */
function isForced(deed: Deed, defect: LifecycleDefect | undefined): boolean {
  return (
    (deed === 'expire' && defect === 'frees-what-expired') ||
    (deed === 'cancel' && defect === 'frees-what-is-cancelled') ||
    ((deed === 'pay' || deed === 'charged') && defect === 'pays-what-is-gone')
  );
}
