import {
  type Exercise,
  exercise,
  type ExerciseTask,
  type Mark,
  recordOf,
  textIn,
  wordsIn,
} from '../learning/index.ts';
import { gradeDiagnosis, hiddenCause, type LabRuns, runsOf } from './grade.ts';
import type { DiagnosisLab, Observation } from './lab.ts';

/** Lines of one kind of evidence that a task shows. */
const LINES_SHOWN = 12;

/** A lab as an exercise: each seed hides a cause, the task shows what can be seen, and the answer names the cause and where it is seen. */
export function diagnosisExercise(lab: DiagnosisLab): Exercise {
  return exercise({
    name: `diagnose-${lab.name}`,
    title: lab.symptom,
    about: 'Names the cause of a symptom, and the evidence that leaves no other.',
    topic: 'reality',
    answers: 'file',
    task: (seed) => taskOf(lab, seed),
  });
}

function taskOf(lab: DiagnosisLab, seed: number): ExerciseTask {
  return {
    text: textOf(lab, lab.run(hiddenCause(lab, seed), seed), lab.run(null, seed)),
    blank: { cause: null, evidence: [null] },
    grade: (answers) => {
      const given = recordOf(answers);
      const cause = textIn(given, 'cause');
      const evidence = wordsIn(given, 'evidence');
      return { marks: marksOf(lab, runsOf(lab, seed), cause, evidence) };
    },
  };
}

function marksOf(lab: DiagnosisLab, runs: LabRuns, cause: string, evidence: readonly string[]): Mark[] {
  const { parts } = gradeDiagnosis(lab, runs, { cause, evidence });
  return parts.map(({ part, accepted, reason }): Mark => {
    const isCause = part === cause;
    const given = isCause || part !== 'evidence' ? part : evidence.join(', ');
    const expected = isCause ? runs.hidden : 'evidence that this run alone shows';
    return { item: isCause ? 'cause' : 'evidence', right: accepted, given, expected, because: reason };
  });
}

/** What a learner reads: the symptom, what may be behind it, and what each place shows here and on a calm day. */
function textOf(lab: DiagnosisLab, seen: Observation, calm: Observation): string {
  const causes = lab.causes.map(({ name, about }) => `  ${name}: ${about}`);
  const places = lab.evidence.flatMap(({ name, about, unit }) => {
    const here = seen.evidence[name];
    const usual = calm.evidence[name];
    const lines = here?.lines ?? [];
    const more = lines.length > LINES_SHOWN ? [`    ... ${lines.length - LINES_SHOWN} lines more`] : [];
    const figure = (value: number | undefined): string => String(Math.round((value ?? 0) * 10) / 10);
    return [
      `  ${name} (${about}): ${figure(here?.figure)} ${unit}; on a calm day ${figure(usual?.figure)}`,
      ...lines.slice(0, LINES_SHOWN).map((line) => `    ${line}`),
      ...more,
    ];
  });
  return [
    `Users tell: ${seen.told}.`,
    '',
    'What may be behind it:',
    ...causes,
    '',
    'Where one can look:',
    ...places,
    '',
    'Write the cause, and under "evidence" the places that show it and no other. What every cause shows, or a calm day shows as well, is no evidence.',
  ].join('\n');
}
