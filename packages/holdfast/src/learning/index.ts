export * from './consensus/index.ts';
export * from './coordination/index.ts';
export * from './course/index.ts';
export * from './reality/index.ts';
export * from './detection/index.ts';
export * from './clocks/index.ts';
export { type CaseFinding, functionsOf, markCase, TO_HOLD } from './code.ts';
export { type Curve, type CurveChart, curveScene, curveSvg } from './curves.ts';
export { Draws } from './draws.ts';
export { AnswerError, ExerciseError } from './errors.ts';
export {
  type Exercise,
  exercise,
  type ExerciseDefinition,
  type ExerciseTask,
  type Grade,
  isExercise,
  passes,
  type Topic,
  TOPICS,
} from './exercise.ts';
export {
  type BeliefAnswer,
  listIn,
  type Mark,
  markText,
  numberIn,
  recordOf,
  textIn,
  wordsIn,
} from './marks.ts';
export { type Choice, choiceOf, type Question, quiz, type QuizDefinition, type WrongChoice } from './quiz.ts';
export {
  type Attempt,
  attemptOf,
  type ExerciseStanding,
  type Mistake,
  MISTAKES_WANTED,
  newMistakes,
  NO_BELIEF,
  type ReviewedBelief,
  reviewMistakes,
  standingOf,
} from './record.ts';
