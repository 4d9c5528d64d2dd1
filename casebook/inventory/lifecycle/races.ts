import { type Explorable, explorable, type Spec, type SpecAction } from 'holdfast';
import {
  after,
  type Deed,
  emptyStock,
  free,
  hasStock,
  type LifecycleDefect,
  type Stock,
} from './reservations.ts';

/** One piece, and two users who want it: everything that can happen, in every order. */
export interface RaceState {
  stock: Stock;
  /** What the bank did, once for each. */
  bank: Readonly<Record<string, 'charged' | 'declined' | 'nothing'>>;
  /** What each user has asked for, and may ask for once more. */
  asked: Readonly<Record<string, readonly Deed[]>>;
  /** Words of the sweeper that are on their way: it saw that somebody held the piece, and its clock may say anything. */
  sweeping: Readonly<Record<string, boolean>>;
}

const USERS = ['a', 'b'] as const;

function step(state: RaceState, deed: Deed, id: string, defect: LifecycleDefect | undefined): boolean {
  const { stock } = after(state.stock, deed, id, defect);
  if (stock.states[id] === state.stock.states[id]) return false;
  // Refusals are counted, and make no difference to what may happen.
  state.stock = { ...stock, refused: state.stock.refused };
  return true;
}

function userActions(id: string, defect: LifecycleDefect | undefined): SpecAction<RaceState>[] {
  const asks = (deed: 'reserve' | 'pay' | 'cancel'): SpecAction<RaceState> => ({
    name: `${id}: ${deed}`,
    run: (s) => {
      if (s.asked[id]?.includes(deed) === true) return false;
      s.asked = { ...s.asked, [id]: [...(s.asked[id] ?? []), deed].toSorted() };
      step(s, deed, id, defect);
      return true;
    },
  });
  const bankSays = (word: 'charged' | 'declined'): SpecAction<RaceState> => ({
    name: `the bank: ${id} is ${word}`,
    run: (s) => {
      if (s.stock.states[id] !== 'paying' || s.bank[id] !== 'nothing') return false;
      s.bank = { ...s.bank, [id]: word };
      return true;
    },
  });
  return [
    asks('reserve'),
    asks('pay'),
    asks('cancel'),
    bankSays('charged'),
    bankSays('declined'),
    {
      name: `the shop hears what became of ${id}`,
      run: (s) => {
        const word = s.bank[id] ?? 'nothing';
        return word === 'nothing' ? false : step(s, word, id, defect);
      },
    },
    {
      name: `the sweeper sees ${id} held`,
      run: (s) => {
        if (s.stock.states[id] !== 'held' || s.sweeping[id] === true) return false;
        s.sweeping = { ...s.sweeping, [id]: true };
        return true;
      },
    },
    {
      name: `the sweeper’s word of ${id} arrives`,
      run: (s) => (s.sweeping[id] === true ? step(s, 'expire', id, defect) : false),
    },
    { name: `${id}: shipped`, run: (s) => step(s, 'ship', id, defect) },
  ];
}

/** Cancel against pay against expiry, for two users and one piece; the functions of the shop itself. */
export function race(name: string, defect?: LifecycleDefect): Spec<RaceState> {
  const isPaid = ({ stock: { states } }: RaceState, id: string): boolean =>
    states[id] === 'paid' || states[id] === 'shipped';
  return {
    name,
    init: [
      {
        stock: emptyStock(1),
        bank: { a: 'nothing', b: 'nothing' },
        asked: { a: [], b: [] },
        sweeping: { a: false, b: false },
      },
    ],
    actions: USERS.flatMap((id) => userActions(id, defect)),
    always: {
      'no more than there is': ({ stock }) => free(stock) >= 0,
      'what was charged keeps its piece': (s) =>
        USERS.every((id) => {
          const state = s.stock.states[id];
          return s.bank[id] !== 'charged' || (state !== undefined && hasStock(state));
        }),
      'nothing is paid that was not charged': (s) =>
        USERS.every((id) => !isPaid(s, id) || s.bank[id] === 'charged'),
    },
    reachable: {
      'a pays, and b after a gave it back': (s) => isPaid(s, 'b') && s.stock.states['a'] === 'cancelled',
      'a held it until it expired': (s) => s.stock.states['a'] === 'expired',
      'a cancelled too late': (s) => isPaid(s, 'a') && s.asked['a']?.includes('cancel') === true,
    },
    terminal: {
      'what was charged is shipped': (s) =>
        USERS.every((id) => s.bank[id] !== 'charged' || s.stock.states[id] === 'shipped'),
    },
  };
}

const MODELS: Readonly<Record<string, Explorable>> = {
  race: explorable(race('race')),
  'frees-what-expired': explorable(race('frees-what-expired', 'frees-what-expired')),
  'frees-what-is-cancelled': explorable(race('frees-what-is-cancelled', 'frees-what-is-cancelled')),
  'pays-what-is-gone': explorable(race('pays-what-is-gone', 'pays-what-is-gone')),
};

export default MODELS;
