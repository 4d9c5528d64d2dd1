import { SketchCaller, type SketchNode } from 'holdfast';
import { AGAIN_MS, EAST, reservationOf, type Region, reserved, soldOut, STOCK } from '../market.ts';

/** One region decides; the others ask it. */
export function single(node: SketchNode): Region {
  const taken = (node.kept['taken'] ??= {}) as Record<string, string[]>;
  const caller = new SketchCaller(node, AGAIN_MS);
  const decide = (good: string, by: string): boolean => {
    const all = (taken[good] ??= []);
    if (all.includes(by)) return true;
    if (all.length >= STOCK) return false;
    all.push(by);
    node.effect('taken', good, by);
    return true;
  };
  return {
    request: (request, answer) => {
      const by = reservationOf(request);
      if (node.index === EAST) answer(decide(request.key, by) ? reserved : soldOut);
      // Until it answers: what was asked may have been done, and cannot be refused any more.
      else {
        caller.call(EAST, { type: 'reserve', key: request.key, by }, ({ isTaken }) =>
          answer(isTaken === true ? reserved : soldOut),
        );
      }
    },
    message: (from, message) => {
      if (caller.heard(message) || message.type !== 'reserve') return;
      const isTaken = decide(message.key, message['by'] as string);
      node.send(from, { type: 'decided', call: message['call'] ?? '', isTaken });
    },
    timer: (name) => void caller.timer(name),
  };
}
