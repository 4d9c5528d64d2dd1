import type { Plain } from '@holdfast/plain';
import type { NeededRun } from '../../src/consensus/index.ts';
import { GCounter, ORSetReplica } from '../../src/crdt/index.ts';
import {
  delivery,
  type DeliveryMessage,
  type DeliveryResult,
  type DeliveryState,
} from '../../src/delivery/index.ts';
import { fixedTimeout } from '../../src/detectors/index.ts';
import { kv } from '../../src/kv/kv.ts';
import {
  leaderless,
  type LeaderlessCommand,
  type LeaderlessMessage,
  type LeaderlessOptions,
  type LeaderlessResult,
  type LeaderlessState,
} from '../../src/leaderless/index.ts';
import { findDisjointQuorums, majorityMembership } from '../../src/quorum/index.ts';
import { raft } from '../../src/raft/index.ts';
import { catchUp, rebuild, startProjection } from '../../src/replication/formats/projection.ts';
import { COUNTER_RUNS } from '../coordination/counterRuns.ts';
import { CoreGroup } from '../support/coreGroup.ts';

/** What a run showed, and whether that is what the answer it belongs to says. */
export interface Shows {
  readonly lines: readonly string[];
  readonly shown: boolean;
}

type Regions = CoreGroup<LeaderlessState, LeaderlessMessage, LeaderlessCommand, LeaderlessResult>;

/** Two nodes, each of which answers alone and tells the other: cut, and joined again. */
function twoSides(options: Partial<LeaderlessOptions>, act: (group: Regions, id: number) => void): Regions {
  const group: Regions = new CoreGroup(leaderless({ nodes: [1, 2], n: 2, w: 1, r: 1, ...options }), [1, 2]);
  group.passes = (): boolean => false;
  for (const id of [1, 2]) act(group, id);
  group.passes = (): boolean => true;
  for (let round = 0; round < 4; round++) {
    for (const id of [1, 2])
      for (const timer of Array.from(group.host(id).timers.keys())) group.fire(id, timer);
    group.settle();
  }
  return group;
}

const put = (key: string, value: Plain, time: number): LeaderlessCommand => ({
  kind: 'put',
  key,
  value,
  read: 'held',
  time,
});

function values(group: Regions, id: number, key: string): readonly unknown[] {
  const request = group.request(id, { kind: 'get', key });
  group.settle();
  const reply = group.replies.get(request);
  return reply?.ok === true ? reply.values : [];
}

function metadata(): Shows {
  const acknowledged: number[] = [];
  const group = twoSides({ conflict: 'last-write-wins' }, (sides, id) => {
    const request = sides.request(id, put('owner', `node ${id}`, id));
    if (sides.replies.get(request)?.ok === true) acknowledged.push(id);
  });
  const kept = values(group, 1, 'owner');
  return {
    lines: [`updates acknowledged on both sides: ${acknowledged.join(', ')}; kept: ${kept.join(', ')}`],
    shown: acknowledged.length === 2 && kept.length === 1,
  };
}

function lock(): Shows {
  const holders: number[] = [];
  twoSides({}, (sides, id) => {
    const free = values(sides, id, 'lock').length === 0;
    const request = sides.request(id, put('lock', id, id));
    if (free && sides.replies.get(request)?.ok === true) holders.push(id);
  });
  return {
    lines: [`the lock is free on both sides, and taken by ${holders.join(' and ')}`],
    shown: holders.length === 2,
  };
}

function settings(): Shows {
  const group = twoSides({ conflict: 'siblings' }, (sides, id) => {
    sides.request(id, put('limit', 10 * id, id));
  });
  const left = values(group, 1, 'limit');
  return {
    lines: [`two limits were set, and both are there: ${left.join(' and ')}`],
    shown: left.length === 2,
  };
}

function controllers(): Shows {
  const detector = fixedTimeout({ timeoutMs: 3_000 });
  const state = detector.start(0);
  for (let second = 1; second <= 10; second++) detector.heartbeat(state, second * 1_000);
  // From now on nothing arrives. The first controller is well, and does not know.
  const acts = [1];
  if (detector.suspects(state, 13_500)) acts.push(2);
  return {
    lines: [`heartbeats are lost: after 3 s of silence node 2 takes over, and ${acts.join(' and ')} act`],
    shown: acts.length === 2,
  };
}

function logs(): Shows {
  const orders = [
    ['a', 'b'],
    ['b', 'a'],
  ].map((order) => {
    const state = kv.init();
    for (const value of order) kv.apply(state, { f: 'append', key: 'log', value });
    return JSON.stringify(state);
  });
  return {
    lines: [`two commands, two orders of arrival: ${orders.join(' and ')}`],
    shown: orders[0] !== orders[1],
  };
}

