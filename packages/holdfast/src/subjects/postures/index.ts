export { misplaced, type Observed, observeLetters, type Parting } from './letters.ts';
export {
  FOUR_POSTURES,
  measuresOf,
  MINIATURES,
  PARTED,
  type Placement,
  PLACED,
  placementExperiment,
} from './placements.ts';
export {
  type Concern,
  type Letters,
  type Posture,
  type PostureOptions,
  printLetters,
  readLetters,
} from './posture.ts';
export {
  declared,
  type OperationPosture,
  POSTURE_DEFECTS,
  POSTURE_SERVICES,
  type PostureService,
  serviceExperiment,
} from './services.ts';
