import type { DocumentForm, FieldForm } from '../document.ts';

/** A field that lists lines; what does not follow from the messages is said first. */
function listing(name: string, none: string): FieldForm {
  return {
    name,
    sentence: (facts) => {
      const wrong = facts.list('wrong');
      const lines = facts.list('lines').map((line) => `- ${line}`);
      const head =
        wrong.length === 0
          ? []
          : ['These do not follow from the messages:', ...wrong.map((line) => `- ${line}`), ''];
      return [...head, ...(lines.length === 0 ? [none] : lines)].join('\n');
    },
  };
}

/** What nodes said to each other, how two kinds of logical clock stamped it, and what is concurrent (S4.34). */
export const messageTrace: DocumentForm = {
  name: 'message-trace',
  title: 'Message trace',
  purpose:
    'Who said what to whom, in a picture and in words, with Lamport and vector stamps and the pairs that nothing orders. Every stamp and pair is made again from the messages alone.',
  fields: [
    {
      name: 'Diagram',
      sentence: (facts) =>
        [
          `![${facts.number('events')} events of ${facts.list('nodes').join(', ')} with their messages and stamps](message-trace.svg)`,
          '',
          'The same in words, causes before effects:',
          '',
          ...facts.list('twin').map((line) => `- ${line}`),
        ].join('\n'),
    },
    listing('Messages', 'Nobody said anything.'),
    listing('Lamport timestamps', 'There are none.'),
    listing('Vector timestamps', 'There are none.'),
    listing('Concurrent pairs', 'Every event is ordered with every other.'),
  ],
};
