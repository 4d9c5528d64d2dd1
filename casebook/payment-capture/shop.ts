import type { SketchNode, SketchProgram } from 'holdfast';

/** Sends a parcel for each order that was paid; what was acted on is remembered in the same step. */
export function shop(node: SketchNode, remembers: boolean): SketchProgram {
  const inbox = (node.kept['inbox'] ??= {}) as Record<string, true>;
  return {
    message: (from, { key: order, id, call }) => {
      const name = `message ${Number(id)}`;
      if (!remembers || inbox[name] !== true) {
        inbox[name] = true;
        node.effect('parcel', order, name);
      }
      node.send(from, { type: 'sent', call: call ?? '' });
    },
  };
}
