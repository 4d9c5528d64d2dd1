import { Draws } from './draws.ts';
import { ExerciseError } from './errors.ts';
import { exercise, type Exercise, type ExerciseDefinition, type ExerciseTask } from './exercise.ts';
import { type Mark, markText, recordOf, textIn } from './marks.ts';

/** A wrong choice: what somebody believes who takes it, and what is wrong with it. */
export interface WrongChoice {
  readonly choice: string;
  readonly belief: string;
}

/** A question with one right choice. */
export interface Question {
  /** Unique in its quiz: a short word. */
  readonly id: string;
  readonly question: string;
  readonly right: string;
  readonly wrong: readonly WrongChoice[];
  readonly because: string;
  /** A command whose run shows it. */
  readonly run?: string;
}

/** A quiz: questions drawn by the seed, their choices in an order of the seed's. */
export interface QuizDefinition extends Omit<ExerciseDefinition, 'answers' | 'task'> {
  readonly questions: readonly Question[];
  /** How many of them are asked, at least 1. Default all. */
  readonly asks?: number;
  /** What stands above the questions. */
  readonly intro?: string;
}

const LETTERS = 'abcdefgh';

/** Makes an exercise of questions. Throws `ExerciseError`. */
export function quiz(definition: QuizDefinition): Exercise {
  const { questions, asks = questions.length, intro, ...rest } = definition;
  const { name } = rest;
  const fault = faultOf(questions, asks);
  if (fault !== undefined) throw new ExerciseError(name, fault, 'mend the quiz');
  return exercise({
    ...rest,
    answers: 'file',
    task: (seed) => {
      const draws = new Draws(seed, name);
      const drawn = draws.shuffled(questions).slice(0, asks);
      const ordered = asks === questions.length ? questions : drawn;
      return taskOf(
        ordered.map((question) => askedOf(question, draws)),
        intro,
      );
    },
  });
}

/** One question as a part of another exercise. */
export interface Choice {
  /** The question and its choices, by letters. */
  readonly text: string;
  /** Marks the answer that stands under the question's id. */
  readonly mark: (answers: Readonly<Record<string, unknown>>) => Mark;
}

/** A question with its choices in an order that is always the same. */
export function choiceOf(question: Question): Choice {
  const asked = askedOf(question, new Draws(0, question.id));
  return {
    text: linesOf(asked).join('\n'),
    mark: (answers) => markOf(asked, textIn(answers, question.id).toLowerCase()),
  };
}

/** A question with its choices in order. */
interface Asked {
  readonly question: Question;
  /** In the order of the letters. */
  readonly choices: readonly string[];
}

function askedOf(question: Question, draws: Draws): Asked {
  return {
    question,
    choices: draws.shuffled([question.right, ...question.wrong.map(({ choice }) => choice)]),
  };
}

function linesOf({ question, choices }: Asked): string[] {
  return [
    `${question.id}: ${question.question}`,
    ...choices.map((choice, i) => `  ${LETTERS[i]}) ${choice}`),
  ];
}

function faultOf(questions: readonly Question[], asks: number): string | undefined {
  if (asks < 1 || asks > questions.length) return `it asks ${asks} of ${questions.length} questions`;
  if (new Set(questions.map(({ id }) => id)).size < questions.length) return 'two questions have the same id';
  const bare = questions.find(({ wrong }) => wrong.length === 0 || wrong.length >= LETTERS.length);
  return bare === undefined ? undefined : `question '${bare.id}' has ${bare.wrong.length} wrong choices`;
}

function taskOf(asked: readonly Asked[], intro: string | undefined): ExerciseTask {
  const lines = asked.flatMap((each) => [...linesOf(each), '']);
  return {
    text: [
      ...(intro === undefined ? [] : [intro, '']),
      ...lines,
      'Answer each by the letter of one choice.',
    ].join('\n'),
    blank: Object.fromEntries(asked.map(({ question }) => [question.id, null])),
    grade: (answers) => {
      const given = recordOf(answers);
      return { marks: asked.map((each) => markOf(each, textIn(given, each.question.id).toLowerCase())) };
    },
  };
}

function markOf({ question, choices }: Asked, letter: string): Mark {
  const { id, right, wrong, because, run } = question;
  const letterOf = (choice: string): string => LETTERS[choices.indexOf(choice)] ?? '';
  return markText(id, letter, {
    expected: letterOf(right),
    because: `${right}: ${because}${run === undefined ? '' : ` (${run})`}`,
    beliefs: wrong.map(({ choice, belief }) => ({ answer: letterOf(choice), belief })),
  });
}
