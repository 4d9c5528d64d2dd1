export {
  type Diagnosis,
  gradeDiagnosis,
  type GradedDiagnosis,
  hiddenCause,
  type JudgedPart,
  type LabRuns,
  runsOf,
} from './grade.ts';
export {
  deviates,
  type DiagnosisLab,
  type Evidence,
  type EvidenceKind,
  figureOf,
  type HiddenCause,
  type Observation,
} from './lab.ts';
export { diagnosisExercise } from './exercise.ts';
export { DIAGNOSIS_LABS } from './labs.ts';
export { PATH_KNOBS, pathCurves, pathCurvesSvg, roundTripsOver } from './trips.ts';
