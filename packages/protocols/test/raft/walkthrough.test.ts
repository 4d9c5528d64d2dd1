import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/core/guard.ts';
import { kv } from '../../src/kv/kv.ts';
import {
  raft,
  type RaftCommand,
  type RaftDefect,
  type RaftMessage,
  RaftMonitor,
  type RaftOptions,
  type RaftPromise,
  type RaftResult,
  type RaftState,
} from '../../src/raft/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';

type Group = CoreGroup<RaftState, RaftMessage, RaftCommand, RaftResult>;

interface Watched {
  readonly group: Group;
  readonly monitor: RaftMonitor;
}

const put = (value: number): RaftCommand => ({
  client: 1,
  sequence: value,
  operation: { f: 'put', key: 'x', value },
});

function start(defect: RaftDefect | undefined, options: Partial<RaftOptions> = {}): Watched {
  const voters = options.voters ?? [1, 2, 3];
  const core = raft({ preVote: false, checkQuorum: false, ...options, voters, defect }, kv);
  const group: Group = new CoreGroup(guarded(core), voters);
  const monitor = new RaftMonitor();
  group.onStep = (id, state): void => monitor.observe(id, state);
  return { group, monitor };
}

function elect(group: Group, id: number): void {
  group.fire(id, 'election');
  group.settle();
}

const only =
  (...ids: readonly number[]): Group['passes'] =>
  ({ from, to }) =>
    ids.includes(from) && ids.includes(to);
const all: Group['passes'] = () => true;

function crash({ group, monitor }: Watched, id: number): void {
  group.crash(id);
  monitor.restarted(id);
}

/** Node 3 votes for 1, its disk has not heard of it when it stops, and 2 asks it in the same term. */
function voteTwice(run: Watched): void {
  const { group } = run;
  group.autoSync = false;
  group.fire(1, 'election');
  group.syncOne(1);
  group.deliverWhere(({ to }) => to === 3);
  group.deliverWhere(({ to }) => to === 1);
  crash(run, 3);
  group.flying = [];
  group.autoSync = true;
  group.boot(3);
  group.passes = only(2, 3);
  elect(group, 2);
}

/** Node 3 was away. Node 1 leads again, holds an entry that is not committed, and 3 refuses what comes before it. */
function refusedAppend(run: Watched): void {
  const { group } = run;
  group.passes = only(1, 2);
  elect(group, 1);
  group.request(1, put(1));
  group.settle();
  crash(run, 1);
  group.boot(1);
  group.passes = (flying): boolean => only(1, 2)(flying) && flying.message.type !== 'append';
  for (let i = 0; i < 2; i++) elect(group, 1);
  group.passes = only(1, 3);
  for (let i = 0; i < 2; i++) {
    group.fire(1, 'heartbeat');
    group.settle();
  }
}

/** Node 1 holds an entry of term 1 where the leader of term 3 has one of term 2, and is sent what comes after it. */
function appendAfterAnother(run: Watched): void {
  const { group } = run;
  elect(group, 1);
  group.passes = only(1);
  group.request(1, put(1));
  group.settle();
  group.passes = only(2, 3);
  elect(group, 2);
  crash(run, 2);
  group.boot(2);
  elect(group, 2);
  elect(group, 2);
  group.passes = all;
  group.fire(2, 'heartbeat');
  group.settle();
}

/** An entry is committed by 1 and 2; 1 stops, and 3, which has nothing, asks for votes. */
function emptyCandidate(run: Watched): void {
  const { group } = run;
  group.passes = only(1, 2);
  elect(group, 1);
  group.request(1, put(1));
  group.settle();
  crash(run, 1);
  group.passes = only(2, 3);
  for (const id of [3, 3, 2]) elect(group, id);
}

/** The paper's figure 8: node 1 brings its entry of term 1 to a majority in term 3, and 5, with one of term 2, is elected after it. */
function figureEight(run: Watched): void {
  const { group } = run;
  elect(group, 1);
  group.passes = only(1, 2);
  group.request(1, put(1));
  group.settle();
  crash(run, 1);
  group.passes = ({ from, to, message }): boolean => from !== 2 && to !== 2 && message.type !== 'append';
  elect(group, 5);
  crash(run, 5);
  group.boot(1);
  group.passes = ({ to, message }): boolean =>
    message.type !== 'append' ||
    ((to === 3 || to === 4) && (message.prevIndex < 2 || group.view(to)['lastIndex'] === 1));
  for (let i = 0; i < 2; i++) elect(group, 1);
  group.fire(1, 'heartbeat');
  group.settle();
  crash(run, 1);
  group.boot(5);
  group.passes = all;
  for (let i = 0; i < 2; i++) elect(group, 5);
  group.request(5, put(2));
  group.settle();
}

