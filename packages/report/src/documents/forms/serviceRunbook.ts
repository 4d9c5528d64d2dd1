import type { DocumentForm } from '../document.ts';

/** What to do when something happens to a service: judged by a rehearsal of it (S1.155, PR4). */
export const runbookForm: DocumentForm = {
  name: 'service-runbook',
  title: 'Runbook',
  purpose: 'What happens, how it shows, what to do step by step, and how it ends, as a rehearsal showed it.',
  fields: [
    {
      name: 'What happens',
      sentence: (facts) => `${facts.text('event')}. Who is woken: ${facts.text('owner')}.`,
    },
    {
      name: 'How it shows',
      sentence: (facts) =>
        `The alert "${facts.text('signal')}" ${facts.flag('rang') ? 'rings' : 'does NOT ring'} in the rehearsal.`,
    },
    {
      name: 'What to do',
      sentence: (facts) =>
        facts
          .list('steps')
          .map((step) => `- ${step}`)
          .join('\n'),
    },
    {
      name: 'How it ends',
      sentence: (facts) =>
        `In the end "${facts.text('end')}" ${facts.flag('ended') ? 'holds' : 'does NOT hold'}.`,
    },
  ],
};
