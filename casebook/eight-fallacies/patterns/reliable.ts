import { type FaultDraft, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

export const ONCE = 'every accepted order ships once';
const WAREHOUSE = 1;
const AGAIN_MS = 50;

/** One message in four on the way to the warehouse or back is lost, one in five comes twice. */
export const LOSSY: readonly FaultDraft[] = [
  { kind: 'loss', hosts: ['warehouse'], probability: 0.25, atUs: 1_000_000, forUs: 0 },
  { kind: 'duplicate', hosts: ['warehouse'], probability: 0.2, atUs: 1_000_000, forUs: 0 },
];

/** A shop tells its warehouse what to ship: once, or until it is acknowledged. */
export function orders(untilAcknowledged: boolean): Subject {
  return sketch({
    name: 'orders',
    nodes: ['shop', 'warehouse'],
    operations: ['order'],
    survives: ['omission'],
    clients: { timeoutMs: 500 },
    program: (node) => {
      if (node.index === WAREHOUSE) return warehouse(node, untilAcknowledged);
      return untilAcknowledged ? insistentShop(node) : trustingShop(node);
    },
    promises: [ONCE],
    judge: ({ operations, effects }) => {
      const accepted = operations.filter(({ outcome }) => outcome === 'ok').map(({ key = '' }) => key);
      const times = (order: string): number => effects.filter(({ key }) => key === order).length;
      const bad = accepted.find((order) => times(order) !== 1);
      const reason =
        bad === undefined
          ? `${accepted.length} orders were accepted and each shipped once`
          : `${bad} was accepted and shipped ${times(bad)} times; so were others of ${accepted.length}`;
      return [{ promise: ONCE, kept: bad === undefined, reason, examined: accepted.length }];
    },
  });
}

function trustingShop(node: SketchNode): SketchProgram {
  return {
    request: ({ key }, answer) => {
      node.send(WAREHOUSE, { type: 'ship', key });
      answer({ outcome: 'ok', output: null });
    },
  };
}

/** Sends again what has not been acknowledged: at least once. */
function insistentShop(node: SketchNode): SketchProgram {
  const open = new Set<string>();
  const send = (order: string): void => {
    node.send(WAREHOUSE, { type: 'ship', key: order });
    node.timer(order, AGAIN_MS);
  };
  return {
    request: ({ key }, answer) => {
      open.add(key);
      send(key);
      answer({ outcome: 'ok', output: null });
    },
    message: (_from, { key }) => {
      open.delete(key);
      node.stop(key);
    },
    timer: (order) => {
      if (open.has(order)) send(order);
    },
  };
}

/** Knows what it has shipped, when asked to: at most once. */
function warehouse(node: SketchNode, remembers: boolean): SketchProgram {
  return {
    message: (from, { key }) => {
      if (!remembers || node.kept[key] === undefined) node.effect('ship', key);
      node.kept[key] = true;
      if (remembers) node.send(from, { type: 'shipped', key });
    },
  };
}
