import type { DocumentForm } from '../document.ts';
import { markdownTable } from '../table.ts';

/** Why an operation can be asked for twice and takes effect once (S4.37): two pages in four sections. */
export const idempotentApiMemo: DocumentForm = {
  name: 'idempotent-api-memo',
  title: 'Idempotent API memo',
  purpose:
    'How an operation with a side effect is made safe to ask for again: how a request goes through, what becomes of its key, what a retry may expect, and why it is done at the ends.',
  fields: [
    {
      name: 'Request flow',
      sentence: (facts) => {
        const steps = facts.list('steps').map((step, i) => `${i + 1}. ${step}`);
        const order = facts.flag('claimFirst')
          ? 'No effect took place for a key that had not been taken to be run: looking and taking are one step, and so are the effect and the record of its answer.'
          : 'Effects took place for keys that nobody had taken: look, then act.';
        return ['A request whose answer was lost, and its repetition:', '', ...steps, '', order].join('\n');
      },
    },
    {
      name: 'Key lifecycle',
      sentence: (facts) =>
        [
          markdownTable(['state', 'event', 'the caller hears', 'then'], facts.rows('rows')),
          '',
          `A key belongs to the first payload it came with. It is kept ${facts.text('kept')}, longer than a retry can take, and forgotten never while its run may yet end.`,
        ].join('\n'),
    },
    {
      name: 'Retry semantics',
      sentence: (facts) => {
        const alike = facts.flag('answeredAlike') ? 'the same answer every time' : 'different answers';
        const once = facts.flag('oneEffect') ? 'one effect' : 'more than one effect';
        return [
          `A timeout says nothing of the effect. The caller may ask again with the same key, at most ${facts.number('maxAttempts')} times in all and within its budget; a key that was asked for more than once had ${once} and ${alike}.`,
          `While the first run goes on, a repetition hears that it is in progress, which is no failure: it waits and asks again. After a failure without effect the same key runs again; after a failure for good the failure is answered again. Another operation takes another key, and a retry never does.`,
        ].join('\n\n');
      },
    },
    {
      name: 'End-to-end argument',
      sentence: (facts) => {
        const without = facts.flag('doubledWithout') ? 'were charged twice' : 'were not charged twice';
        const within = facts.flag('doubledWith') ? 'some are' : 'none is';
        return [
          `Links that neither lose nor double anything would not help: the answer is lost between an effect that took place and a caller who gave up, and only these two know that the second request is the first one again. On the same runs without keys calls ${without}; with keys ${within}.`,
          `So the key is made where the intention is, at the caller, and recognised where the effect is, in its transaction. What lies between may retry, remember and remove duplicates as an optimisation, and may not be relied on (Saltzer, Reed and Clark, 1984). It ends where the transaction ends: an effect elsewhere needs a key there, derived from this one.`,
        ].join('\n\n');
      },
    },
  ],
};
