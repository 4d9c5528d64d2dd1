import { LABS, type RaftDefect } from '@holdfast/protocols';
import type { Experiment } from '../experiment/experiment.ts';
import { labTwin, labTwinControl } from './labs.ts';
import { RAFT_ABOUT, RAFT_CATALOGUE } from './raftAbout.ts';
import { SUBJECT_TWINS } from './subjectTwins.ts';
import { RAFT_TWINS, raftTwin, raftTwinControl } from './twins.ts';

/** A protocol or another subject broken on purpose, and the correct one in the very same setting. */
export interface Twin {
  readonly protocol: string;
  readonly defect: string;
  /** One line for people. */
  readonly about: string;
  /** The promise that must be seen broken; undefined for any promise of safety. */
  readonly breaks: string | undefined;
  /** Number of the real bug it stands for. */
  readonly catalogue: number | undefined;
  readonly broken: () => Experiment;
  readonly control: () => Experiment;
}

const RAFT: readonly Twin[] = RAFT_TWINS.map(
  (defect: RaftDefect): Twin => ({
    protocol: 'raft',
    defect,
    about: RAFT_ABOUT[defect],
    breaks: undefined,
    catalogue: RAFT_CATALOGUE[defect],
    broken: () => raftTwin(defect),
    control: () => raftTwinControl(defect),
  }),
);

/** All broken twins of all protocols, in the order of lists. */
export const TWINS: readonly Twin[] = [
  ...RAFT,
  ...LABS.flatMap((lab) =>
    lab.defects.map(
      (defect): Twin => ({
        protocol: lab.name,
        defect: defect.name,
        about: defect.about,
        breaks: defect.breaks,
        catalogue: defect.catalogue,
        broken: () => labTwin(lab, defect),
        control: () => labTwinControl(lab, defect),
      }),
    ),
  ),
  ...SUBJECT_TWINS.map(({ protocol, defect, about, breaks, catalogue, build }): Twin => {
    const name = `${protocol}-${defect}`;
    return {
      protocol,
      defect,
      about,
      breaks,
      catalogue,
      broken: () => build(name, true),
      control: () => build(`${name}-control`, false),
    };
  }),
];
