import { type SketchAnswer, SketchCaller, type SketchNode, type SketchProgram } from 'holdfast';
import { after, type Deed, emptyStock, type LifecycleDefect, type Stock } from './reservations.ts';

/** The servers, in this order. */
export const SERVERS = ['shop', 'bank', 'sweeper'] as const;
const [SHOP, BANK] = [0, 1];

/** Pieces there are, and for how long one is held without being paid, ms. */
export const PIECES = 24;
export const HOLD_MS = 400;
const AGAIN_MS = 50;
const SWEEP_MS = 60;
/** One in so many is declined. */
const DECLINED = 10;

const done: SketchAnswer = { outcome: 'ok', output: 'done' };
const not: SketchAnswer = { outcome: 'fail', output: 'too late' };

export function stockOf(kept: Readonly<Record<string, unknown>>): Stock {
  return (kept['stock'] ?? emptyStock(PIECES)) as Stock;
}

/** Has the stock and decides every move. `held` says since when by its own clock that never goes back. */
export function shop(node: SketchNode, defect: LifecycleDefect | undefined): SketchProgram {
  const caller = new SketchCaller(node, AGAIN_MS);
  const deadlines = (node.kept['deadlines'] ??= {}) as Record<string, number>;
  const since = new Map<string, number>();
  const act = (deed: Deed, id: string): boolean => {
    const before = stockOf(node.kept);
    const { stock, isDone } = after(before, deed, id, defect);
    node.kept['stock'] = stock;
    const state = stock.states[id];
    if (state !== undefined && state !== before.states[id]) node.effect('moved', id, state);
    return isDone;
  };
  const charge = (id: string): void =>
    caller.call(BANK, { type: 'charge', key: id }, ({ type }) => {
      act(type === 'charged' ? 'charged' : 'declined', id);
    });
  for (const [id, state] of Object.entries(stockOf(node.kept).states)) {
    since.set(id, node.upMs());
    // Whether it was charged before the crash the bank knows: it is asked again under the same name.
    if (state === 'paying') charge(id);
  }
  return {
    request: ({ f, key: id }, answer) => {
      const deed = f as Deed;
      const isDone = act(deed, id);
      if (isDone && deed === 'reserve') {
        deadlines[id] = node.wallMs() + HOLD_MS;
        since.set(id, node.upMs());
      }
      if (isDone && deed === 'pay') charge(id);
      answer(isDone ? done : not);
    },
    message: (from, message) => {
      if (caller.heard(message)) return;
      const { type, key: id, call = '' } = message;
      if (type === 'list') {
        const open = Object.entries(stockOf(node.kept).states).filter(([, state]) => state === 'held');
        const held = open.map(([name]) => ({ id: name, untilMs: deadlines[name] ?? 0 }));
        node.send(from, { type: 'held', call, held });
      } else if (type === 'expire') {
        // Somebody else's clock may propose; what has been held for too short a time by this one stays.
        const isOver = node.upMs() - (since.get(id) ?? node.upMs()) >= HOLD_MS;
        if (isOver || defect === 'frees-what-expired') act('expire', id);
        node.send(from, { type: 'seen', call });
      }
    },
    timer: (name) => void caller.timer(name),
  };
}

/** Charges each reservation once, however often it is asked. */
export function bank(node: SketchNode): SketchProgram {
  const ends = (node.kept['ends'] ??= {}) as Record<string, 'charged' | 'declined'>;
  return {
    message: (from, { type, key: id, call = '' }) => {
      if (type !== 'charge') return;
      if (ends[id] === undefined) {
        ends[id] = node.draw(DECLINED, 'declined') === DECLINED - 1 ? 'declined' : 'charged';
        if (ends[id] === 'charged') node.effect('charged', id);
      }
      node.send(from, { type: ends[id], call });
    },
  };
}

/** Looks for reservations that were held too long, by its own wall clock. */
export function sweeper(node: SketchNode): SketchProgram {
  const caller = new SketchCaller(node, AGAIN_MS);
  node.timer('sweep', SWEEP_MS);
  const sweep = (): void =>
    caller.call(SHOP, { type: 'list' }, ({ held }) => {
      for (const { id, untilMs } of held as { readonly id: string; readonly untilMs: number }[]) {
        if (untilMs <= node.wallMs()) caller.call(SHOP, { type: 'expire', key: id }, () => undefined);
      }
    });
  return {
    message: (_from, message) => void caller.heard(message),
    timer: (name) => {
      if (caller.timer(name)) return;
      sweep();
      node.timer('sweep', SWEEP_MS);
    },
  };
}
