import { LABS } from '@holdfast/protocols';
import { flagship } from '../catalogue/flagship.ts';
import { TWINS } from '../catalogue/everyTwin.ts';
import { labExperiment } from '../catalogue/labs.ts';
import type { Experiment } from '../experiment/experiment.ts';

/** An experiment that comes with Holdfast. */
export interface BuiltIn {
  readonly name: string;
  /** `correct` must hold, `broken` must be found violated, `control` is the correct protocol under a broken one's faults. */
  readonly kind: 'correct' | 'broken' | 'control';
  /** One line for people. */
  readonly about: string;
  load(): Experiment;
}

/** All built-in experiments, in the order in which they are listed. */
export const BUILT_IN: readonly BuiltIn[] = [
  {
    name: 'raft-majority',
    kind: 'correct',
    about: 'a key-value store on five Raft nodes: {N1,N2} | {N3,N4,N5}, loss, crashes, pauses, clock skew',
    load: () => flagship('raft-majority'),
  },
  ...LABS.map(
    (lab): BuiltIn => ({
      name: lab.name,
      kind: 'correct',
      about: lab.about,
      load: () => labExperiment(lab),
    }),
  ),
  ...TWINS.map(
    ({ protocol, defect, about, broken }): BuiltIn => ({
      name: `${protocol}-${defect}`,
      kind: 'broken',
      about,
      load: broken,
    }),
  ),
  ...TWINS.map(
    ({ protocol, defect, control }): BuiltIn => ({
      name: `${protocol}-${defect}-control`,
      kind: 'control',
      about: `the correct protocol under the faults and options of ${protocol}-${defect}`,
      load: control,
    }),
  ),
];
