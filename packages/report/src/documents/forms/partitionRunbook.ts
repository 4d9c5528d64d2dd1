import type { DocumentForm } from '../document.ts';
import { markdownTable } from '../table.ts';

/** Who may do what while sites cannot reach each other, and how they come together again (S0.6). */
export const partitionRunbook: DocumentForm = {
  name: 'partition-runbook',
  title: 'Partition runbook',
  purpose:
    'Who may write while sites cannot reach each other, what users see meanwhile, and in which order the sites come together again.',
  fields: [
    {
      name: 'Authority source',
      sentence: (facts) =>
        `${facts.text('authority')} alone says who may write. While ${facts.text('lost')} was cut off it appointed ${facts.text('appointed')}, under a higher epoch.`,
    },
    {
      name: 'Fence mechanism',
      sentence: (facts) =>
        facts.flag('fencedFirst')
          ? `A site may write only while the authority's word to it is fresh. ${facts.text('lost')} had stopped by itself before anybody else was appointed.`
          : `There is none that works: ${facts.text('lost')} had not stopped when another site was appointed.`,
    },
    {
      name: 'Writes allowed',
      sentence: (facts) => {
        const without = facts.flag('acceptedWithout')
          ? 'accepted as well'
          : `refused, by the name of ${facts.list('rejections').join(' or ')}`;
        const given = facts.flag('acceptedWith') ? 'accepted' : 'not accepted';
        return `On the side of the authority: ${given}. On the other side: ${without}.`;
      },
    },
    {
      name: 'Reads allowed',
      sentence: (facts) => {
        const served = (name: string): string => (facts.flag(name) ? 'served' : 'not served');
        return `On the side of the authority: ${served('servedWith')}. On the other side: ${served('servedWithout')}, as of the moment it was cut off.`;
      },
    },
    {
      name: 'Replication-position check',
      sentence: (facts) => {
        const exact = facts.flag('exact') ? 'exactly' : 'NOT exactly';
        const acknowledged = facts.flag('acknowledgedDiverged')
          ? 'Some of them had been acknowledged to clients: these are to be reconciled by hand'
          : 'None of them had been acknowledged to a client';
        return `Both logs are compared entry by entry; the list holds ${exact} what only the lost site has. ${acknowledged}.`;
      },
    },
    {
      name: 'Recovery order',
      sentence: (facts) => {
        const steps = facts.list('steps').map((step, i) => `${i + 1}. ${step}`);
        const end = facts.flag('equal')
          ? 'Both sites then hold equal logs.'
          : 'The sites do NOT hold equal logs then.';
        return `${steps.join('\n')}\n\n${end}`;
      },
    },
    {
      name: 'User-visible mode',
      sentence: (facts) => markdownTable(['site', 'modes shown while cut off'], facts.rows('modes')),
    },
    {
      name: 'Abort condition',
      sentence: (facts) => {
        const seen = facts.flag('met') ? 'It was met here.' : 'It was not met here';
        const wrong = facts.flag('metInWrong') ? 'it was, where both sides went on writing' : 'nor elsewhere';
        return `Stop, change nothing more and call a person, when the comparison lists a write that was acknowledged to a client. ${seen}; ${wrong}.`;
      },
    },
  ],
};
