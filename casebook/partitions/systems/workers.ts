import {
  type FaultDraft,
  type SketchAnswer,
  sketch,
  type SketchNode,
  type SketchProgram,
  type Subject,
} from 'holdfast';
import { CUT, CUT_MS } from '../span.ts';

export const BACK = 'calls are answered again within 500 ms of its end';
const SERVER = 1;
const WORKERS = 8;
export const TIMEOUT_MS = 300;
const SOON_MS = 500;

/** The server's links take everything and give nothing. */
export const HOLE: readonly FaultDraft[] = [{ kind: 'black-hole', hosts: ['server'], amount: 1, ...CUT }];

/** Eight workers that wait for their answers: for ever, or so long. */
export function workers(gaveUp: boolean): Subject {
  return sketch({
    name: gaveUp ? 'workers with a timeout' : 'workers that wait',
    nodes: ['front', 'server'],
    operations: ['call'],
    survives: ['omission'],
    clients: { timeoutMs: 2_000 },
    program: (node) => (node.index === SERVER ? server(node) : front(node, gaveUp)),
    promises: [BACK],
    judge: ({ operations }) => {
      const end = CUT_MS[1] * 1_000;
      const first = operations.find(({ outcome, completedAt }) => outcome === 'ok' && completedAt >= end);
      const ms = ((first?.completedAt ?? Number.POSITIVE_INFINITY) - end) / 1_000;
      const reason = Number.isFinite(ms)
        ? `the first answer came ${ms.toFixed(0)} ms after the end; a call is given up after ${TIMEOUT_MS} ms`
        : 'no call was answered any more: every worker waits for an answer that was swallowed';
      return [{ promise: BACK, kept: ms <= SOON_MS, reason, examined: operations.length }];
    },
    metrics: ({ operations }) => {
      const end = CUT_MS[1] * 1_000;
      const first = operations.find(({ outcome, completedAt }) => outcome === 'ok' && completedAt >= end);
      return { 'recovery, ms': ((first?.completedAt ?? Number.POSITIVE_INFINITY) - end) / 1_000 };
    },
  });
}

function front(node: SketchNode, givesUp: boolean): SketchProgram {
  const queue: { readonly id: number; readonly answer: (answer: SketchAnswer) => void }[] = [];
  const busy = new Map<number, (answer: SketchAnswer) => void>();
  const begin = (): void => {
    while (busy.size < WORKERS) {
      const next = queue.shift();
      if (next === undefined) return;
      busy.set(next.id, next.answer);
      node.send(SERVER, { type: 'call', id: next.id });
      if (givesUp) node.timer(String(next.id), TIMEOUT_MS);
    }
  };
  const end = (id: number, answer: SketchAnswer): void => {
    busy.get(id)?.(answer);
    busy.delete(id);
    node.stop(String(id));
    begin();
  };
  return {
    request: ({ id }, answer) => {
      queue.push({ id, answer });
      begin();
    },
    message: (_from, { id }) => end(Number(id), { outcome: 'ok', output: null }),
    // What the server did is not known: the caller hears nothing and gives up by itself.
    timer: (id) => {
      busy.delete(Number(id));
      begin();
    },
  };
}

function server(node: SketchNode): SketchProgram {
  return { message: (from, { id }) => node.send(from, { type: 'done', id: Number(id) }) };
}
