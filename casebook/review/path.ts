import {
  type Experiment,
  exactly,
  experiment,
  type FaultDraft,
  type PatternVerdict,
  type PlannedOperation,
  sketch,
  SketchCaller,
  type SketchNode,
  type SketchProgram,
  type SketchRun,
  unclaimed,
  type Workload,
} from 'holdfast';

/** Between users and their orders, in the order in which they are called. */
export const PATH = ['front', 'dns', 'balancer', 'tls', 'pool', 'database', 'consumer'] as const;

/** A part of the path. */
export type PathPart = (typeof PATH)[number];

const at = (part: PathPart): number => PATH.indexOf(part);

/** Whom each part asks, and how long it waits: less than whoever asked it. */
const NEXT: Readonly<Partial<Record<PathPart, readonly [part: PathPart, waitMs: number]>>> = {
  balancer: ['tls', 150],
  tls: ['pool', 110],
  pool: ['database', 70],
};
/** What is asked for. */
const ASKS: ReadonlySet<string> = new Set(['buy', 'name?']);
const FRONT_MS = 190;
const TRIES = 2;
const CONSUME_MS = 18;

export const SERVED = 'what is answered was done';

/** A request goes by a name, a balancer, encryption and a pool to a database; a consumer hears of each. */
export function incident(name: string, faults: readonly FaultDraft[]): Experiment {
  return experiment({
    name,
    subject: sketch({
      name: 'the path of an order',
      nodes: PATH,
      operations: ['buy'],
      survives: ['omission', 'timing', 'crash-recovery'],
      clients: { timeoutMs: 600 },
      program,
      versions: { v2: program },
      promises: [SERVED],
      judge: (run) => [judge(run)],
      metrics: ({ kept }) => ({ retries: Number(kept[0]?.['retries'] ?? 0) }),
    }),
    workload: shoppers,
    faults: [exactly(faults)],
    contract: { buy: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 4, recoverWithinMs: 400 },
  });
}

/** A deploy, more traffic, a part that stops, and a clock that is set. */
export function plannedIncident(part: PathPart): Experiment {
  return incident('incident', [
    { kind: 'upgrade', host: 'balancer', version: 'v2', atUs: 900_000, forUs: 5_000 },
    { kind: 'pause', host: part, atUs: 1_800_000, forUs: 600_000 },
    { kind: 'clock-step', host: 'tls', amount: 250_000, atUs: 2_000_000, forUs: 0 },
  ]);
}

/** Ten orders a second, and four times as many from 1.5 seconds on. */
const shoppers: Workload = {
  name: 'shoppers',
  clients: 3,
  operations: ['buy'],
  model: null,
  plan: ({ fromUs, untilUs }) => {
    const planned: PlannedOperation[] = [];
    for (let atUs = fromUs; atUs < untilUs; atUs += atUs < 1_500_000 ? 100_000 : 25_000) {
      const id = planned.length;
      planned.push({ id, atUs, client: id % 3, f: 'buy', key: `order-${id}`, input: null });
    }
    return planned;
  },
};

function program(node: SketchNode): SketchProgram {
  const part = PATH[node.index] ?? 'front';
  if (part === 'front') return front(node);
  if (part === 'consumer') return consumer(node);
  return relay(node, part);
}

function front(node: SketchNode): SketchProgram {
  const caller = new SketchCaller(node, FRONT_MS);
  let open = 0;
  const show = (change: number): void => node.show({ queue: (open += change) });
  return {
    request: ({ key }, answer) => {
      show(1);
      const attempt = (tries: number): void => {
        const failed = (): void => {
          if (tries < TRIES) {
            node.kept['retries'] = Number(node.kept['retries'] ?? 0) + 1;
            return attempt(tries + 1);
          }
          show(-1);
        };
        const done = ({ type }: { readonly type: string }): void => {
          if (type !== 'done') return failed();
          show(-1);
          node.send(at('consumer'), { type: 'event', key });
          answer({ outcome: 'ok', output: null });
        };
        const buy = (): void =>
          caller.call(at('balancer'), { type: 'buy', key }, done, { afterMs: FRONT_MS, instead: failed });
        // A name is looked up once: what was found is remembered.
        if (tries > 1) buy();
        else caller.call(at('dns'), { type: 'name?', key }, buy, { afterMs: 60, instead: failed });
      };
      attempt(1);
    },
    message: (_from, message) => void caller.heard(message),
    timer: (name) => void caller.timer(name),
  };
}

function relay(node: SketchNode, part: PathPart): SketchProgram {
  const next = NEXT[part];
  const caller = new SketchCaller(node, next?.[1] ?? FRONT_MS);
  const figures = { requests: 0, failures: 0 };
  const rows = (node.kept['rows'] ??= {}) as Record<string, true>;
  return {
    message: (from, message) => {
      // An answer that comes too late is nobody's.
      if (caller.heard(message) || !ASKS.has(message.type)) return;
      const { key, call } = message;
      figures.requests++;
      const answer = (type: 'done' | 'failed'): void => {
        if (type === 'failed') figures.failures++;
        node.show({ ...figures });
        node.send(from, { type, call: call ?? null });
      };
      if (part === 'database') rows[key] = true;
      if (next === undefined) return answer('done');
      const [to, waitMs] = next;
      const heard = ({ type }: { readonly type: string }): void =>
        answer(type === 'done' ? 'done' : 'failed');
      caller.call(at(to), { type: 'buy', key }, heard, { afterMs: waitMs, instead: () => answer('failed') });
    },
    timer: (name) => void caller.timer(name),
  };
}

function consumer(node: SketchNode): SketchProgram {
  let lag = 0;
  const show = (change: number): void => node.show({ lag: (lag += change) });
  return {
    message: () => {
      show(1);
      if (lag === 1) node.timer('consume', CONSUME_MS);
    },
    timer: () => {
      show(-1);
      if (lag > 0) node.timer('consume', CONSUME_MS);
    },
  };
}

function judge({ operations, kept }: SketchRun): PatternVerdict {
  const rows = (kept[at('database')]?.['rows'] ?? {}) as Readonly<Record<string, true>>;
  const done = operations.filter(({ outcome }) => outcome === 'ok');
  const lost = done.find(({ key }) => key === undefined || rows[key] === undefined);
  const reason =
    lost === undefined
      ? `${done.length} orders were answered, and all are there`
      : `${lost.key} was answered and is not there`;
  return { promise: SERVED, kept: lost === undefined, reason, examined: done.length };
}
