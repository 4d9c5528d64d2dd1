import type { Experiment } from '../../experiment/experiment.ts';
import { SketchCaller } from '../sketch/caller.ts';
import type {
  HeardMessage,
  SketchNode,
  SketchProgram,
  SketchRequest,
  SketchAnswer,
} from '../sketch/options.ts';
import { incidentExperiment, type Step } from './incident.ts';

/** How a function keeps what it has done: in a store, under the call's key; in a store, whatever was there; in its own memory until it is asked for. */
export const HANDLERS = ['stateless', 'stateless-without-key', 'counts-in-memory'] as const;
/** One of them. */
export type Handler = (typeof HANDLERS)[number];

/** What must be so wherever an instance is killed. */
export const COUNTED_ONCE = 'every call that was answered is counted once';

const PLATFORM = 0;
const INSTANCE = 1;
const STORE = 2;
const COLD_START_MS = 20;
const AGAIN_MS = 60;
const CALLS = 6;
/** When the call comes in whose instance is killed, and how long after that a kill can hit it. */
const KILLED_CALL_MS = 500;
/** The last instant at which killing makes a difference, microseconds after that call. */
export const KILL_SPAN_US = 6_000;

/** Sends each call to the instance, and again when there is no answer: at least once. */
function platform(node: SketchNode): SketchProgram {
  const caller = new SketchCaller(node, AGAIN_MS);
  return {
    request: ({ id }, answer) => {
      caller.call(INSTANCE, { type: 'invoke', key: `call-${id}` }, ({ total }) =>
        answer({ outcome: 'ok', output: total ?? null }),
      );
    },
    message: (_from, message) => void caller.heard(message),
    timer: (name) => void caller.timer(name),
  };
}

/** Starts cold, and is gone when it is killed: with its memory, and with what it was about to do. */
class Instance implements SketchProgram {
  private readonly node: SketchNode;
  private readonly handler: Handler;
  private readonly caller: SketchCaller;
  private isWarm = false;
  private readonly early: [number, HeardMessage][] = [];
  private readonly counted: string[] = [];

  constructor(node: SketchNode, handler: Handler) {
    this.node = node;
    this.handler = handler;
    this.caller = new SketchCaller(node, AGAIN_MS);
    node.timer('warm', COLD_START_MS);
  }

  message(from: number, message: HeardMessage): void {
    if (this.caller.heard(message) || message.type !== 'invoke') return;
    if (this.isWarm) this.handle(from, message);
    else this.early.push([from, message]);
  }

  timer(name: string): void {
    if (this.caller.timer(name)) return;
    this.isWarm = true;
    for (const [from, message] of this.early.splice(0)) this.handle(from, message);
  }

  private handle(from: number, { key, ...words }: HeardMessage): void {
    const answer = (): void => this.node.send(from, { type: 'result', key, call: words['call'] ?? '' });
    if (this.handler === 'counts-in-memory') {
      // What is counted goes to the store with every third call.
      if (!this.counted.includes(key)) this.counted.push(key);
      if (this.counted.length < 3) return answer();
      const keys = this.counted.splice(0);
      this.caller.call(STORE, { type: 'count', key, keys }, answer);
      return;
    }
    this.caller.call(
      STORE,
      {
        type: 'count',
        key,
        keys: [
          this.handler === 'stateless' ? key : `${key}/${this.node.upMs()}/${this.node.draw(1e9, 'attempt')}`,
        ],
      },
      answer,
    );
  }
}

function store(node: SketchNode): SketchProgram {
  const seen = (node.kept['seen'] ??= {}) as Record<string, true>;
  return {
    message: (from, { type, key, ...words }) => {
      for (const name of words['keys'] as readonly string[]) {
        if (seen[name] !== true) node.effect('counts', name);
        seen[name] = true;
      }
      node.send(from, { type: `${type}ed`, key, call: words['call'] ?? '' });
    },
  };
}

/** Six calls of a function, whose instance is killed so long after the fourth came in; undefined: never. */
export function killedExperiment(handler: Handler, killAfterUs: number | undefined): Experiment {
  const steps: Step[] = Array.from({ length: CALLS }, (_, n) => {
    return { atMs: 200 + n * 100, client: 0, f: 'invoke', key: `${n}`, input: null };
  });
  return incidentExperiment({
    name: `killed-${handler}${killAfterUs === undefined ? '-never' : `-after-${killAfterUs}-us`}`,
    nodes: ['platform', 'instance', 'store'],
    operations: ['invoke'],
    clients: 1,
    asks: { timeoutMs: 2_000 },
    survives: ['crash-recovery'],
    program: (node) =>
      node.index === PLATFORM
        ? platform(node)
        : node.index === INSTANCE
          ? new Instance(node, handler)
          : store(node),
    steps: () => steps,
    faults:
      killAfterUs === undefined
        ? []
        : [{ kind: 'crash', host: 'instance', atUs: KILLED_CALL_MS * 1_000 + killAfterUs, forUs: 30_000 }],
    seconds: 4,
    promises: [COUNTED_ONCE],
    judge: ({ operations, effects }) => {
      const answered = operations.filter(({ outcome }) => outcome === 'ok').map(({ id }) => `call-${id + 1}`);
      const times = (call: string): number =>
        effects.filter(({ key }) => key === call || key.startsWith(`${call}/`)).length;
      const lost = answered.filter((call) => times(call) === 0);
      const twice = answered.filter((call) => times(call) > 1);
      return [
        {
          promise: COUNTED_ONCE,
          kept: lost.length === 0 && twice.length === 0 && answered.length === CALLS,
          reason: `${answered.length} calls were answered, ${lost.length} of them never counted, ${twice.length} more than once`,
          examined: answered.length,
        },
      ];
    },
  });
}