function samples(): Shows {
  const group = new CoreGroup(raft({ voters: [1, 2, 3], preVote: false, checkQuorum: false }, kv), [1, 2, 3]);
  group.fire(1, 'election');
  group.settle();
  group.passes = ({ from, to }): boolean => from !== 1 && to !== 1;
  const asked = [1, 2, 3, 4].map((sequence) =>
    group.request(1, { client: 1, sequence, operation: { f: 'append', key: 'samples', value: sequence } }),
  );
  group.settle();
  const agreed = asked.filter((request) => group.replies.has(request)).length;
  const sides = ['one', 'two'].map((name) => {
    let count = GCounter.empty;
    for (let i = 0; i < 4; i++) count = GCounter.join(count, GCounter.increment(count, name));
    return count;
  });
  const total = GCounter.value(sides.reduce((a, b) => GCounter.join(a, b)));
  return {
    lines: [
      `of 4 samples on the side of the minority agreement takes ${agreed}`,
      `a counter that merges has ${total} of the 8 of both sides`,
    ],
    shown: agreed === 0 && total === 8,
  };
}

function index(): Shows {
  const log = ['red', 'blue', 'red'] as const;
  const fold = (view: Readonly<Record<string, number>>, word: Plain): Record<string, number> => ({
    ...view,
    [word as string]: (view[word as string] ?? 0) + 1,
  });
  const built = startProjection<Readonly<Record<string, number>>>({});
  catchUp(built, log, fold);
  // It is lost, and built again.
  const again = rebuild<Readonly<Record<string, number>>>({}, log, fold);
  const same = JSON.stringify(again.view) === JSON.stringify(built.view);
  return {
    lines: [`lost and built again: ${JSON.stringify(again.view)}, ${same ? 'the same' : 'another'}`],
    shown: same,
  };
}

function cache(): Shows {
  const source = new Map([['x', 1]]);
  let reads = 0;
  let held = new Map<string, number>();
  const get = (key: string): number | undefined => {
    const hit = held.get(key);
    if (hit !== undefined) return hit;
    reads++;
    const value = source.get(key);
    if (value !== undefined) held.set(key, value);
    return value;
  };
  const before = get('x');
  held = new Map();
  const after = get('x');
  return {
    lines: [`the cache is lost: the same value after one more read, ${reads} in all`],
    shown: before === after && reads === 2,
  };
}

function effect(): Shows {
  const core = delivery({ sender: 1, receiver: 2, semantics: 'effectively-once' });
  const group = new CoreGroup<DeliveryState, DeliveryMessage, Plain, DeliveryResult>(core, [1, 2]);
  let sent = 0;
  group.passes = (): boolean => {
    sent++;
    // The first two tries get lost on the way or on the way back.
    return sent > 2;
  };
  group.request(1, 'mail');
  for (let round = 0; round < 4; round++) {
    group.settle();
    group.fire(1, 'retry');
  }
  const { effects } = group.state(2);
  return {
    lines: [`sent and answered ${sent} times, carried out ${effects.length} time`],
    shown: effects.length === 1 && sent > 2,
  };
}

function edits(): Shows {
  const [one, two] = [new ORSetReplica('1'), new ORSetReplica('2')];
  const [a, b] = [one.add('milk'), two.add('bread')];
  one.merge(b);
  two.merge(a);
  const lists = [one, two].map((replica) => [...replica.values()].sort().join(', '));
  return {
    lines: [`both sides wrote, and both have ${lists[0]}`],
    shown: lists[0] === lists[1] && lists[0] === 'bread, milk',
  };
}

function membership(): Shows {
  const [old, next] = [
    [majorityMembership(['1', '2', '3'])],
    [majorityMembership(['1', '2', '3', '4', '5'])],
  ];
  const apart = findDisjointQuorums(old, next);
  return {
    lines: [
      `from three to five members at once: {${apart?.first.join(',')}} and {${apart?.second.join(',')}} both decide`,
    ],
    shown: apart !== undefined,
  };
}

export const NEEDED_RUNS: Readonly<Record<NeededRun, () => Shows>> = {
  'two-leaders': () => {
    const { lines, failed, rightHolds } = COUNTER_RUNS['own-election-splits']();
    return { lines, shown: failed && rightHolds };
  },
  'disjoint-quorums': membership,
  'lost-update': metadata,
  'two-holders': lock,
  'two-controllers': controllers,
  'logs-differ': logs,
  'settings-differ': settings,
  'samples-refused': samples,
  'index-rebuilt': index,
  'cache-refilled': cache,
  'effect-once': effect,
  'edits-merged': edits,
};
