import { DIAGNOSIS_LABS, diagnosisExercise, type Exercise } from 'holdfast';

const exercises: readonly Exercise[] = DIAGNOSIS_LABS.map(diagnosisExercise);

export default exercises;
