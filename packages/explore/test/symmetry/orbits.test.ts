import type { Core } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import {
  type Bounds,
  type CoreModel,
  CoreModelError,
  explore,
  type NodeSymmetry,
  ofNodes,
  resolveBounds,
} from '../../src/index.ts';
import { CoreSpace } from '../../src/engine/cores/coreSpace.ts';
import { Successors } from '../../src/engine/space.ts';

interface Peer {
  readonly self: number;
  /** From whom it has heard, sorted; 0 nobody yet. */
  heard: number[];
  votes: number;
}

type Word = { readonly from: number; readonly hops: number };

/** Peers that say hello to all others, and pass the first word they hear on. */
function gossip(
  peers: number,
  options: { symmetry?: NodeSymmetry<Word> } = {},
): CoreModel<Word, never, never> {
  const ids = Array.from({ length: peers }, (_, i) => i + 1);
  const core: Core<Peer, Word, never, never> = {
    name: 'gossip',
    boot({ self, records }, out): Peer {
      const others = ids.filter((id) => id !== self);
      if (records['done'] === undefined) {
        const token = out.store([{ key: 'done', value: self }]);
        for (const id of others) out.send(id, { from: self, hops: 0 }, token);
      }
      return { self, heard: [], votes: 0 };
    },
    step(state, event, out): void {
      if (event.kind !== 'message') return;
      const { from, hops } = event.message;
      if (state.heard.includes(from)) return;
      state.heard = [...state.heard, from].sort((a, b) => a - b);
      if (hops === 0 && state.heard.length === 1) out.send(event.from, { from: state.self, hops: 1 });
      state.votes += hops;
    },
    messageType: () => 'word',
    view: ({ votes }) => ({ votes }),
  };
  return {
    name: 'gossip',
    nodes: ids.map((id) => ({ id, core })),
    ...(options.symmetry === undefined ? {} : { symmetry: options.symmetry }),
    properties: [
      ofNodes<Peer, number>({
        name: 'somebody heard everybody',
        kind: 'reachable',
        view: ({ state }) => state?.heard.length ?? 0,
        holds: (heard) => heard.some((count) => count === peers - 1),
      }),
    ],
  };
}

function symmetryOf(nodes: readonly number[]): NodeSymmetry<Word> {
  return {
    nodes,
    state: (state, rename) => {
      const peer = state as Peer;
      const heard = peer.heard.map(rename).sort((a, b) => a - b);
      return { ...peer, self: rename(peer.self), heard };
    },
    message: ({ from, hops }, rename) => ({ from: rename(from), hops }),
    records: (records, rename) =>
      records['done'] === undefined ? records : { ...records, done: rename(records['done'] as number) },
  };
}

interface Shown {
  readonly nodes: readonly {
    readonly up: boolean;
    readonly state: Peer | null;
    readonly records: Record<string, number>;
    readonly storing: readonly unknown[];
    readonly nextStore: number;
  }[];
  readonly used: Readonly<Record<string, number>>;
  readonly inFlight: readonly { readonly from: number; readonly to: number; readonly message: Word }[];
}

/** The least text of a state under all renamings, worked out from the state spelt out. */
function orbitKey(state: Shown, permutations: readonly (readonly number[])[]): string {
  const keys = permutations.map((order) => {
    const rename = (id: number): number => order[id - 1] ?? 0;
    const nodes: unknown[] = [];
    state.nodes.forEach((node, i) => {
      const { up, state: peer, records } = node;
      const heard = peer?.heard.map(rename).sort((a, b) => a - b) ?? null;
      const done = records['done'] === undefined ? null : rename(records['done']);
      nodes[rename(i + 1)] = [up, heard, peer?.votes ?? null, done, node.storing.length, node.nextStore];
    });
    const bag = state.inFlight.map(({ from, to, message }) =>
      [rename(from), rename(to), rename(message.from), message.hops].join(' '),
    );
    return JSON.stringify([nodes, bag.sort(), state.used]);
  });
  return keys.sort()[0] ?? '';
}

