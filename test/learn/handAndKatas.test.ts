import {
  type ApiTask,
  ELECTION_SEEDS,
  type ElectionDesign,
  type ElectionStep,
  fenceRun,
  gradeElection,
  type Mark,
  paxosRun,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import consensus from '../../casebook/learn/consensus/exercises.ts';
import katas from '../../casebook/learn/katas/exercises.ts';
import { beliefsOf, named, wrongItems } from './support.ts';

const answersTo = (marks: readonly Mark[]): Record<string, string> =>
  Object.fromEntries(marks.map(({ item, expected }) => [item.split(' ')[0] ?? '', expected]));

describe('consensus by hand', () => {
  it.each(['override', 'duel'] as const)(
    'S4.11 a run of the Paxos core shows the %s, and every step is checked',
    (scene) => {
      const exercise = named(consensus, `paxos-${scene}`);
      for (const seed of [1, 2]) {
        const steps = paxosRun(scene, seed);
        const task = exercise.task(seed);
        const right = answersTo(task.grade({}).marks);
        expect(wrongItems(task.grade(right))).toEqual([]);
        const decided = new Set(
          steps.filter(({ does }) => does.startsWith('decided')).map(({ does }) => does),
        );
        expect(decided.size).toBe(1);
        if (scene === 'duel') {
          const naive = Object.fromEntries(
            Object.entries(right).map(([id, does]) => [id, does === 'refuse' ? 'accepted' : does]),
          );
          const prepared = Object.fromEntries(
            Object.entries(right).map(([id, does]) => [id, does === 'refuse' ? 'promise' : does]),
          );
          expect([...beliefsOf(task.grade(naive)), ...beliefsOf(task.grade(prepared))]).toContainEqual(
            expect.stringContaining('takes whatever comes'),
          );
          continue;
        }
        const overridden = steps.findIndex(
          ({ does, beliefs }) => does.startsWith('ask') && beliefs[0]?.answer !== does,
        );
        const own = { ...right, [`s${overridden + 1}`]: steps[overridden]?.beliefs[0]?.answer };
        expect(beliefsOf(task.grade(own))).toEqual([expect.stringContaining('asks for its own value')]);
      }
    },
  );

  it('S4.11 a split brain: each write is carried out or refused by what the storage has been shown', () => {
    const exercise = named(consensus, 'split-brain-and-fencing');
    const task = exercise.task(3);
    const right = answersTo(task.grade({}).marks);
    expect(wrongItems(task.grade(right))).toEqual([]);
    // The naive reading: whoever was elected last is done, everybody else refused.
    const naive = Object.fromEntries(
      fenceRun(3).flatMap(({ carriedOut, isStale }, i) =>
        carriedOut === undefined ? [] : [[`s${i + 1}`, isStale ? 'refused' : 'done']],
      ),
    );
    expect(beliefsOf(task.grade(naive))).toEqual([
      expect.stringContaining('the election fences the old leader off'),
    ]);
    const trusting = Object.fromEntries(Object.keys(right).map((id) => [id, 'done']));
    expect(beliefsOf(task.grade(trusting))).toEqual([
      expect.stringContaining('a later token has been shown'),
    ]);
  });
});

interface Node {
  readonly me: number;
  readonly count: number;
  readonly term: number;
  readonly votedFor: number | null;
  readonly votes: readonly number[];
  readonly leads: boolean;
}

interface Said {
  readonly type: 'ask' | 'vote' | 'beat';
  readonly term: number;
}

const told = (node: Node, to: readonly number[], message: Said | undefined, heard = false): ElectionStep => ({
  state: { ...node, votes: [...node.votes] },
  send: message === undefined ? [] : to.map((each) => ({ to: each, message: { ...message } })),
  leads: node.leads ? node.term : null,
  heard,
});
const others = ({ me, count }: Node): number[] =>
  Array.from({ length: count }, (_, i) => i).filter((i) => i !== me);

/** Votes once a term, keeps its vote through a crash, counts votes of its own term. */
const election: ElectionDesign = {
  start: (me, count) => ({ me, count, term: 0, votedFor: null, votes: [], leads: false }),
  timeout: (state) => {
    const before = state as unknown as Node;
    if (before.leads) return told(before, [], undefined);
    const node = { ...before, term: before.term + 1, votedFor: before.me, votes: [before.me] };
    return told(node, others(node), { type: 'ask', term: node.term });
  },
  message: (state, from, message) => {
    let node = state as unknown as Node;
    const { type, term } = message as unknown as Said;
    if (term > node.term) node = { ...node, term, votedFor: null, votes: [], leads: false };
    if (term < node.term) return told(node, [], undefined);
    if (type === 'beat') return told(node, [], undefined, true);
    if (type === 'ask') {
      if (node.votedFor !== null && node.votedFor !== from) return told(node, [], undefined);
      return told({ ...node, votedFor: from }, [from], { type: 'vote', term }, true);
    }
    const votes = [...new Set([...node.votes, from])];
    const leads = node.votedFor === node.me && votes.length * 2 > node.count;
    node = { ...node, votes, leads };
    return told(node, leads ? others(node) : [], leads ? { type: 'beat', term } : undefined);
  },
  heartbeat: (state) => {
    const node = state as unknown as Node;
    return told(node, others(node), { type: 'beat', term: node.term });
  },
  restart: (state) => ({ ...(state as unknown as Node), votes: [], leads: false }) as never,
};

const SAFE = (seeds: number): string => `safe: at most one leader in a term, in ${seeds} seeds`;
const LIVE = 'live: a leader that stays, once all is calm';

describe('katas', () => {
  it('S4.12 the election kata: a right one passes; one that forgets its vote, or never elects, is found', () => {
    expect(ELECTION_SEEDS).toBe(1_000);
    expect(wrongItems(gradeElection(election, 25))).toEqual([]);
    const forgets: ElectionDesign = {
      ...election,
      restart: (state) =>
        ({ ...(state as unknown as Node), votedFor: null, votes: [], leads: false }) as never,
    };
    expect(wrongItems(gradeElection(forgets, 200))).toEqual([SAFE(200)]);
    const minority: ElectionDesign = {
      ...election,
      start: (me, count) =>
        ({ ...(election.start(me, count) as unknown as Node), count, votes: [] }) as never,
      timeout: (state) => {
        const step = election.timeout(state);
        return { ...step, leads: (step.state as unknown as Node).term };
      },
    };
    expect(wrongItems(gradeElection(minority, 200))).toContain(SAFE(200));
    const silent: ElectionDesign = { ...election, timeout: (state) => ({ state, send: [], leads: null }) };
    expect(wrongItems(gradeElection(silent, 5))).toEqual([LIVE]);
    const throws: ElectionDesign = {
      ...election,
      timeout: () => {
        throw new Error('later');
      },
    };
    expect(wrongItems(gradeElection(throws, 5))).toContain('runs 5 seeds to their end');
  });

  it('S4.12 S4.26 the API kata: one transaction passes, looking first does not', () => {
    const exercise = named(katas, 'kata-api');
    const task = exercise.task(1);
    const right: ApiTask = function* (store, request) {
      const before = store.get(request.key) as { readonly amount: number } | null;
      if (before !== null)
        return before.amount === request.amount
          ? { status: 200, body: 'charged' }
          : { status: 422, body: 'another payload' };
      store.chargeAndPut(request.amount, request.key, { amount: request.amount });
      yield;
      return { status: 200, body: 'charged' };
    };
    expect(wrongItems(task.grade(right))).toEqual([]);
    const looks: ApiTask = function* (store, request) {
      if (store.get(request.key) !== null) return { status: 200, body: 'charged' };
      yield;
      store.charge(request.amount);
      yield;
      store.put(request.key, 'charged');
      return { status: 200, body: 'charged' };
    };
    const grade = task.grade(looks);
    expect(wrongItems(grade)).toEqual([
      'another payload under the same key is refused',
      'two copies at once have one effect',
      'a crash between any two steps does not charge twice',
    ]);
    expect(beliefsOf(grade)).toHaveLength(3);
  });

  it('S4.12 the postmortem kata marks labels against a labelled list', () => {
    const exercise = named(katas, 'kata-postmortem');
    const tasks = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12].map((seed) => exercise.task(seed));
    const task = tasks.find(({ text }) => text.startsWith('GitHub, 21 October 2018')) ?? exercise.task(1);
    const concepts = ['network partition', 'failover', 'split brain', 'slow recovery'];
    expect(wrongItems(task.grade({ concepts }))).toEqual([]);
    expect(wrongItems(task.grade({ concepts: [...concepts.slice(1), 'overload'] }))).toEqual([
      'network partition',
      'overload',
    ]);
    expect(() => task.grade({ concepts: ['bad luck'] })).toThrow('as one of the list');
  });
});
