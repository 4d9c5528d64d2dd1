import type { DocumentForm } from '../document.ts';

/** A Raft group through a crash of its leader, a partition and the elections that follow, with terms and logs at every step (S4.36). */
export const raftTrace: DocumentForm = {
  name: 'raft-trace',
  title: 'Raft trace',
  purpose:
    'How terms and logs of a Raft group move through a crash of its leader, a partition, and the elections that follow.',
  fields: [
    { name: 'Nodes', sentence: (facts) => `${facts.number('nodes')} nodes.` },
    {
      name: 'Leader crash',
      sentence: (facts) =>
        facts.flag('led')
          ? 'The node that crashed led when it did.'
          : 'No leader crashed: this trace is not complete.',
    },
    {
      name: 'Partition',
      sentence: (facts) =>
        facts.flag('led')
          ? `Whoever led was cut off, with fewer than a majority: ${facts.number('near')} of ${facts.number('nodes')}.`
          : 'No leader was cut off: this trace is not complete.',
    },
    {
      name: 'Re-election',
      sentence: (facts) => {
        const after = (name: string): string =>
          facts.flag(name) ? 'a leader of a higher term was elected' : 'NOBODY was elected';
        return `After the crash ${after('afterCrash')}; on the larger side of the partition ${after('afterCut')}.`;
      },
    },
    {
      name: 'Terms and logs at every step',
      sentence: (facts) => {
        const terms = facts.flag('termsGrow') ? 'No term ever fell' : 'A term FELL';
        const commits = facts.flag('commitsGrow')
          ? 'no commit index fell while its node was up'
          : 'a commit index FELL';
        const logs = facts.flag('logsEqual')
          ? 'all logs were equal in the end'
          : 'the logs were NOT equal in the end';
        return `${terms}, ${commits}, and ${logs}. The steps are below: each node as term, last index, commit index.`;
      },
    },
  ],
};
