import type { DocumentForm } from '../document.ts';

/** The ten failure scenarios (S1.148), as entries are named. */
export const SCENARIO_NAMES: readonly string[] = [
  'SC1 a client times out after commit',
  'SC2 a leader commits, and crashes before its response',
  'SC3 a follower serves a stale read',
  'SC4 a broker redelivers',
  'SC5 a relay publishes twice',
  'SC6 a region is isolated',
  'SC7 a clock moves backward',
  'SC8 a schema is half deployed',
  'SC9 a backlog grows',
  'SC10 an operator forces a promotion',
];

/** Each of ten scenarios as a question to a service, answered from what its clients saw; beside it a twin that answers otherwise. */
export const failureScenariosForm: DocumentForm = {
  name: 'failure-scenarios',
  title: 'Ten failure scenarios',
  purpose:
    'What goes wrong, the question it puts to a service, and what a service that is right and its broken twin answered.',
  fields: SCENARIO_NAMES.map((name) => ({
    name,
    sentence: (facts) => {
      const hoped = facts.text('hoped');
      const [right, twin] = [facts.text('right'), facts.text('twin')];
      const lines = [
        `${facts.text('question')} Hoped for: ${hoped}.`,
        `- ${facts.text('service')}: ${right}${right === hoped ? '.' : ', which is NOT the answer hoped for.'}`,
        `- Its twin, ${facts.text('twinService')}: ${twin}${twin === hoped ? ', so nothing tells the two apart.' : '.'}`,
      ];
      return lines.join('\n');
    },
  })),
};
