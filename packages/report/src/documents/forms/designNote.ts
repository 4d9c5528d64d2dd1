import type { DocumentForm, FieldForm } from '../document.ts';

/** The questions a design note answers, or leaves open in so many words (S3.3). */
export const KEY_QUESTIONS: readonly string[] = [
  'How is overload kept from becoming inconsistency?',
  'Which parts must be deterministic, so that a run can be made again?',
  'Which safety property is not negotiable?',
  'How do clients find the leader safely, also while it changes?',
  'What does a read mean under replication lag?',
  'How is the group reconfigured?',
];

function list(name: string): FieldForm {
  return {
    name,
    sentence: (facts) =>
      facts
        .list('lines')
        .map((line) => `- ${line}`)
        .join('\n'),
  };
}

/** A design in a page: what it assumes and promises, what a run showed of it, and what is still open. */
export const designNote: DocumentForm = {
  name: 'design-note',
  title: 'Design note',
  purpose: 'What a design assumes and promises, what a run has shown of it, and what is still open.',
  fields: [
    {
      name: 'Key questions',
      sentence: (facts) => {
        const answers = facts.list('answers');
        return KEY_QUESTIONS.map((question, i) => {
          const answer = answers[i] ?? '';
          return `${i + 1}. ${question} ${answer === '' ? '**Open.**' : answer}`;
        }).join('\n');
      },
    },
    list('Assumptions'),
    list('Non-goals'),
    {
      name: 'Invariants',
      sentence: (facts) =>
        facts
          .rows('verdicts')
          .map(([promise = '', status = '']) => `- ${promise}: ${status}`)
          .join('\n'),
    },
    {
      name: 'Failure modes',
      sentence: (facts) => {
        const struck = facts.list('struck').map((kind) => `- ${kind}: struck in the runs`);
        const not = facts.list('notStruck').map((kind) => `- ${kind}: NOT tried`);
        return [...struck, ...not].join('\n');
      },
    },
    list('Rollback plan'),
    {
      name: 'Evidence',
      sentence: (facts) =>
        `${facts.number('seeds')} seeds ${facts.flag('held') ? 'held' : 'did NOT hold'}; the same seed ${facts.flag('same') ? 'gives the same run' : 'gives ANOTHER run'}.`,
    },
    list('Open questions'),
  ],
};
