import type { DocumentForm, FieldForm } from '../document.ts';

/** A field that is a setting: its text alone, so that a client can be configured from the document, unless a run did not keep to it. */
function setting(name: string): FieldForm {
  return {
    name,
    sentence: (facts) => {
      const value = facts.text('value');
      return facts.flag('kept') ? value : `${value}, which a run did not keep`;
    },
  };
}

/** How the callers of one operation retry, and the bounds that runs with these settings keep (S0.22). */
export const retryBudgetForm: DocumentForm = {
  name: 'retry-budget',
  title: 'Retry budget',
  purpose:
    'How an operation is retried, and by which measures that is judged. The first line of each field is what a client is configured by.',
  fields: [
    'Operation',
    'Side effect?',
    'Timeout',
    'Max attempts',
    'Backoff',
    'Jitter',
    'Idempotency key',
    'Circuit/degrade rule',
    'Metrics',
  ].map(setting),
};
