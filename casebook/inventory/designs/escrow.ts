import { type Plain, SketchCaller, type SketchNode } from 'holdfast';
import { notNow, PATIENCE_MS, reservationOf, type Region, REGIONS, reserved, soldOut } from '../market.ts';
import { bounded, type Ledger, quota } from './ledgers.ts';

/** How rights are kept: in numbers with transfers that are remembered, in a bounded counter, or in numbers alone. */
export type Escrow = 'transfers' | 'bounded counter' | 'bare numbers';

/** A transfer whose receiver has not said that it heard. */
interface Unheard {
  readonly good: string;
  readonly to: number;
  readonly transfer: Plain;
}

const AGAIN_MS = 120;
/** Longer than one message may overtake another. */
const SETTLE_MS = 20;

/** Every region sells from rights of its own, and asks the others for some of theirs when it has none. */
export function escrow(node: SketchNode, kind: Escrow): Region {
  const ledger: Ledger = kind === 'bounded counter' ? bounded(node) : quota(node, kind === 'transfers');
  const caller = new SketchCaller(node, AGAIN_MS);
  const unheard = (node.kept['unheard'] ??= {}) as Record<string, Unheard>;
  const others = REGIONS.map((_, i) => i).filter((i) => i !== node.index);
  const sell = (good: string, by: string): boolean => {
    if (ledger.rights(good) < 1) return false;
    ledger.use(good);
    node.effect('taken', good, by);
    return true;
  };
  const deliver = (name: string): void => {
    const { good, to, transfer } = unheard[name] as Unheard;
    caller.call(to, { type: 'rights', key: good, transfer }, () => delete unheard[name]);
  };
  // What was given and not heard of before a crash is said again.
  for (const name of Object.keys(unheard)) deliver(name);
  const give = (good: string, to: number): boolean => {
    const amount = Math.ceil(ledger.rights(good) / 2);
    if (amount < 1) return false;
    const transfer = ledger.give(good, to, amount);
    const name = `transfer ${Number((node.kept['transfers'] = Number(node.kept['transfers'] ?? 0) + 1))}`;
    unheard[name] = { good, to, transfer };
    deliver(name);
    return true;
  };
  const settling = new Map<string, () => void>();
  let last = 0;
  const later = (run: () => void): void => {
    const name = `settle/${++last}`;
    settling.set(name, run);
    node.timer(name, SETTLE_MS);
  };
  return {
    request: (request, answer) => {
      const { key: good } = request;
      const by = reservationOf(request);
      if (sell(good, by)) return answer(reserved);
      let [waiting, silent] = [others.length, 0];
      const heard = (isSilent: boolean): void => {
        waiting--;
        if (isSilent) silent++;
        if (waiting > 0) return;
        // What was given comes by itself, maybe after the word that it was.
        later(() => answer(sell(good, by) ? reserved : silent > 0 ? notNow : soldOut));
      };
      for (const to of others) {
        const instead = (): void => heard(true);
        caller.call(to, { type: 'want', key: good }, () => heard(false), { afterMs: PATIENCE_MS, instead });
      }
    },
    message: (from, message) => {
      if (caller.heard(message)) return;
      const call = message['call'] ?? '';
      if (message.type === 'want') node.send(from, { type: 'asked', call, given: give(message.key, from) });
      else if (message.type === 'rights') {
        ledger.take(from, message.key, message['transfer'] ?? null);
        node.send(from, { type: 'heard', call });
      }
    },
    timer: (name) => {
      if (caller.timer(name)) return;
      settling.get(name)?.();
      settling.delete(name);
    },
  };
}
