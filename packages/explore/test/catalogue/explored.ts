import {
  boundsText,
  Exploration,
  type ExploreResult,
  type NamedModel,
  resolveBounds,
} from '@holdfast/explore';

/** The columns of the table in docs/explored.md but the last, the time. */
export const HEADINGS = ['Model', 'What', 'Within', 'Verdict', 'States', 'Steps', 'Depth'] as const;

function grouped(value: number): string {
  return value.toLocaleString('en-US');
}

/** Explores a model to its end. */
export function exploredModel(model: NamedModel): ExploreResult {
  const exploration = new Exploration(model.load());
  while (exploration.advance(1_000_000));
  return exploration.result();
}

/** A model's row, without the time. */
export function exploredRow(model: NamedModel, result: ExploreResult): string[] {
  const { counterexample } = result;
  const within = boundsText(resolveBounds(model.load().bounds));
  const verdict =
    counterexample === undefined
      ? result.status
      : `${result.status} ${counterexample.property} in ${counterexample.steps.length} steps`;
  const wanted =
    model.kind === 'correct' ? result.status === 'holds' : counterexample?.property === model.breaks;
  return [
    model.name,
    model.about,
    model.load().kind === 'specification' ? 'everything' : within,
    wanted ? verdict : `UNEXPECTED ${verdict}`,
    `${grouped(result.states)}${result.symmetry ? ' (orbits)' : ''}`,
    grouped(result.generated),
    String(result.depth),
  ];
}