/** What a restored instance makes anew. All three, or it is a copy of another. */
export const RENEWALS = ['ids', 'random', 'lease'] as const;
/** One of them. */
export type Renewal = (typeof RENEWALS)[number];

/** What two instances of one snapshot must not share. */
export const SNAPSHOT_PROMISES: Readonly<Record<Renewal, string>> = {
  ids: 'no id is given twice',
  random: 'no two instances draw the same',
  lease: 'one instance at a time acts under a lease',
};

/** The memory of an instance that had run for a while, had numbered forty orders and held a lease. */
const SNAPSHOT = { next: 41, random: 20_261_126, lease: 7 } as const;
const LEASES = 0;
const MODULUS = 2_147_483_647;

/** An instance that goes on from the snapshot, but for what it makes anew when it is told that it was restored. */
class Restored implements SketchProgram {
  private readonly node: SketchNode;
  private readonly prefix: string;
  private next: number = SNAPSHOT.next;
  private random: number = SNAPSHOT.random;
  private lease: number | undefined = SNAPSHOT.lease;
  private readonly waiting: (() => void)[] = [];

  constructor(node: SketchNode, renews: readonly Renewal[]) {
    this.node = node;
    this.prefix = renews.includes('ids') ? `${node.name}-` : '';
    if (renews.includes('random')) this.random = 1 + node.draw(MODULUS - 1, 'entropy');
    if (!renews.includes('lease')) return;
    this.lease = undefined;
    node.send(LEASES, { type: 'lease?' });
  }

  request(_request: SketchRequest, answer: (answer: SketchAnswer) => void): void {
    const act = (): void => {
      this.random = (this.random * 16_807) % MODULUS;
      const { node } = this;
      node.effect('order', `${this.prefix}${this.next++}`);
      node.effect('draw', `${this.random}`);
      // An instance that has no lease does everything but what needs it.
      if (this.lease !== undefined && this.lease !== 0) node.effect('acts', `under lease ${this.lease}`);
      answer({ outcome: 'ok', output: null });
    };
    if (this.lease === undefined) this.waiting.push(act);
    else act();
  }

  message(_from: number, message: HeardMessage): void {
    this.lease = Number(message['lease']);
    for (const act of this.waiting.splice(0)) act();
  }
}

/** Gives out one lease at a time; the one in the snapshot belongs to who had it, and is over for whoever asks anew. */
function leases(node: SketchNode): SketchProgram {
  return {
    message: (from) => {
      const given = (node.kept['given'] as number | undefined) ?? -1;
      if (given < 0) node.kept['given'] = from;
      node.send(from, { type: 'lease', lease: given < 0 ? SNAPSHOT.lease + 1 : 0 });
    },
  };
}

/** One snapshot, restored so many times; each instance renews what it is told to. */
export function snapshotExperiment(restored: 1 | 2, renews: readonly Renewal[]): Experiment {
  const instances = ['instance-1', 'instance-2'].slice(0, restored);
  return incidentExperiment({
    name: `snapshot-restored-${restored === 1 ? 'once' : 'twice'}${RENEWALS.filter(
      (each) => !renews.includes(each),
    )
      .map((each) => `-same-${each}`)
      .join('')}`,
    nodes: ['leases', ...instances],
    operations: ['order'],
    clients: restored,
    asks: { entry: (client) => [instances[client] ?? ''], timeoutMs: 500 },
    program: (node) => (node.index === LEASES ? leases(node) : new Restored(node, renews)),
    steps: () =>
      Array.from({ length: 10 }, (_, n) => {
        return { atMs: 200 + 50 * n, client: n % restored, f: 'order', key: `${n}`, input: null };
      }),
    faults: [],
    seconds: 4,
    promises: RENEWALS.map((each) => SNAPSHOT_PROMISES[each]),
    judge: ({ effects }) => {
      const shared = (what: string, isPerNode: boolean): { twice: number; all: number } => {
        const of = effects.filter((each) => each.what === what);
        const nodes = new Map<string, Set<number>>();
        for (const { key, node } of of) nodes.set(key, (nodes.get(key) ?? new Set()).add(node));
        const twice = [...nodes.values()].filter((each) => each.size > 1).length;
        return { twice, all: isPerNode ? nodes.size : of.length };
      };
      const [ids, random, lease] = [shared('order', false), shared('draw', false), shared('acts', true)];
      const verdict = (renewal: Renewal, { twice, all }: typeof ids, words: string) => {
        const reason = `${twice} of ${all} ${words}`;
        return { promise: SNAPSHOT_PROMISES[renewal], kept: twice === 0, reason, examined: all };
      };
      return [
        verdict('ids', ids, 'ids were given by both instances'),
        verdict('random', random, 'draws were made by both instances'),
        verdict('lease', lease, 'leases were acted under by both instances'),
      ];
    },
  });
}
