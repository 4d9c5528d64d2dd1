import { describe, expect, it } from 'vitest';
import {
  type ChangeOutcome,
  type ChangeRefusal,
  enterJoint,
  leaveJoint,
  type Members,
  simpleChange,
} from '../../../src/raft/confchange/changer.ts';
import { restoreMembers } from '../../../src/raft/confchange/restore.ts';
import { membershipRecord, membershipText, noMembership } from '../../../src/raft/tracker/membership.ts';
import { type Block, readTranscript, transcripts, valueOf } from './datadriven.ts';
import { parseChanges, progressText } from './describe.ts';

const REFUSALS: Record<ChangeRefusal, string> = {
  'already-joint': 'config is already joint',
  'not-joint': "can't leave a non-joint config",
  'no-voters-before': "can't make a zero-voter config joint",
  'no-voters-left': 'removed all voters',
  'several-voters-at-once': 'more than one voter changed without entering joint config',
};

function run(block: Block, members: Members, lastIndex: number): ChangeOutcome {
  const changes = parseChanges(block.input.join(' '));
  if (block.command === 'simple') return simpleChange(members, changes, lastIndex);
  if (block.command === 'leave-joint') return leaveJoint(members);
  return enterJoint(members, changes, valueOf(block, 'autoleave') === 'true', lastIndex);
}

describe('membership change transcripts', () => {
  const files = transcripts('confchange');
  it('are all there', () => expect(files).toHaveLength(7));
  it.each(files)('S1.53 %s answers as the reference does', (file) => {
    const blocks = readTranscript(`confchange/${file}`);
    expect(blocks.length).toBeGreaterThan(0);
    let members: Members = { membership: noMembership(), progress: [] };
    blocks.forEach((block, lastIndex) => {
      const outcome = run(block, members, lastIndex);
      let answer: string[];
      if ('refusal' in outcome) answer = [REFUSALS[outcome.refusal]];
      else {
        members = outcome;
        answer = [membershipText(members.membership)];
        for (const p of members.progress) answer.push(`${p.id}: ${progressText(p, 10)}`);
      }
      expect({ where: block.where, answer }).toEqual({ where: block.where, answer: block.expected });
      const restored = restoreMembers(membershipRecord(members.membership), lastIndex);
      expect(restored.membership).toEqual(members.membership);
      expect(restored.progress.map((p) => [p.id, p.learner])).toEqual(
        members.progress.map((p) => [p.id, p.learner]),
      );
    });
  });

  it('refuses to leave what is not joint and to enter from nothing', () => {
    const none: Members = { membership: noMembership(), progress: [] };
    expect(leaveJoint(none)).toEqual({ refusal: 'not-joint' });
    expect(enterJoint(none, [{ type: 'voter', node: 1 }], true, 1)).toEqual({ refusal: 'no-voters-before' });
  });
});
