import type { DocumentForm, FieldForm } from '../document.ts';
import { markdownTable } from '../table.ts';

/** A field that is a table: one row per read API. */
function perApi(name: string, head: readonly string[], after = ''): FieldForm {
  return {
    name,
    sentence: (facts) => {
      const table = markdownTable(['read API', ...head], facts.rows('rows'));
      return after === '' ? table : `${table}\n\n${after}`;
    },
  };
}

/** What each way to read a consensus-backed store promises, and whether it kept that under faults (S0.33). */
export const readContractTestPlan: DocumentForm = {
  name: 'read-contract-test-plan',
  title: 'Read-contract test plan',
  purpose:
    'What each way to read a consensus-backed store promises, which faults it was put to, and whether its histories keep the promise.',
  fields: [
    perApi('Read API', ['how it is asked for']),
    perApi('Expected consistency', ['promised']),
    perApi(
      'Leader/follower behavior',
      ['a follower answers its clients', 'it asks a quorum for each read', 'it relies on a lease'],
      'Filled by probes: a client bound to a follower, and a leader that is cut off with a client.',
    ),
    perApi('Partition injected', ['a leader cut off answers', 'a follower cut off answers', 'stale']),
    perApi('Pause injected', ['a leader whose machine slept, waking cut off, answers', 'stale']),
    perApi('History checker', ['checked for', 'seeds', 'verdict']),
    perApi(
      'Acceptable stale window',
      ['acceptable, ms', 'measured maximum, ms', 'kept'],
      'The measured window, to the next 100 ms, goes from the acknowledgement of a newer write to the moment the read was asked.',
    ),
    {
      name: 'Failure evidence',
      sentence: (facts) => {
        const failing = facts.list('failing');
        const sound = facts.list('sound');
        const words =
          failing.length === 0 ? 'No history failed.' : `Histories that fail: ${failing.join('; ')}.`;
        return `${words} None failed: ${sound.length === 0 ? 'of no other' : sound.join('; ')}.`;
      },
    },
  ],
};
