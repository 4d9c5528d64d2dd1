import {
  catchUp,
  type Exercise,
  exercise,
  gradeRaft,
  markText,
  RAFT_BLANK,
  RAFT_STAGE_SEEDS,
  RAFT_STAGES,
  recordOf,
  runMiners,
  textIn,
} from 'holdfast';

/** A Raft of one's own, stage by stage. */
export const ownRaft: Exercise = exercise({
  name: 'build-a-raft',
  title: 'Elective: a Raft of your own',
  about: 'Writes a Raft core that passes five stages: election, replication, crashes, cuts, loss of power.',
  topic: 'consensus',
  answers: 'code',
  task: () => ({
    text: [
      'Write a core: it changes its state and names effects, and never reads a clock, draws a number or touches a disk. Three nodes run it, under',
      'the same clients, faults and judges as every protocol here.',
      '',
      ...RAFT_STAGES.map(({ name, about }, i) => `${i + 1}. ${name}: ${about}`),
      '',
      `Each stage is ${RAFT_STAGE_SEEDS} seeds, and is run when the one before has passed. Requests are { client, sequence, operation }: one identity is carried out once, also when it`,
      "is asked again; operations are those of the machine `kv` ('get', 'put', 'cas'). Answer { ok: true, value }, or { ok: false, error: 'not-leader', leader }.",
    ].join('\n'),
    blank: RAFT_BLANK,
    grade: (submitted) => gradeRaft(submitted),
  }),
});

/** Confirmations are asked for chances below this. */
const RISK = 0.001;

/** A chain of blocks is never final, and how soon that no longer matters. */
export const confirmations: Exercise = exercise({
  name: 'how-many-confirmations',
  title: 'Elective: when a block is final',
  about:
    'Says how deep a chain of blocks was reorganised after a cut, and how many confirmations make that unlikely.',
  topic: 'consensus',
  answers: 'file',
  task: (seed) => {
    const run = minersCut(seed);
    const deepest = Math.max(0, ...run.givenUp.map((one) => one.confirmations));
    const share = [0.1, 0.15, 0.2, 0.25][seed % 4] ?? 0.1;
    return {
      text: [
        'Ten miners extend the longest chain they know. From 30 s to 90 s four of them hear nothing of the other six. What was given up when the cut ended:',
        '',
        ...run.givenUp
          .filter(({ miner }) => miner === run.givenUp[0]?.miner)
          .map(
            ({ block, confirmations: deep }) =>
              `- block ${block.id} of miner ${block.miner}, found at ${(block.foundMs / 1_000).toFixed(1)} s, at height ${block.height}, with ${deep} confirmation${deep === 1 ? '' : 's'}`,
          ),
        '',
        `An attacker has ${share * 100} % of all work. How many confirmations must be waited for, at least, until the chance that a payment is undone is below ${RISK * 100} %?`,
      ].join('\n'),
      blank: {
        'deepest-confirmations-lost': null,
        'confirmations-to-wait-for': null,
        'final-after-any-number': null,
      },
      grade: (answers) => {
        const given = recordOf(answers);
        return {
          marks: [
            markText(
              'confirmations the deepest lost block had',
              textIn(given, 'deepest-confirmations-lost'),
              {
                expected: String(deepest),
                because:
                  'both sides of a cut go on; the shorter side is given up whole when it hears of the longer one',
                beliefs: [
                  {
                    answer: '0',
                    belief: 'what is in the chain stays in the chain: only until a longer one is heard of',
                  },
                ],
              },
            ),
            markText('confirmations to wait for', textIn(given, 'confirmations-to-wait-for'), {
              expected: String(confirmationsFor(share)),
              because: `with ${share} of the work the chance is ${catchUp(share, confirmationsFor(share)).toExponential(2)} then, and ${catchUp(share, confirmationsFor(share) - 1).toExponential(2)} with one less`,
              beliefs: [
                {
                  answer: '6',
                  belief:
                    'six confirmations are always enough: it depends on the share of the attacker, and on what may be lost',
                },
              ],
            }),
            markText(
              'is a block final after enough of them (yes or no)',
              textIn(given, 'final-after-any-number'),
              {
                expected: 'no',
                because:
                  'the chance falls with every block and is never nothing; a majority that has agreed, as in Raft, never changes its mind',
                beliefs: [{ answer: 'yes', belief: 'a small chance is none' }],
              },
            ),
          ],
        };
      },
    };
  },
});

/** Ten miners, four of which are cut off for a minute. */
export function minersCut(seed: number): ReturnType<typeof runMiners> {
  return runMiners({
    miners: 10,
    blockMs: 5_000,
    delayMs: 200,
    untilMs: 150_000,
    cut: { fromMs: 30_000, untilMs: 90_000, left: 4 },
    seed,
  });
}

/** The fewest confirmations with which an attacker of this share succeeds less often than `RISK`. */
export function confirmationsFor(share: number): number {
  let count = 0;
  while (catchUp(share, count) >= RISK) count++;
  return count;
}
