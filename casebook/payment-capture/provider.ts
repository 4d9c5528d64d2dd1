import type { HeardMessage, SketchNode, SketchProgram } from 'holdfast';

/** A capture the provider decided on, by what it recognises it by. */
export interface Capture {
  readonly key: string;
  readonly payment: string;
  readonly outcome: 'captured' | 'declined';
}

/** What the provider has decided, in order. */
export function capturesOf(kept: Readonly<Record<string, unknown>>): Capture[] {
  return (kept['captures'] ?? []) as Capture[];
}

/** The time a capture takes, ms: one in ten takes longer than anybody waits. */
const QUICK_MS = 25;
const SLOW_MS = 160;

/** How often, one in so many, it does not want to, does not answer, declines. */
const [BUSY, SILENT, DECLINED] = [12, 12, 8];

/** Somebody else's service: it remembers keys, and has failures of its own, unless it is well. */
export function provider(node: SketchNode, isWell: boolean): SketchProgram {
  const captures = (node.kept['captures'] ??= []) as Capture[];
  const waiting = new Map<string, { readonly from: number; readonly message: HeardMessage }>();
  const fails = (among: number, label: string): boolean => !isWell && node.draw(among, label) === among - 1;
  let asked = 0;
  return {
    message: (from, message) => {
      if (message.type === 'lookup') {
        const found = captures.filter(({ payment }) => payment === message.key);
        const { outcome } = found.find((each) => each.outcome === 'captured') ?? found[0] ?? {};
        node.send(from, { type: outcome ?? 'nothing', call: message['call'] ?? '' });
      } else if (fails(BUSY, 'busy')) node.send(from, { type: 'busy', call: message['call'] ?? '' });
      else {
        const name = `capture ${++asked}`;
        waiting.set(name, { from, message });
        const slow = fails(10, 'slow') ? SLOW_MS : 0;
        node.timer(name, slow + 1 + node.draw(QUICK_MS, 'work'));
      }
    },
    timer: (name) => {
      const work = waiting.get(name);
      if (work === undefined) return;
      waiting.delete(name);
      const { key, payment, order, call } = work.message;
      const known = key === '' ? undefined : captures.find((each) => each.key === key);
      const outcome = known?.outcome ?? (fails(DECLINED, 'declined') ? 'declined' : 'captured');
      if (known === undefined) {
        captures.push({ key, payment: payment as string, outcome });
        if (outcome === 'captured') node.effect('captured', order as string, key);
      }
      if (!fails(SILENT, 'silent')) node.send(work.from, { type: outcome, call: call ?? '' });
    },
  };
}
