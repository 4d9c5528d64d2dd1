import {
  attemptMove,
  exactly,
  type Experiment,
  experiment,
  neverGoesBack,
  noRefusals,
  type PlannedOperation,
  type RefusedMoves,
  type Sighting,
  sketch,
  type SketchNode,
  type SketchProgram,
  type SketchRun,
  type StateMachine,
  type Subject,
  steady,
  swarm,
  unclaimed,
  type Workload,
} from '../../src/index.ts';

type Status = 'pending' | 'paid' | 'shipped';

/** A status may be skipped: a replica may hear of the last one first. */
const ORDER: StateMachine<Status> = {
  initial: 'pending',
  moves: { pending: ['paid', 'shipped'], paid: ['shipped'], shipped: [] },
};

interface Order {
  readonly status: Status;
  /** By the wall clock of whoever changed it: what the twin goes by. */
  readonly atMs: number;
}

const REPLICAS = ['replica-1', 'replica-2'];
const PROMISE = 'an order never goes back';

/** Two replicas that tell each other of every change, and take one over when the machine has the move, or when it is newer. */
function replicas(validates: boolean): Subject {
  return sketch({
    name: validates ? 'orders' : 'orders by timestamp',
    nodes: REPLICAS,
    operations: ['pending', 'paid', 'shipped', 'read'],
    survives: ['omission', 'timing'],
    clients: { entry: (client) => [REPLICAS[client % 2] ?? ''], timeoutMs: 100 },
    latency: { kind: 'uniform', minUs: 500, maxUs: 20_000 },
    program: (node) => replica(node, validates),
    promises: [PROMISE],
    judge: (run) => [neverGoesBack(PROMISE, ORDER, sightings(run))],
    metrics: (run) => ({
      sightings: sightings(run).length,
      'moves refused': run.kept.reduce(
        (sum, kept) => sum + ((kept['refused'] as RefusedMoves).total ?? 0),
        0,
      ),
    }),
  });
}

function replica(node: SketchNode, validates: boolean): SketchProgram {
  const orders = (node.kept['orders'] ??= {}) as Record<string, Order>;
  const refused = (node.kept['refused'] ??= noRefusals()) as RefusedMoves;
  const take = (id: string, { status, atMs }: Order): void => {
    const now = orders[id];
    // The twin: the later timestamp wins, whatever it says.
    const isNewer = now === undefined || atMs > now.atMs;
    const next = now === undefined ? status : attemptMove(ORDER, refused, now.status, status);
    if (validates ? next === now?.status : !isNewer) return;
    orders[id] = { status: validates ? next : status, atMs };
    node.effect('event', id, orders[id].status);
  };
  return {
    request: ({ f, key }, answer) => {
      if (f === 'read') {
        answer({ outcome: 'ok', output: { at: node.name, status: orders[key]?.status ?? 'pending' } });
        return;
      }
      const order: Order = { status: f as Status, atMs: node.wallMs() };
      take(key, order);
      node.send(1 - node.index, { type: 'changed', key, order: order as never });
      answer({ outcome: 'ok', output: null });
    },
    message: (_from, { key, order }) => take(key, order as never as Order),
  };
}

/** What every replica showed and every event said: of one order at one replica. */
function sightings({ operations, effects }: SketchRun): Sighting[] {
  const reads = operations.flatMap(({ f, outcome, key = '', output, invokedAt, completedAt }): Sighting[] => {
    if (f !== 'read' || outcome !== 'ok') return [];
    const { at, status } = output as { readonly at: string; readonly status: string };
    return [{ id: `${key} at ${at}`, state: status, fromUs: invokedAt, untilUs: completedAt, where: 'read' }];
  });
  const events = effects.map(({ atUs, node, key, data }) => ({
    id: `${key} at ${REPLICAS[node] ?? ''}`,
    state: data as string,
    fromUs: atUs,
    untilUs: atUs,
    where: 'event',
  }));
  return [...reads, ...events];
}

/** Orders are placed at one replica, paid and shipped at another, and read at both; the words about it overtake each other. */
const shop: Workload = {
  name: 'shop',
  clients: 2,
  operations: ['pending', 'paid', 'shipped', 'read'],
  model: null,
  plan: ({ choices, fromUs, untilUs }) => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    for (let [i, atUs] = [1, fromUs]; atUs < untilUs - 1_500_000; i++) {
      const key = `order-${i}`;
      let at = atUs;
      for (const f of ['pending', 'paid', 'shipped']) {
        planned.push({ atUs: at, client: choices.below(2, 'client'), f, key, input: null });
        for (let read = 0; read < 2; read++) {
          const later = choices.between(1_000, 200_000, 'read');
          planned.push({ atUs: at + later, client: choices.below(2, 'client'), f: 'read', key, input: null });
        }
        at += choices.between(5_000, 60_000, 'next');
      }
      atUs += choices.between(60_000, 240_000, 'gap');
    }
    return planned.toSorted((a, b) => a.atUs - b.atUs).map((operation, id) => ({ ...operation, id }));
  },
};

/** Orders on two replicas whose clocks are apart, over a network that reorders and copies. */
export function orders(validates: boolean): Experiment {
  const any = unclaimed({ duringPartition: 'reject', availability: 'none' });
  return experiment({
    name: 'orders',
    subject: replicas(validates),
    workload: shop,
    faults: [
      exactly([{ kind: 'clock-step', host: 'replica-1', amount: 300_000, atUs: 500_000, forUs: 0 }]),
      steady({ fault: 'reorder', probability: 0.2, holdMs: 80 }),
      swarm({ duplication: true, loss: true }),
    ],
    contract: { pending: any, paid: any, shipped: any, read: any },
    bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
  });
}
