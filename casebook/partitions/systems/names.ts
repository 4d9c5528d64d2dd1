import {
  type FaultDraft,
  sketch,
  type SketchNode,
  type SketchProgram,
  type SketchRun,
  type Subject,
} from 'holdfast';
import { CUT, CUT_MS } from '../span.ts';

export const GOES_ON = 'whoever knew the name goes on';
const [DNS, SERVER] = [0, 1];
/** How long a name may be kept. */
export const TTL_MS = 1_000;
const PATIENCE_MS = 100;
/** C1 and C2 ask long before the cut, C2 later than C1; C3 asks for the first time within it. */
export const APPS: readonly string[] = ['app-1', 'app-2', 'app-3'];

/** Names are not resolved; addresses work. */
export const NO_NAMES: readonly FaultDraft[] = [
  { kind: 'partition', groups: [['dns'], ['server', ...APPS]], unlisted: 'with-all', ...CUT },
];

/** Three programs that resolve a name and keep it: until its time is over, or as long as nobody gives a newer one. */
export function names(servesStale: boolean): Subject {
  return sketch({
    name: servesStale ? 'names kept until there is a newer one' : 'names kept until their time is over',
    nodes: ['dns', 'server', ...APPS],
    operations: ['call'],
    survives: ['omission'],
    clients: { entry: (client) => [APPS[client] ?? ''], timeoutMs: 300 },
    program: (node) => {
      if (node.index === DNS) return { message: (from) => node.send(from, { type: 'address', of: SERVER }) };
      if (node.index === SERVER)
        return { message: (from, { id }) => node.send(from, { type: 'done', id: Number(id) }) };
      return app(node, servesStale);
    },
    promises: [GOES_ON],
    judge: (run) => {
      const lost = ['C1', 'C2'].map((client) => inCut(run, client)).filter(({ asked, done }) => done < asked);
      const words = ['C1', 'C2', 'C3'].map((client) => {
        const { asked, done } = inCut(run, client);
        return `${client} ${done} of ${asked}`;
      });
      const reason = `answered while names were not resolved: ${words.join(', ')}`;
      return [{ promise: GOES_ON, kept: lost.length === 0, reason, examined: run.operations.length }];
    },
    metrics: (run) =>
      Object.fromEntries(
        ['C1', 'C2', 'C3'].flatMap((client) => {
          const { asked, done, lastMs } = inCut(run, client);
          return [
            [`${client} asked`, asked],
            [`${client} answered`, done],
            [`${client} answered until, ms after the cut`, lastMs],
          ];
        }),
      ),
  });
}

interface InCut {
  readonly asked: number;
  readonly done: number;
  /** Of the last call that was answered, from the beginning of the cut; 0 when none was. */
  readonly lastMs: number;
}

function inCut({ operations }: SketchRun, client: string): InCut {
  const asked = operations.filter(
    ({ key = '', invokedAt }) =>
      key.startsWith(client) &&
      invokedAt >= CUT_MS[0] * 1_000 &&
      invokedAt < (CUT_MS[1] - PATIENCE_MS) * 1_000,
  );
  const done = asked.filter(
    ({ outcome, completedAt }) => outcome === 'ok' && completedAt < CUT_MS[1] * 1_000,
  );
  return {
    asked: asked.length,
    done: done.length,
    lastMs: Math.max(0, ...done.map(({ invokedAt }) => invokedAt / 1_000 - CUT_MS[0])),
  };
}

function app(node: SketchNode, servesStale: boolean): SketchProgram {
  let address = -1;
  let untilMs = Number.NEGATIVE_INFINITY;
  const open = new Map<number, () => void>();
  const waiting: number[] = [];
  const call = (id: number): void => node.send(address, { type: 'call', id });
  return {
    request: ({ id }, answer) => {
      open.set(id, () => answer({ outcome: 'ok', output: null }));
      const isKnown = address >= 0 && (servesStale || node.upMs() < untilMs);
      if (node.upMs() >= untilMs) node.send(DNS, { type: 'resolve' });
      if (isKnown) call(id);
      else waiting.push(id);
    },
    message: (_from, message) => {
      if (message.type === 'done') {
        open.get(Number(message.id))?.();
        return;
      }
      address = Number(message.of);
      untilMs = node.upMs() + TTL_MS;
      for (const id of waiting.splice(0)) call(id);
    },
  };
}
