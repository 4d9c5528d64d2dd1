import type { DocumentForm } from '../document.ts';
import type { FactReader } from '../facts.ts';
import { markdownTable } from '../table.ts';

/** Members that decide, of so many: integer division. */
export function quorumOf(members: number): number {
  return Math.floor(members / 2) + 1;
}

/** The arithmetic of a field, done again: what a document says of it must be what it comes to. */
function agrees(facts: FactReader, name: string, value: number): string {
  const said = facts.number(name);
  return said === value ? String(value) : `${said}, which is wrong: it is ${value}`;
}

/** What a consensus-backed store survives, and how it comes back from more (S0.15). */
export const quorumWorksheet: DocumentForm = {
  name: 'quorum-recovery-worksheet',
  title: 'Quorum and recovery worksheet',
  purpose:
    'What a consensus-backed store survives, what a restored backup loses, and how everybody gets on the new cluster.',
  fields: [
    { name: 'Cluster size', sentence: (facts) => `${facts.number('members')} members.` },
    {
      name: 'Quorum size',
      sentence: (facts) =>
        `${agrees(facts, 'quorum', quorumOf(facts.number('members')))}: N/2 + 1 by integer division.`,
    },
    {
      name: 'Permanent failures tolerated',
      sentence: (facts) => {
        const members = facts.number('members');
        const table = markdownTable(
          ['members', 'quorum', 'tolerated', 'with so many gone', 'with one more gone'],
          facts.rows('rows'),
        );
        return `${agrees(facts, 'tolerated', members - quorumOf(members))} of ${members}: (N - 1)/2 by integer division.\n\n${table}`;
      },
    },
    {
      name: 'Snapshot interval',
      sentence: (facts) =>
        `A backup every ${facts.number('intervalMs')} ms of the latest snapshot, which members take every ${facts.number('entries')} entries.`,
    },
    {
      name: 'Maximum data loss',
      sentence: (facts) =>
        `At most ${facts.number('most')} acknowledged writes: those after the last backup. ${facts.flag('covers') ? 'No run lost more' : 'A run lost MORE'}.`,
    },
    {
      name: 'Restore procedure',
      sentence: (facts) =>
        facts
          .list('steps')
          .map((step, i) => `${i + 1}. ${step}`)
          .join('\n'),
    },
    {
      name: 'Client reconfiguration',
      sentence: (facts) => {
        const found = facts.flag('found') ? 'Each of them was told so' : 'NOT each of them was told so';
        return `Clients ask the members of ${facts.text('cluster')} now. A client that had seen later answers than the snapshot holds must start anew from what is there. ${found}.`;
      },
    },
    {
      name: 'Validation checks',
      sentence: (facts) => markdownTable(['check', 'came out'], facts.rows('checks')),
    },
  ],
};
