import type { DocumentForm } from '../document.ts';
import { markdownTable } from '../table.ts';

/** Concepts that an outage can be labelled with. */
export const OUTAGE_CONCEPTS: readonly string[] = [
  'partial failure',
  'network partition',
  'split brain',
  'failover',
  'fencing',
  'replication lag',
  'quorum loss',
  'overload',
  'retry amplification',
  'cascading failure',
  'circular dependency',
  'clock skew',
  'operator error',
  'change without stages',
  'slow recovery',
];

/** An outage told by its timeline, labelled, and enacted again in runs (S4.38). */
export const postmortem: DocumentForm = {
  name: 'postmortem',
  title: 'Postmortem',
  purpose:
    'What happened in an outage, which concepts it shows, what was assumed, and which check would have caught it.',
  fields: [
    {
      name: 'Timeline',
      sentence: (facts) =>
        facts
          .list('steps')
          .map((step, i) => `${i + 1}. ${step}`)
          .join('\n'),
    },
    {
      name: 'Concepts',
      sentence: (facts) =>
        facts
          .list('labels')
          .map(
            (label) =>
              `- ${label}${OUTAGE_CONCEPTS.includes(label) ? '' : ', which is NOT a word of the vocabulary'}`,
          )
          .join('\n'),
    },
    {
      name: 'Failure model',
      sentence: (facts) =>
        facts
          .list('faults')
          .map((fault) => `- ${fault}`)
          .join('\n'),
    },
    {
      name: 'What would have caught it',
      sentence: (facts) => {
        const found = facts
          .list('violated')
          .map((promise) => `- a monitor of "${promise}": violated by the system as it was`);
        const cure = facts.flag('cured')
          ? 'None of them is violated with the change.'
          : 'The change does NOT cure it.';
        return `${found.join('\n')}\n\n${cure}`;
      },
    },
    {
      name: 'Other outages, to be told the same way',
      sentence: (facts) =>
        markdownTable(['outage', 'trigger', 'what made it long', 'concepts'], facts.rows('outages')),
    },
  ],
};
