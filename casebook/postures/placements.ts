import { type DocumentForm, type DocumentRecipe, FOUR_POSTURES, MINIATURES, type RunResult } from 'holdfast';

const ALL = [...FOUR_POSTURES, ...MINIATURES];

/** The letters that a run showed: `PA/EL`, with `-` for what is neither. */
export function observedLetters({ metrics }: RunResult): string {
  const of = (letter: string, first: string): string =>
    metrics[`${letter} is ${first}`] === 1 ? first : metrics[`${letter} is C`] === 1 ? 'C' : '-';
  return `P${of('P', 'A')}/E${of('E', 'L')}`;
}

const form: DocumentForm = {
  name: 'placements',
  title: 'Placements by setting',
  purpose: 'For each setting of the store: the letters that are claimed of it, and those that a run shows.',
  fields: ALL.map(({ name }) => ({
    name,
    sentence: (facts) =>
      `${facts.text('setting')}: claimed ${facts.text('claimed')}, observed ${facts.text('observed')}${
        facts.text('claimed') === facts.text('observed') ? '' : ' - NOT AS CLAIMED'
      }. While parted the side without a majority had ${facts.text('reads')} of its reads and ${facts.text('writes')} of its writes answered.`,
  })),
};

function part(percent: number | undefined): string {
  return percent === 100 ? 'all' : percent === 0 ? 'none' : 'some';
}

/** An entry for each placement, from a run of the experiment of its name. */
export const placements: DocumentRecipe = {
  form,
  fill: (runs) =>
    Object.fromEntries(
      ALL.map(({ name, claims, posture }) => {
        const seed = runs.seeds.first;
        const result = runs.run(name, seed);
        const { metrics } = result;
        const { order, write, read, cutOff } = posture;
        return [
          name,
          {
            facts: {
              setting: `order by ${order}, writes ${write}, reads ${read}, cut off it ${cutOff}`,
              claimed: claims,
              observed: observedLetters(result),
              reads: part(metrics['reads answered by the minority, %']),
              writes: part(metrics['writes answered by the minority, %']),
            },
            evidence: [
              {
                text:
                  `reads took ${metrics['median read, ms']?.toFixed(1)} ms, writes ${metrics['median write, ms']?.toFixed(1)} ms; the stalest read was ` +
                  `${metrics['stalest read in calm, ms']?.toFixed(0)} ms old in calm, ${metrics['stalest read while parted, ms']?.toFixed(0)} ms while parted`,
                experiment: name,
                seed,
              },
            ],
          },
        ];
      }),
    ),
};
