import { describe, expect, it } from 'vitest';
import { jointIndex, jointVote } from '../../../src/raft/quorum/joint.ts';
import { majorityIndex, majorityVote } from '../../../src/raft/quorum/majority.ts';
import { type Block, readTranscript, transcripts, valuesOf } from './datadriven.ts';

interface Voting {
  readonly incoming: number[];
  readonly outgoing: number[] | undefined;
  /** Distinct ids, in the order in which their values are given. */
  readonly ids: number[];
}

function votersOf(block: Block): Voting {
  const incoming = (valuesOf(block, 'cfg') ?? []).map(Number);
  const second = valuesOf(block, 'cfgj');
  const outgoing = second?.[0] === 'zero' ? [] : second?.map(Number);
  return { incoming, outgoing, ids: [...new Set([...incoming, ...(outgoing ?? [])])] };
}

function committed(block: Block): string[] {
  const { incoming, outgoing, ids } = votersOf(block);
  const given = valuesOf(block, 'idx') ?? [];
  const known = new Map<number, number>();
  ids.forEach((id, i) => {
    if (given[i] !== undefined && given[i] !== '_') known.set(id, Number(given[i]));
  });
  const reached = (id: number): number => known.get(id) ?? 0;
  const index =
    outgoing === undefined ? majorityIndex(incoming, reached) : jointIndex(incoming, outgoing, reached);
  if (outgoing === undefined || outgoing.length === 0) {
    expect(jointIndex(incoming, [], reached)).toBe(index);
    expect(jointIndex(incoming, incoming, reached)).toBe(index);
  } else expect(jointIndex(outgoing, incoming, reached)).toBe(index);
  const text = index === Number.POSITIVE_INFINITY ? '∞' : String(index);
  if (ids.length === 0) return [`<empty majority quorum>${text}`];
  return [...chart(ids, known), text];
}

function chart(ids: readonly number[], known: ReadonlyMap<number, number>): string[] {
  const width = ids.length;
  const rows = [...ids]
    .sort((a, b) => a - b)
    .map((id) => {
      const value = known.get(id) ?? 0;
      const below = ids.filter((other) => (known.get(other) ?? 0) < value).length;
      const bar = known.has(id) ? `${'x'.repeat(below)}>`.padEnd(width + 1) : `?${' '.repeat(width)}`;
      return `${bar} ${String(value).padStart(5)}    (id=${id})`;
    });
  return [`${' '.repeat(width)}    idx`, ...rows];
}

function vote(block: Block): string[] {
  const { incoming, outgoing, ids } = votersOf(block);
  const given = valuesOf(block, 'votes') ?? [];
  const answers = new Map<number, boolean>();
  ids.forEach((id, i) => {
    if (given[i] === 'y' || given[i] === 'n') answers.set(id, given[i] === 'y');
  });
  const answer = (id: number): boolean | undefined => answers.get(id);
  const result =
    outgoing === undefined ? majorityVote(incoming, answer) : jointVote(incoming, outgoing, answer);
  expect(jointVote(incoming, outgoing ?? [], answer)).toBe(result);
  expect(jointVote(outgoing ?? incoming, incoming, answer)).toBe(result);
  return [{ won: 'VoteWon', lost: 'VoteLost', pending: 'VotePending' }[result]];
}

describe('quorum transcripts', () => {
  const files = transcripts('quorum');
  it('are all there', () => expect(files).toEqual(['joint_commit', 'majority_commit', 'majority_vote']));
  it.each(files)('S1.53 %s answers as the reference does', (file) => {
    const blocks = readTranscript(`quorum/${file}`);
    expect(blocks.length).toBeGreaterThan(10);
    for (const block of blocks) {
      const answer = block.command === 'committed' ? committed(block) : vote(block);
      expect({ where: block.where, answer }).toEqual({ where: block.where, answer: block.expected });
    }
  });

  it('a joint vote is lost as soon as one half is lost', () => {
    const answers: Record<number, boolean> = { 1: true, 2: true, 3: false, 4: false };
    expect(jointVote([1, 2], [3, 4], (id) => answers[id])).toBe('lost');
    expect(jointVote([1, 2], [3, 4, 5], (id) => ({ 1: true, 2: true })[id])).toBe('pending');
  });
});
