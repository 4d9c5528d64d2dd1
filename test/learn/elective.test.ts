import {
  catchUp,
  catchUpByPaper,
  Draws,
  gradeRaft,
  kv,
  type OwnRaft,
  race,
  raft,
  RAFT_STAGES,
  runMiners,
} from 'holdfast';
import type { RaftDefect } from '@holdfast/protocols';
import { describe, expect, it } from 'vitest';
import { confirmationsFor, minersCut } from '../../casebook/learn/consensus/elective.ts';

const own =
  (defect?: RaftDefect): OwnRaft =>
  (voters) =>
    raft(
      {
        voters: [...voters],
        electionTimeoutMs: 300,
        heartbeatMs: 60,
        ...(defect === undefined ? {} : { defect }),
      },
      kv,
    ) as never;

/** The stage at which a core stops, and why. */
function stop(core: unknown, seeds: number): readonly [stage: string, because: string] | undefined {
  const { marks } = gradeRaft(core, seeds);
  const at = marks.findIndex(({ right }) => !right);
  return at < 0 ? undefined : [RAFT_STAGES[at]?.name ?? '', marks[at]?.because ?? ''];
}

describe('a Raft of your own', () => {
  it('S4.43 passes all five stages when it is right', () => {
    expect(stop(own(), 2)).toBeUndefined();
  });

  it.each([
    ['forgets-on-restart', 'crashes', 2],
    ['local-read', 'crashes', 2],
    ['ack-on-append', 'cuts', 3],
    ['reply-before-fsync', 'power', 2],
  ] as const)('S4.43 with %s is stopped at the stage of %s', (defect, stage, seeds) => {
    expect(stop(own(defect), seeds)?.[0]).toBe(stage);
  });

  it('S4.43 that never elects anybody is stopped at once, and later stages are not run', () => {
    const idle: OwnRaft = () => ({
      name: 'idle',
      boot: () => ({}),
      step: () => undefined,
      messageType: () => 'message',
      view: () => ({ role: 'follower', term: 0 }),
    });
    expect(stop(idle, 1)).toEqual(['election', expect.stringContaining('nobody leads')]);
    expect(gradeRaft(idle, 1).marks.at(-1)?.because).toContain("'election' comes first");
    expect(() => gradeRaft({}, 1)).toThrow(/a function from nodes to a core/);
  });
});

describe('a chain of blocks', () => {
  it('S4.43 is reorganised when a cut ends: the shorter side is given up, whoever had confirmed it', () => {
    let deepest = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const { agreed, givenUp, blocks } = minersCut(seed);
      const chain = new Set(agreed?.map(({ id }) => id));
      // Where both sides were as long at the end nobody gives way before the next block.
      if (agreed === undefined) continue;
      for (const { block } of givenUp) expect(chain.has(block.id)).toBe(false);
      for (const block of agreed.slice(1)) expect(blocks[block.parent]?.height).toBe(block.height - 1);
      deepest = Math.max(deepest, ...givenUp.map(({ confirmations }) => confirmations));
    }
    expect(deepest).toBeGreaterThanOrEqual(3);
  });

  it('S4.43 without a cut or a delay is never reorganised', () => {
    const { givenUp, agreed, blocks } = runMiners({
      miners: 5,
      blockMs: 1_000,
      delayMs: 0,
      untilMs: 60_000,
      seed: 3,
    });
    expect(givenUp).toEqual([]);
    expect(agreed).toHaveLength(blocks.length);
  });

  it('S4.43 becomes final only in probability: the paper’s figures, the exact ones, and races run', () => {
    // Nakamoto, 2008, section 11.
    for (const [z, chance] of [
      [1, 0.2045873],
      [5, 0.0009137],
      [10, 0.0000012],
    ] as const)
      expect(catchUpByPaper(0.1, z)).toBeCloseTo(chance, 7);
    expect(catchUpByPaper(0.3, 5)).toBeCloseTo(0.1773523, 7);
    const draws = new Draws(11, 'races');
    const races = 20_000;
    for (const [q, z] of [
      [0.1, 2],
      [0.3, 5],
    ] as const) {
      let caught = 0;
      for (let i = 0; i < races; i++) if (race(q, z, draws)) caught++;
      const exact = catchUp(q, z);
      const sigma = Math.sqrt((exact * (1 - exact)) / races);
      expect(Math.abs(caught / races - exact)).toBeLessThan(4 * sigma);
      // The paper takes the attacker's blocks for Poisson distributed, which is too kind to whoever waits.
      expect(catchUpByPaper(q, z)).toBeLessThan(exact);
    }
    expect(catchUp(0.3, 5) - catchUpByPaper(0.3, 5)).toBeGreaterThan(0.01);
    expect(catchUp(0.1, 60)).toBeGreaterThan(0);
    expect(confirmationsFor(0.1)).toBe(6);
  });
});
