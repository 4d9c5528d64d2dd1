import type { DocumentForm, FieldForm } from '../document.ts';

/** A field that lists lines; what the runs contradict is said first. */
function listing(name: string, ifFalse: string): FieldForm {
  return {
    name,
    sentence: (facts) => {
      const lines = facts.list('lines').map((line) => `- ${line}`);
      return [...(facts.flag('agrees') ? [] : [ifFalse, '']), ...lines].join('\n');
    },
  };
}

const UNLIKE = 'These are not what the messages of the run give:';

/** The events of three nodes with three kinds of timestamps, and what is concurrent (S0.26, with node C: X25). */
export const threeNodeTrace: DocumentForm = {
  name: 'three-node-trace',
  title: 'Three-node event trace',
  purpose:
    'What three nodes did and said, how three kinds of clock stamped it, which events are concurrent, and what the conflict rule makes of them.',
  fields: [
    listing('Node A events', UNLIKE),
    listing('Node B events', UNLIKE),
    listing('Node C events', UNLIKE),
    listing('Messages', UNLIKE),
    {
      name: 'Wall-clock timestamps',
      sentence: (facts) => {
        const lines = facts.list('lines').map((line) => `- ${line}`);
        const wrong = facts.list('effectFirst');
        const verdict =
          wrong.length === 0
            ? 'No effect is stamped before its cause.'
            : `An effect is stamped before its cause: ${wrong.join(', ')}.`;
        return [verdict, '', ...lines].join('\n');
      },
    },
    listing('Lamport timestamps', UNLIKE),
    listing('Vector timestamps', UNLIKE),
    listing('Concurrent pairs', UNLIKE),
    {
      name: 'Conflict rule',
      sentence: (facts) => {
        const lost = facts.list('lost');
        const ending = lost.length === 0 ? 'No edit was lost.' : `Lost: ${lost.join(', ')}.`;
        return `${facts.text('rule')}. ${ending}`;
      },
    },
  ],
};
