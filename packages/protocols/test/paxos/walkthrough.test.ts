import { describe, expect, it } from 'vitest';
import { guarded } from '../../src/core/guard.ts';
import {
  paxos,
  type PaxosCommand,
  type PaxosMessage,
  type PaxosResult,
  type PaxosState,
} from '../../src/paxos/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';
import { expectTranscript, Transcript } from '../support/transcript.ts';

type Group = CoreGroup<PaxosState, PaxosMessage, PaxosCommand, PaxosResult>;

/** Only these nodes hear each other, and nobody but them. */
function among(group: Group, ids: readonly number[]): void {
  group.passes = ({ from, to }): boolean => ids.includes(from) && ids.includes(to);
}

describe('a walk through Paxos', () => {
  it('S4.23 prepare, promise, accept, and a value that is overridden by the one that may be chosen, as text with questions', () => {
    const group: Group = new CoreGroup(guarded(paxos({ nodes: [1, 2, 3] })), [1, 2, 3]);
    const text = new Transcript(group, ['promised', 'accepted', 'decided']);
    text.say(
      '# 1. Nodes 1 and 2 hear each other, but for the last message. Node 1 wants a. What must it hear before it may ask anybody to accept?',
    );
    // That it was chosen reaches nobody else.
    group.passes = ({ from, to, message }): boolean => from + to === 3 && message.type !== 'learn';
    const first = text.request(1, { value: 'a' });
    text.settle();
    text.answer(first);
    text.say(
      '# Promises of a majority, itself included. Nobody had accepted anything: the value was its own to choose.',
    );
    text.say(
      '# 2. Node 1 is gone. Node 3 wants c, and hears node 2 only. Which value must it ask for, and why?',
    );
    group.crash(1);
    among(group, [2, 3]);
    const second = text.request(3, { value: 'c' });
    text.settle();
    text.answer(second);
    text.say(
      '# a: the promise of node 2 reports it, accepted, and it may have been chosen. It was: node 1 had told its client.',
    );
    text.say('# 3. Node 1 comes back with its disk, and wants e in a ballot of its own. What does it hear?');
    group.passes = (): boolean => true;
    group.boot(1);
    const third = text.request(1, { value: 'e' });
    text.settle();
    text.answer(third);
    text.say(
      '# a, for ever. A proposer that kept its own value would have decided a second one: paxos-keeps-own-value.',
    );
    expectTranscript('paxos-override', text.lines);
    for (const request of [first, second, third]) {
      expect(group.replies.get(request)).toEqual({ ok: true, value: 'a' });
    }
  });

  it('S4.23 the same walk with a proposer that keeps its own value decides two', () => {
    const group: Group = new CoreGroup(paxos({ nodes: [1, 2, 3], defect: 'keeps-own-value' }), [1, 2, 3]);
    among(group, [1, 2]);
    const requests = [group.request(1, { value: 'a' })];
    // Node 2 accepts, and does not hear that it was enough.
    for (const to of [2, 1, 2, 1]) group.deliverWhere((flying) => flying.to === to);
    group.flying = [];
    group.crash(1);
    among(group, [2, 3]);
    requests.push(group.request(3, { value: 'c' }));
    group.settle();
    expect(requests.map((id) => group.replies.get(id))).toEqual([
      { ok: true, value: 'a' },
      { ok: true, value: 'c' },
    ]);
  });
});
