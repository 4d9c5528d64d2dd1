import { relative, resolve } from 'node:path';
import {
  AnswerError,
  attemptOf,
  type Exercise,
  type Grade,
  MISTAKES_WANTED,
  newMistakes,
} from '../../learning/index.ts';
import { programCommand, shellWord, shownPath } from '../../node/command.ts';
import { InputError } from '../../node/inputError.ts';
import type { ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { blankFile, readAnswerFile } from './answerFile.ts';
import { exerciseNamed, loadExercises } from './exerciseFiles.ts';
import { exerciseStatus } from './exerciseStatus.ts';
import { describeGrade, describeMistakes, listExercises } from './exerciseText.ts';
import { LearnerFolder } from './learnerFolder.ts';

/** What `holdfast exercise` takes. */
export interface ExerciseOptions {
  readonly seed?: number;
  readonly folder?: string;
  readonly from?: string;
}

const ACTIONS = ['list', 'show', 'grade', 'mistakes', 'status'] as const;

/** `holdfast exercise`: lists exercises, shows a task, grades answers, and tells the mistakes made so far. */
export async function exerciseCommand(
  action: string = 'list',
  what: readonly string[],
  options: ExerciseOptions,
  io: Io,
): Promise<ExitCode> {
  const folder = new LearnerFolder(io.cwd, options.folder);
  if (action === 'mistakes') {
    io.out(describeMistakes(folder.mistakes(), folder.attempts()));
    return 0;
  }
  if (action === 'status') return exerciseStatus(what, folder, io);
  const exercises = await loadExercises(io.cwd, options.from);
  if (action === 'list') {
    io.out(listExercises(exercises, folder.attempts()));
    return 0;
  }
  const [first, ...more] = what;
  if (action !== 'show' && action !== 'grade') {
    throw new InputError(
      `Cannot do '${action}' with exercises: it is none of ${ACTIONS.join(', ')}`,
      'choose one',
    );
  }
  if (first === undefined || more.length > 0) {
    const wanted = action === 'show' ? 'the name of one exercise' : 'one file of answers';
    throw new InputError(
      `Cannot ${action} ${what.length} of them: it must be ${wanted}`,
      `write it after '${action}'`,
    );
  }
  if (action === 'show') return show(exerciseNamed(exercises, first), options.seed ?? 1, folder, io);
  return await grade(exercises, first, folder, io);
}

function show(exercise: Exercise, seed: number, folder: LearnerFolder, io: Io): ExitCode {
  const { text, pictures = {}, blank } = exercise.task(seed);
  const base = `${exercise.name}-${seed}`;
  io.out(`${exercise.title} (${exercise.name}, seed ${seed})\n${exercise.about}\n\n${text}\n\n`);
  for (const [name, svg] of Object.entries(pictures)) {
    io.out(`picture  ${shownPath(folder.keep(`${base}-${name}`, svg), io.cwd)}\n`);
  }
  const file = blankFile(exercise, seed, blank);
  const { path, isNew } = folder.answers(base, file.ending, file.text);
  const shown = shownPath(path, io.cwd);
  io.out(`answers  ${shown}  (${isNew ? 'new: fill it in' : 'as you left it'})\n`);
  io.out(`then     ${programCommand(io.cwd)} exercise grade ${shellWord(shown)}\n`);
  return 0;
}

async function grade(
  exercises: readonly Exercise[],
  file: string,
  folder: LearnerFolder,
  io: Io,
): Promise<ExitCode> {
  const path = resolve(io.cwd, file);
  const given = await readAnswerFile(path, file);
  const exercise = exerciseNamed(exercises, given.exercise);
  const found = gradeOf(exercise, given.seed, given.answers, file);
  const at = new Date().toISOString();
  const attempt = attemptOf(exercise, given.seed, found, at);
  const log = folder.mistakes();
  const mistakes = newMistakes(exercise, given.seed, found, { at, log });
  folder.add(attempt, mistakes);
  io.out(describeGrade(io, exercise, attempt, found));
  for (const [name, text] of Object.entries(found.artefacts ?? {})) {
    io.out(`kept        ${shownPath(folder.keep(`${exercise.name}-${given.seed}-${name}`, text), io.cwd)}\n`);
  }
  if (mistakes.length > 0) {
    const total = log.length + mistakes.length;
    io.out(
      `mistake log ${relative(io.cwd, folder.mistakeLog)}  ${mistakes.length} new, ${total} in all (${MISTAKES_WANTED} wanted)\n`,
    );
  }
  if (!attempt.passed && exercise.answers === 'file')
    io.out(`another     ${programCommand(io.cwd)} exercise show ${exercise.name} --seed ${given.seed + 1}\n`);
  return attempt.passed ? 0 : 1;
}

function gradeOf(exercise: Exercise, seed: number, answers: unknown, file: string): Grade {
  try {
    return exercise.task(seed).grade(answers);
  } catch (error) {
    if (!(error instanceof AnswerError)) throw error;
    throw new InputError(`${file}: ${error.message}`, 'nothing was marked', { cause: error });
  }
}
