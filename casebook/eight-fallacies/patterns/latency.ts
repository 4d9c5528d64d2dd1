import { type FaultDraft, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

export const SOON = 'a page within 200 ms';
const CATALOGUE = 1;
const ITEMS = 20;
const SOON_MS = 200;

/** Thirty times as far away: about 18 ms each way in place of 0.6 ms. */
export const FAR: readonly FaultDraft[] = [
  { kind: 'slow-link', hosts: ['catalogue'], amount: 30, atUs: 1_000_000, forUs: 0 },
];

/** A page of twenty items: asked for one after the other, or all at once. */
export function pages(together: boolean): Subject {
  return sketch({
    name: 'pages',
    nodes: ['front', 'catalogue'],
    operations: ['page'],
    survives: ['timing'],
    clients: { timeoutMs: 5_000 },
    program: (node) => (node.index === CATALOGUE ? catalogue(node) : front(node, together ? ITEMS : 1)),
    promises: [SOON],
    judge: ({ operations }) => {
      const took = operations.map(({ invokedAt, completedAt }) => (completedAt - invokedAt) / 1_000);
      const slowest = Math.max(0, ...took);
      const late = took.filter((ms) => ms > SOON_MS).length;
      const reason = `the slowest of ${took.length} pages took ${slowest.toFixed(0)} ms; ${late} took more than ${SOON_MS}`;
      return [{ promise: SOON, kept: late === 0, reason, examined: took.length }];
    },
  });
}

/** Asks for so many items at a time. */
function front(node: SketchNode, atATime: number): SketchProgram {
  const waiting = new Map<string, { have: number; readonly done: () => void }>();
  const ask = (page: string, from: number): void =>
    node.send(CATALOGUE, { type: 'items', key: page, from, count: Math.min(atATime, ITEMS - from) });
  return {
    request: ({ key }, answer) => {
      waiting.set(key, { have: 0, done: () => answer({ outcome: 'ok', output: null }) });
      ask(key, 0);
    },
    message: (_from, { key, count }) => {
      const open = waiting.get(key);
      if (open === undefined) return;
      open.have += Number(count);
      if (open.have < ITEMS) ask(key, open.have);
      else open.done();
    },
  };
}

function catalogue(node: SketchNode): SketchProgram {
  return { message: (from, message) => node.send(from, { ...message, type: 'here' }) };
}