/** Every state of a model without symmetry, spelt out. */
function everyState(model: CoreModel<Word, never, never>, bounds: Bounds): Shown[] {
  const space = new CoreSpace(model, resolveBounds(bounds), { symmetry: false });
  const seen = new Set<string>();
  const queue: Int32Array[] = [];
  const offer = (words: Int32Array): void => {
    if (seen.has(words.join())) return;
    seen.add(words.join());
    queue.push(words);
  };
  for (const words of space.initial()) offer(words);
  for (const words of queue) {
    const out = new Successors();
    space.hash(words, 0, words.length);
    space.expand(words, 0, words.length, space.low, space.high, out);
    for (let i = 0; i < out.count; i++) {
      const target = new Int32Array(space.roomAfter(words.length));
      offer(target.slice(0, space.write(words, 0, words.length, out, i, target, 0)));
    }
  }
  return queue.map((words) => space.show(words, 0, words.length) as Shown);
}

const PERMUTATIONS_OF_3 = [
  [1, 2, 3],
  [1, 3, 2],
  [2, 1, 3],
  [2, 3, 1],
  [3, 1, 2],
  [3, 2, 1],
];

describe('symmetry of nodes', () => {
  it('S3.23 counts true orbits: as many as the classes of all states, made by hand from states spelt out', () => {
    for (const crashes of [0, 1]) {
      const classes = new Set<string>();
      const bounds = { crashes, inFlight: 4 };
      const states = everyState(gossip(3), bounds);
      for (const state of states) classes.add(orbitKey(state, PERMUTATIONS_OF_3));
      const symmetric = explore(gossip(3, { symmetry: symmetryOf([1, 2, 3]) }), bounds);
      expect(symmetric).toMatchObject({ symmetry: true, states: classes.size });
      expect(states.length).toBeGreaterThan(5 * classes.size);
    }
  });

  it('S3.23 partly alike nodes give fewer states, all alike the fewest, on every kind of network', () => {
    for (const network of ['unordered', 'unordered-duplicating', 'ordered'] as const) {
      const count = (nodes: readonly number[] | undefined): number =>
        explore(
          { ...gossip(3, nodes === undefined ? {} : { symmetry: symmetryOf(nodes) }), network },
          { inFlight: 5, crashes: network === 'unordered' ? 1 : 0 },
        ).states;
      const [none, two, three] = [count(undefined), count([1, 2]), count([1, 2, 3])];
      expect(two).toBeLessThan(none);
      expect(three).toBeLessThan(two);
      expect(none / three).toBeLessThanOrEqual(6);
      expect(none / two).toBeLessThanOrEqual(2);
    }
  });

  it('S3.23 the run shown is a real one though only one state of each orbit is kept', () => {
    const model = gossip(3, { symmetry: symmetryOf([1, 2, 3]) });
    const [property] = explore(model).properties;
    const plain = explore(model, {}, { symmetry: false }).properties[0];
    expect(property?.trace?.steps).toHaveLength(plain?.trace?.steps.length ?? 0);
    // Each step starts where the one before it ended: what is delivered was in flight.
    let before = property?.trace?.initial as Shown;
    for (const { kind, text, after } of property?.trace?.steps ?? []) {
      if (kind === 'deliver') {
        const sent = before.inFlight.map(({ from, to }) => `N${from} -> N${to}`);
        expect(sent).toContain(text.split(' ').slice(0, 3).join(' '));
      }
      before = after as Shown;
    }
  });

  it('S3.23 a client that asks one node by name does not go with symmetry', () => {
    const model = {
      ...gossip(3, { symmetry: symmetryOf([1, 2, 3]) }),
      clients: [{ requests: [{ command: 0 as never, to: 1 }] }],
    };
    expect(() => explore(model)).toThrow(CoreModelError);
    expect(() => explore({ ...model, clients: [] })).not.toThrow();
  });
});
