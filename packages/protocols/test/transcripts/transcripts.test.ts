import { describe, it } from 'vitest';
import { abd } from '../../src/abd/index.ts';
import { threePhaseCommit, twoPhaseCommit } from '../../src/commit/index.ts';
import { appendTo, consensusModule } from '../../src/consensus/index.ts';
import { kv } from '../../src/kv/kv.ts';
import { leaderless } from '../../src/leaderless/index.ts';
import { multiPaxos } from '../../src/multipaxos/index.ts';
import { paxos } from '../../src/paxos/index.ts';
import { raft } from '../../src/raft/index.ts';
import { leaderFollower, type ReplicationCommand } from '../../src/replication/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';

const write = (value: number): ReplicationCommand => ({
  kind: 'write',
  client: 0,
  sequence: 0,
  operation: { f: 'put', key: 'x', value },
});

describe('short runs that read as text', () => {
  it('leader-follower replication: an appointment, a write, a failover that keeps it', () => {
    const group = new CoreGroup(leaderFollower({ nodes: [1, 2, 3], controller: 9 }, kv), [1, 2, 3, 9]);
    const text = new Transcript(group, ['role', 'epoch', 'leader', 'last', 'commit', 'applied']);
    text.say('# The controller fences everybody, and appoints node 1.');
    text.settle();
    text.say('# A write is answered once a majority of disks hold it.');
    const request = text.request(1, write(1));
    text.settle();
    text.answer(request);
    text.say('# Node 1 is not heard any more: whoever has most of those that answer takes over.');
    group.passes = ({ from, to }): boolean => from !== 1 && to !== 1;
    text.fire(9, 'watch');
    text.settle();
    expectTranscript('leader-follower', text.lines);
  });

  it('leaderless replication: a quorum writes, a quorum reads', () => {
    const group = new CoreGroup(leaderless({ nodes: [1, 2, 3], antiEntropyMs: 1_000 }), [1, 2, 3]);
    const text = new Transcript(group, ['keys', 'hints', 'open']);
    text.say('# Node 3 does not hear of the write.');
    group.passes = ({ to, from }): boolean => to !== 3 && from !== 3;
    const put = text.request(1, { kind: 'put', key: 'x', value: 1, read: 'held', time: 0 });
    text.settle();
    text.answer(put);
    text.say('# A read at node 3 finds it out, and repairs what it holds itself.');
    group.passes = (): boolean => true;
    const get = text.request(3, { kind: 'get', key: 'x' });
    text.settle();
    text.answer(get);
    expectTranscript('leaderless', text.lines);
  });

  it('ABD registers: a write in two rounds, a read that writes back', () => {
    const group = new CoreGroup(abd({ nodes: [1, 2, 3] }), [1, 2, 3]);
    const text = new Transcript(group, ['keys', 'open']);
    const written = text.request(1, { f: 'write', key: 'x', value: 1 });
    text.settle();
    text.answer(written);
    const read = text.request(2, { f: 'read', key: 'x' });
    text.settle();
    text.answer(read);
    expectTranscript('abd', text.lines);
  });

  it('single-decree Paxos: a proposer is outbid, and proposes what may have been chosen', () => {
    const group = new CoreGroup(paxos({ nodes: [1, 2, 3] }), [1, 2, 3]);
    const text = new Transcript(group, ['promised', 'accepted', 'acceptedValue', 'decided']);
    text.say('# Node 1 proposes; only node 2 hears that it should accept, and nobody hears that it did.');
    group.passes = ({ from, to, message }): boolean =>
      from !== 3 && to !== 3 && message.type !== 'accepted' && message.type !== 'learn';
    text.request(1, { value: 'one' });
    text.settle();
    text.say('# Node 3 proposes another value, and has to take over the first.');
    group.passes = ({ from, to }): boolean => from !== 1 && to !== 1;
    const request = text.request(3, { value: 'three' });
    text.settle();
    text.answer(request);
    for (let round = 0; round < 3 && !group.replies.has(request); round++) {
      text.fire(3, 'retry');
      text.settle();
      text.answer(request);
    }
    expectTranscript('paxos', text.lines);
  });

  it('two-phase and three-phase commit: a coordinator that stops after the votes', () => {
    const options = { coordinator: 1, participants: [2, 3] };
    const lines: string[] = [];
    for (const core of [twoPhaseCommit(options), threePhaseCommit(options)]) {
      const group = new CoreGroup(core, [1, 2, 3]);
      const text = new Transcript(group, ['phase', 'durable', 'yes']);
      text.say(`# ${core.name}: all say yes, and the coordinator stops before it has heard them.`);
      text.request(1, 'commit');
      group.passes = ({ to }): boolean => to !== 1;
      text.settle();
      group.crash(1);
      text.say('# The participants wait no longer: do they know enough to end it?');
      for (let round = 0; round < 3; round++) {
        for (const id of [2, 3]) {
          const [timer] = group.host(id).timers.keys();
          if (timer !== undefined) text.fire(id, timer);
        }
        text.settle();
      }
      lines.push(...text.lines);
    }
    expectTranscript('commit', lines);
  });

  it('Raft: an election, a write, and a leader that the others replace', () => {
    const group = new CoreGroup(raft({ voters: [1, 2, 3] }, kv), [1, 2, 3]);
    const text = new Transcript(group, ['role', 'term', 'vote', 'lastIndex', 'commit']);
    text.say('# Node 1 hears from no leader: it asks whether it could win, then for votes.');
    text.fire(1, 'election');
    text.settle();
    text.say('# A write is committed once a majority holds it.');
    const request = text.request(1, { client: 1, sequence: 1, operation: { f: 'put', key: 'x', value: 1 } });
    text.settle();
    text.answer(request);
    text.say('# Node 1 is cut off. A node that has the entry is elected; the entry stays.');
    group.passes = ({ from, to }): boolean => from !== 1 && to !== 1;
    for (const id of [2, 3]) text.fire(id, 'leader-fresh');
    text.fire(2, 'election');
    text.settle();
    expectTranscript('raft', text.lines);
  });

  it('Multi-Paxos: one first phase for all slots, two delays a command', () => {
    const group = new CoreGroup(multiPaxos({ nodes: [1, 2, 3] }, kv), [1, 2, 3]);
    const text = new Transcript(group, ['role', 'promised', 'commit', 'applied']);
    text.say('# Node 1 campaigns: prepare and promise, once.');
    text.fire(1, 'election');
    text.settle();
    text.say('# Two commands, no prepare.');
    for (const value of [1, 2]) {
      const operation = { f: 'put', key: 'x', value } as const;
      const request = text.request(1, { client: 1, sequence: value, operation });
      text.settle();
      text.answer(request);
    }
    expectTranscript('multi-paxos', text.lines);
  });

  it('a consensus module: two nodes want the same slot of a log, and one goes on to the next', () => {
    const group = new CoreGroup(consensusModule({ nodes: [1, 2, 3] }), [1, 2, 3]);
    const text = new Transcript(group, ['instances', 'decided']);
    for (const id of [1, 2]) {
      const request = text.request(id, appendTo(group.state(id), `of ${id}`));
      text.settle();
      text.answer(request);
    }
    text.say('# Node 3 knows what was decided, and takes the next slot.');
    const request = text.request(3, appendTo(group.state(3), 'of 3'));
    text.settle();
    text.answer(request);
    expectTranscript('consensus', text.lines);
  });
});
