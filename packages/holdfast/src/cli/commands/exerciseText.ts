import {
  type Attempt,
  type Exercise,
  type Grade,
  type Mark,
  type Mistake,
  MISTAKES_WANTED,
  reviewMistakes,
  standingOf,
  type Topic,
  TO_HOLD,
  TOPICS,
} from '../../learning/index.ts';
import type { Io } from '../io.ts';
import { columns, counted, painted } from '../text.ts';

const HEADINGS: Readonly<Record<Topic, string>> = {
  reality: '1. The inescapable reality',
  clocks: '2. Time, clocks and ordering',
  detection: '3. Failure detection and membership',
  consensus: '4. Consensus',
  patterns: '5. Patterns',
  whole: 'The whole',
};

/** Every exercise, by topic, with how it stands. */
export function listExercises(exercises: readonly Exercise[], attempts: readonly Attempt[]): string {
  const parts = TOPICS.flatMap((topic) => {
    const own = exercises.filter((each) => each.topic === topic);
    if (own.length === 0) return [];
    const rows = own.map((each) => {
      const standing = standingOf(each.name, attempts);
      const tried = standing.attempts === 0 ? '' : 'tried';
      const mark = standing.passed ? 'passed' : tried;
      return [`  ${each.name}`, mark.padEnd(6), each.answers === 'code' ? 'code' : '', each.about];
    });
    return [`${HEADINGS[topic]}\n${columns(rows).join('\n')}\n`];
  });
  return `${parts.join('\n')}\nholdfast exercise show <name> [--seed n] gives a task; each seed is another one.\n`;
}

/** A grade: each item, what wrong answers believe, and the end. */
export function describeGrade(io: Io, exercise: Exercise, attempt: Attempt, grade: Grade): string {
  const { marks, told = [] } = grade;
  const lines = [
    `${exercise.title} (${exercise.name}, seed ${attempt.seed})`,
    ...marks.map((mark) => lineOf(io, mark)),
  ];
  const beliefs = new Map<string, number>();
  for (const { belief } of marks)
    if (belief !== undefined) beliefs.set(belief, (beliefs.get(belief) ?? 0) + 1);
  if (beliefs.size > 0) lines.push('', 'What is believed by who answers so:');
  for (const [belief, times] of beliefs) lines.push(`  ${belief}  (${counted(times, 'answer')})`);
  if (told.length > 0) lines.push('', ...told);
  const word = attempt.passed ? painted(io, 'holds', 'PASSED') : painted(io, 'violated', 'NOT PASSED');
  const needed = exercise.passShare < 1 ? `, ${Math.round(exercise.passShare * 100)} % pass` : '';
  lines.push('', `${word}  ${attempt.right} of ${attempt.of} right${needed}`);
  return `${lines.join('\n')}\n`;
}

function lineOf(io: Io, mark: Mark): string {
  if (mark.right) return `  ${painted(io, 'holds', 'right')}  ${mark.item}: ${mark.given}`;
  return `  ${painted(io, 'violated', 'WRONG')}  ${mark.item}: ${wrongly(mark)}`;
}

/** What is wrong with an answer, or a case of a suite. */
function wrongly({ given, expected, because }: Pick<Mark, 'given' | 'expected' | 'because'>): string {
  if (expected === TO_HOLD) return because;
  return `${given === '' ? 'not answered' : `not ${given}`}; it is ${expected}: ${because}`;
}

/** The mistake log: how many, and by what was believed. */
export function describeMistakes(log: readonly Mistake[], attempts: readonly Attempt[]): string {
  const left = Math.max(0, MISTAKES_WANTED - log.length);
  const rest = left === 0 ? 'enough for a mistake log' : `${left} to go to a log of ${MISTAKES_WANTED}`;
  const head = `Mistake log: ${counted(log.length, 'entry', 'entries')}, ${rest}`;
  const groups = reviewMistakes(log, attempts).flatMap(({ belief, times, exercises, last, settled }) => [
    '',
    `${settled ? 'settled' : 'OPEN   '}  ${belief}`,
    `         ${counted(times, 'time')}, in ${exercises.join(', ')}; ${settled ? 'passed since' : 'not passed since'}`,
    `         last: seed ${last.seed}, ${last.item}: ${wrongly(last)}`,
  ]);
  return `${[head, ...groups].join('\n')}\n`;
}