/** The five safety invariants of the paper's figure 3: the variant that breaks each, and the run that shows it. */
const INVARIANTS: readonly {
  readonly promise: RaftPromise;
  readonly defect: RaftDefect;
  readonly play: (run: Watched) => void;
  readonly options?: Partial<RaftOptions>;
}[] = [
  { promise: 'election safety', defect: 'vote-not-persisted', play: voteTwice },
  { promise: 'leader append-only', defect: 'deletes-own-entries', play: refusedAppend },
  { promise: 'log matching', defect: 'no-previous-entry-check', play: appendAfterAnother },
  { promise: 'leader completeness', defect: 'no-up-to-date-check', play: emptyCandidate },
  {
    promise: 'state machine safety',
    defect: 'commit-older-term-by-counting',
    play: figureEight,
    options: { voters: [1, 2, 3, 4, 5], maxEntriesPerAppend: 1 },
  },
];

describe('the safety invariants of Raft', () => {
  it.each(INVARIANTS)('S4.24 $promise is broken by $defect in its run, and kept there by the core', (row) => {
    const { promise, defect, play, options } = row;
    for (const variant of [defect, undefined]) {
      const run = start(variant, options);
      play(run);
      const broken = [...run.monitor.violations.keys()];
      if (variant === undefined) expect(broken).toEqual([]);
      else expect(broken).toContain(promise);
      expect(run.monitor.examined[promise], `${promise} was looked at`).toBeGreaterThan(0);
    }
  });
});

describe('a walk through Raft', () => {
  it('S4.24 an election and a replication RPC, step by step, with questions whose answers the run gives', () => {
    const { group, monitor } = start(undefined);
    const text = new Transcript(group, ['role', 'term', 'vote', 'lastIndex', 'lastTerm', 'commit']);
    const answer = (words: string, value: unknown): void =>
      text.say(`#    ${words}: ${JSON.stringify(value)}`);
    const view = (id: number, field: string): unknown => group.view(id)[field];

    text.say(
      '# 1. Node 1 hears no leader. What does it change before it asks for votes, and what must be durable?',
    );
    text.fire(1, 'election');
    answer('its role, term and vote, of which the disk holds', group.host(1).records['hard']);
    text.say('# 2. How many votes does it need, and whose is the first?');
    text.settle();
    answer(
      'it leads; votes of nodes',
      [1, 2, 3].filter((id) => view(id, 'vote') === 1),
    );
    text.say('# 3. What is the first entry of a leader for?');
    answer('to commit what came before it, by an entry of its own term; committed', view(1, 'commit'));

    text.say('# 4. A client writes while node 3 is away. What does AppendEntries say of the entry before?');
    group.passes = only(1, 2);
    const request = text.request(1, put(7));
    const append = group.flying.find(({ message }) => message.type === 'append')?.message;
    if (append?.type !== 'append') expect.fail('the leader sends the entry');
    answer('previous index and term', [append.prevIndex, append.prevTerm]);
    text.settle();
    text.say('# 5. When is it committed, and who knows?');
    answer(
      'commit at nodes 1, 2, 3',
      [1, 2, 3].map((id) => view(id, 'commit')),
    );
    text.answer(request);

    text.say('# 6. Node 1 stops. May node 3 become leader? May node 2?');
    group.crash(1);
    monitor.restarted(1);
    group.passes = only(2, 3);
    text.fire(3, 'election');
    text.settle();
    answer('node 2 gave its vote of this term to', view(2, 'vote'));
    text.fire(2, 'election');
    text.settle();
    answer('roles of 2 and 3', [view(2, 'role'), view(3, 'role')]);
    text.say('# 7. What does node 3 hold now at index 2, and why could that not be lost?');
    answer('entry 2 of node 3 is of term', group.state(3).log.entries[1]?.term);
    text.say(
      '#    A majority held it, every majority of votes has one of them, and that one votes for no log that lacks it.',
    );
    expectTranscript('raft-walk', text.lines);
    expect([view(2, 'role'), view(3, 'role'), view(3, 'lastIndex')]).toEqual(['leader', 'follower', 3]);
    expect(monitor.violations.size).toBe(0);
  });
});
