import type { DocumentForm } from '../document.ts';

/** What a partition does to a Raft group whose leader is cut off with a minority (S0.10). */
export const raftPartitionTrace: DocumentForm = {
  name: 'raft-partition-trace',
  title: 'Raft partition trace',
  purpose:
    'What a partition did to a Raft group whose leader was cut off with a minority: who could commit, who was elected, and what survived.',
  fields: [
    {
      name: 'Initial leader',
      sentence: (facts) => `${facts.text('leader')} led when the partition struck.`,
    },
    {
      name: 'Partition sets',
      sentence: (facts) => {
        const side = (name: string): string => `{${facts.list(name).join(', ')}}`;
        return `${side('minority')} with the old leader, and ${side('majority')}; they exchanged nothing for ${facts.number('lastedMs')} ms.`;
      },
    },
    {
      name: 'Majority size',
      sentence: (facts) => `${facts.number('majority')} of ${facts.number('members')}.`,
    },
    {
      name: 'Can old leader commit?',
      sentence: (facts) =>
        facts.flag('committed')
          ? 'Yes: while it was cut off its commit index passed entries that only its own side held.'
          : 'No: it appended entries while it was cut off, and its commit index passed none of them.',
    },
    {
      name: 'Can new leader be elected?',
      sentence: (facts) =>
        facts.flag('elected')
          ? `Yes: on the larger side, in a higher term${facts.flag('newCommitted') ? ', and it committed entries of that term while the partition lasted' : ', but it committed nothing of that term while the partition lasted'}.`
          : 'No: nobody was elected on the larger side while the partition lasted.',
    },
    {
      name: 'Which entries survive after heal?',
      sentence: (facts) => {
        const kept = facts.flag('oldSurvive')
          ? 'Some of what the old leader appended on its own'
          : 'Nothing of what the old leader appended on its own';
        const lost = facts.flag('newSurvive')
          ? 'everything the larger side committed is'
          : 'not everything the larger side committed is';
        return `${kept} is in the final log; ${lost}.`;
      },
    },
    {
      name: 'Client response rule',
      sentence: (facts) =>
        facts.flag('toldSuccess')
          ? 'Success before an entry is committed: clients of the old leader were told so for entries that only its side held.'
          : 'Success only after commit: no client that wrote through the old leader while it was cut off heard success before the partition healed.',
    },
  ],
};
