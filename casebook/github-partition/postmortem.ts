import { type DocumentRecipe, OUTAGE_CONCEPTS, postmortem, type RunResult } from 'holdfast';
import { OUTAGES } from './outages.ts';
import { seenIn } from './seen.ts';

/** Fills a postmortem (S4.38) from the wrong approach's run: the outage enacted again, and what the better approach changes. */
export const told: DocumentRecipe = {
  form: postmortem,
  fill: (runs) => {
    const seed = runs.seeds.first;
    const [wrong, better] = [runs.run('wrong', seed), runs.run('better', seed)];
    const seen = seenIn(wrong);
    const cite = (
      text: string,
      experiment = 'wrong',
    ): { text: string; experiment: string; seed: number }[] => [{ text, experiment, seed }];
    const ms = (us: number): string => `${(us / 1_000).toFixed(0)} ms`;
    const violated = brokenIn(wrong);
    return {
      Timeline: {
        facts: { steps: timeline(seen) },
        evidence: cite(
          `cut off at ${ms(seen.cutUs)}, another site appointed at ${ms(seen.appointedUs)}, the network back at ${ms(seen.healUs)}, ` +
            `the data ${ms(seen.recoveredUs - seen.healUs)} later`,
        ),
      },
      Concepts: {
        facts: { labels: labelsOf(seen) },
        evidence: cite(`${seen.divergentAcknowledged.length} acknowledged writes on one side only`),
      },
      'Failure model': {
        facts: { faults: [...new Set(wrong.plan.faults.map(({ kind }) => kind as string))] },
        evidence: cite('all faults of the run'),
      },
      'What would have caught it': {
        facts: { violated, cured: violated.every((promise) => !brokenIn(better).includes(promise)) },
        evidence: [...cite('these promises are broken'), ...cite('none of them is broken', 'better')],
      },
      'Other outages, to be told the same way': {
        facts: {
          outages: OUTAGES.map(([outage, trigger, long, concepts]) => [
            outage,
            trigger,
            long,
            concepts.join(', '),
          ]),
        },
        evidence: cite(
          'the first of them is the one enacted here; the others are told by their published reports',
        ),
      },
    };
  },
};

type Seen = ReturnType<typeof seenIn>;

function brokenIn({ verdicts }: RunResult): string[] {
  return verdicts.filter(({ status }) => status === 'violated').map(({ promise }) => promise);
}

/** What happened, in order, as far as the run shows it. */
function timeline(seen: Seen): string[] {
  const steps: readonly (readonly [atUs: number, words: string])[] = [
    [seen.cutUs, 'the network between the sites is cut'],
    [seen.fencedUs, 'the lost site stops by itself'],
    [seen.appointedUs, 'the other site is appointed and takes writes'],
    [seen.healUs, 'the network is back'],
    [seen.recoveredUs, 'the logs are compared, the lost site is set back and follows'],
  ];
  const happened = steps.filter(([atUs]) => atUs < Infinity).toSorted(([a], [b]) => a - b);
  const alone = seen.fencedUs === Infinity ? ['the lost site goes on taking writes alone'] : [];
  const words = happened.map(([, text]) => text);
  return [...words.slice(0, 1), ...alone, ...words.slice(1)];
}

/** Concepts the run shows, each by something seen in it. */
function labelsOf(seen: Seen): string[] {
  const shows: readonly (readonly [concept: string, isSeen: boolean])[] = [
    ['partial failure', seen.cutUs > 0],
    ['network partition', seen.healUs > seen.cutUs],
    ['failover', seen.appointedUs < Infinity],
    ['split brain', seen.divergentAcknowledged.length > 0],
    ['slow recovery', seen.recoveredUs > seen.healUs],
    ['fencing', seen.fencedUs < Infinity],
  ];
  return shows
    .filter(([concept, isSeen]) => isSeen && OUTAGE_CONCEPTS.includes(concept))
    .map(([concept]) => concept);
}
