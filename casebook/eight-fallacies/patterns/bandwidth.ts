import { type FaultDraft, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

export const FRESH = 'the replica is at most 500 ms behind';
const REPLICA = 1;
const EVERY_MS = 100;
const ITEM_BYTES = 200;
/** What there is from the beginning. */
const ITEMS = 500;
const BEHIND_MS = 500;

/** Two million bits a second: a hundred kilobytes take 400 ms. */
export const NARROW: readonly FaultDraft[] = [
  { kind: 'narrow-link', hosts: ['replica'], amount: 2_000_000, atUs: 1_000_000, forUs: 0 },
];

/** A primary that keeps its replica up to date by sending everything, or what has changed. */
export function copies(changesOnly: boolean): Subject {
  return sketch({
    name: 'copies',
    nodes: ['primary', 'replica'],
    operations: ['change'],
    survives: ['timing'],
    clients: { timeoutMs: 500 },
    program: (node) => (node.index === REPLICA ? replica(node) : primary(node, changesOnly)),
    promises: [FRESH],
    judge: ({ operations, effects }) => {
      const seenAt = new Map(effects.map(({ key, atUs }) => [key, atUs]));
      const behind = operations
        .filter(({ outcome }) => outcome === 'ok')
        .map(({ key = '', completedAt }) => ((seenAt.get(key) ?? Infinity) - completedAt) / 1_000);
      const late = behind.filter((ms) => ms > BEHIND_MS).length;
      const worst = Math.max(0, ...behind);
      const words = Number.isFinite(worst) ? `${worst.toFixed(0)} ms late` : 'never';
      const reason = `${late} of ${behind.length} changes reached the replica more than ${BEHIND_MS} ms late, the last ${words}`;
      return [{ promise: FRESH, kept: late === 0, reason, examined: behind.length }];
    },
  });
}

function primary(node: SketchNode, changesOnly: boolean): SketchProgram {
  const all: string[] = [];
  let fresh: string[] = [];
  node.timer('copy', EVERY_MS);
  return {
    request: ({ key }, answer) => {
      all.push(key);
      fresh.push(key);
      answer({ outcome: 'ok', output: null });
    },
    timer: () => {
      const keys = changesOnly ? fresh : all;
      const bytes = (keys.length + (changesOnly ? 0 : ITEMS)) * ITEM_BYTES;
      if (keys.length > 0) node.send(REPLICA, { type: 'copy', keys: [...keys] }, bytes);
      fresh = [];
      node.timer('copy', EVERY_MS);
    },
  };
}

function replica(node: SketchNode): SketchProgram {
  const has = new Set<string>();
  return {
    message: (_from, { keys }) => {
      for (const key of keys as readonly string[]) {
        if (has.has(key)) continue;
        has.add(key);
        node.effect('seen', key);
      }
    },
  };
}
