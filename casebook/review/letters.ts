import {
  type Experiment,
  exactly,
  experiment,
  type PatternVerdict,
  sketch,
  SketchCaller,
  type SketchNode,
  type SketchProgram,
  type SketchRun,
  unclaimed,
} from 'holdfast';
import { orders } from './load.ts';

const [WORKER, PRINTER] = [0, 1];
const TRIES = 3;
const TIMEOUT_MS = 30;
/** Somebody looks at what was set aside, and sends it again. */
const REPLAY_MS = 2_500;

export const REPLAYED = 'what was set aside has its effect once, after it was sent again';

/** A worker has letters printed; what fails three times is set aside, and sent again by hand when the printer is well. */
export function replay(printerRemembers: boolean): Experiment {
  return experiment({
    name: 'replay',
    subject: sketch({
      name: 'letters and those set aside',
      nodes: ['worker', 'printer'],
      operations: ['order'],
      survives: ['omission', 'crash-recovery'],
      clients: { timeoutMs: 200 },
      program: (node) => (node.index === WORKER ? worker(node) : printer(node, printerRemembers)),
      promises: [REPLAYED],
      judge: (run) => [judge(run)],
    }),
    workload: orders(60),
    // The printer prints, and nobody hears of it.
    faults: [
      exactly([{ kind: 'one-way', from: ['printer'], to: ['worker'], atUs: 900_000, forUs: 500_000 }]),
    ],
    contract: { order: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 4, recoverWithinMs: 700 },
  });
}

function worker(node: SketchNode): SketchProgram {
  const caller = new SketchCaller(node, TIMEOUT_MS);
  const aside = (node.kept['aside'] ??= {}) as Record<string, 'waits' | 'done'>;
  node.show({ waiting: 0 });
  const showAside = (): void =>
    node.show({ waiting: Object.values(aside).filter((state) => state === 'waits').length });
  const print = (key: string, tries: number): void => {
    const again = (): void => {
      if (tries < TRIES) return print(key, tries + 1);
      aside[key] = 'waits';
      showAside();
    };
    const done = (): void => {
      if (aside[key] === undefined) return;
      aside[key] = 'done';
      showAside();
    };
    caller.call(PRINTER, { type: 'print', key }, done, { afterMs: TIMEOUT_MS, instead: again });
  };
  node.timer('replay', REPLAY_MS);
  return {
    request: ({ key }, answer) => {
      answer({ outcome: 'ok', output: null });
      print(key, 1);
    },
    message: (_from, message) => void caller.heard(message),
    timer: (name) => {
      if (caller.timer(name)) return;
      for (const [key, state] of Object.entries(aside)) if (state === 'waits') print(key, 1);
    },
  };
}

function printer(node: SketchNode, remembers: boolean): SketchProgram {
  const printed = (node.kept['printed'] ??= {}) as Record<string, number>;
  return {
    message: (from, { key, call }) => {
      if (!remembers || printed[key] === undefined) {
        printed[key] = (printed[key] ?? 0) + 1;
        node.effect('prints', key);
      }
      node.send(from, { type: 'printed', call: call ?? null });
    },
  };
}

function judge({ kept }: SketchRun): PatternVerdict {
  const aside = (kept[WORKER]?.['aside'] ?? {}) as Readonly<Record<string, string>>;
  const printed = (kept[PRINTER]?.['printed'] ?? {}) as Readonly<Record<string, number>>;
  const keys = Object.keys(aside);
  const wrong = keys.find((key) => aside[key] !== 'done' || printed[key] !== 1);
  const reason =
    wrong === undefined
      ? `${keys.length} letters were set aside and sent again, and printed once each`
      : `${wrong} is ${aside[wrong]} and was printed ${printed[wrong] ?? 0} times`;
  return { promise: REPLAYED, kept: wrong === undefined, reason, examined: keys.length };
}
