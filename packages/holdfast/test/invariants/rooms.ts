import {
  type Experiment,
  experiment,
  neverCrosses,
  type Plain,
  type PlannedOperation,
  SketchCaller,
  sketch,
  type SketchNode,
  type SketchProgram,
  type Subject,
  steady,
  swarm,
  tagged,
  unclaimed,
  type Workload,
} from '../../src/index.ts';

const TENANTS = ['tenant-1', 'tenant-2', 'tenant-3'];
const NAMES = ['plan', 'bill', 'people'];
const [CACHE, STORE] = [1, 2];

/** Ways in which data of one tenant reach another. */
export const TENANT_TWINS = [
  'the cache knows documents by their name alone',
  'answers to retries are kept by the name that the client gave alone',
  'the store does not ask whose a document is',
] as const;

type Twin = (typeof TENANT_TWINS)[number];

/** What a client asks: who it is (as its session says), under which name of its own, and for which document. */
interface Asked {
  readonly tenant: string;
  readonly request: string;
  readonly id: string;
}

/** A front end, a cache and a store of documents of several tenants, which use the same names. */
function rooms(twin: Twin | undefined): Subject {
  return sketch({
    name: `documents${twin === undefined ? '' : ` when ${twin}`}`,
    nodes: ['front', 'cache', 'store'],
    operations: ['show'],
    survives: ['omission', 'timing', 'crash-recovery'],
    clients: { entry: () => ['front'], timeoutMs: 60, attempts: 6 },
    program: (node) => {
      if (node.index === STORE) return store(node, twin);
      return node.index === CACHE ? cache(node, twin) : front(node, twin);
    },
    promises: ['a tenant never reads another tenant’s data'],
    judge: ({ operations }) => [
      neverCrosses(
        'a tenant never reads another tenant’s data',
        operations.flatMap(({ input, output, outcome, id }) => {
          const { tenant, id: name } = input as never as Asked;
          return outcome === 'ok'
            ? [{ to: tenant, answer: output, where: `show ${name}, operation ${id}` }]
            : [];
        }),
      ),
    ],
    metrics: ({ operations, kept }) => ({
      shown: operations.filter(({ outcome }) => outcome === 'ok').length,
      'from the cache': Number(kept[CACHE]?.['hits'] ?? 0),
      again: Number(kept[0]?.['again'] ?? 0),
    }),
  });
}

/** Remembers what it answered to a request, so that one that comes again is answered alike. */
function front(node: SketchNode, twin: Twin | undefined): SketchProgram {
  const caller = new SketchCaller(node, 40);
  const answered = new Map<string, Plain>();
  return {
    request: ({ input }, answer) => {
      const { tenant, request, id } = input as never as Asked;
      const name = twin === TENANT_TWINS[1] ? request : `${tenant}/${request}`;
      const before = answered.get(name);
      if (before !== undefined) {
        node.kept['again'] = Number(node.kept['again'] ?? 0) + 1;
        return answer({ outcome: 'ok', output: before });
      }
      caller.call(CACHE, { type: 'get', tenant, id }, ({ found }) => {
        const output: Plain = { document: found ?? null };
        answered.set(name, output);
        answer({ outcome: 'ok', output });
      });
    },
    message: (_from, message) => void caller.heard(message),
    timer: (name) => void caller.timer(name),
  };
}

function cache(node: SketchNode, twin: Twin | undefined): SketchProgram {
  const caller = new SketchCaller(node, 40);
  const known = new Map<string, Plain>();
  return {
    message: (from, message) => {
      if (caller.heard(message) || message.type !== 'get') return;
      const { call = '' } = message;
      const [tenant, id] = [message['tenant'] as string, message['id'] as string];
      const name = twin === TENANT_TWINS[0] ? id : `${tenant}/${id}`;
      const hit = known.get(name);
      if (hit !== undefined) {
        node.kept['hits'] = Number(node.kept['hits'] ?? 0) + 1;
        node.send(from, { type: 'found', call, found: hit });
      } else {
        caller.call(STORE, { type: 'get', tenant, id }, ({ found }) => {
          known.set(name, found ?? null);
          node.send(from, { type: 'found', call, found: found ?? null });
        });
      }
    },
    timer: (name) => void caller.timer(name),
  };
}

/** A document has a number, and belongs to somebody. Whoever asks for another’s hears that there is none. */
function store(node: SketchNode, twin: Twin | undefined): SketchProgram {
  return {
    message: (from, message) => {
      const { call = '' } = message;
      const [tenant, id] = [message['tenant'] as string, message['id'] as string];
      const [name = '', owner = tenant] = id.split('@');
      const isTheirs = owner === tenant || twin === TENANT_TWINS[2];
      node.send(from, { type: 'found', call, found: isTheirs ? tagged(owner, `${name} of ${owner}`) : null });
    },
  };
}

/** Tenants ask for their documents, under request names that they count alike, and now and then for somebody else’s. */
const asking: Workload = {
  name: 'asking',
  clients: 3,
  operations: ['show'],
  model: null,
  plan: ({ choices, fromUs, untilUs }) => {
    const planned: PlannedOperation[] = [];
    const counts = [0, 0, 0];
    for (let atUs = fromUs; ; ) {
      atUs += choices.between(5_000, 40_000, 'gap');
      if (atUs >= untilUs) return planned;
      const client = choices.below(3, 'client');
      const tenant = TENANTS[client] ?? '';
      const name = choices.pick(NAMES, 'name');
      const id = choices.chance(0.1, 'guesses') ? `${name}@${choices.pick(TENANTS, 'whose')}` : name;
      const request = `request-${(counts[client] = (counts[client] ?? 0) + 1)}`;
      const input = { tenant, request, id };
      planned.push({ id: planned.length, atUs, client, f: 'show', key: id, input });
    }
  },
};

/** Tenants under lost messages, copies, pauses and crashes. */
export function tenants(twin?: Twin): Experiment {
  return experiment({
    name: 'tenants',
    subject: rooms(twin),
    workload: asking,
    faults: [
      swarm({ duplication: true, reordering: true, pauses: true, slowLinks: true }),
      steady({ fault: 'loss', probability: 0.1 }),
    ],
    contract: { show: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
  });
}
