import type { DocumentForm, FieldForm } from '../document.ts';

/** What a sheet is about: its fields are the names of beliefs, or of whatever else is shown in pairs. */
export interface BeliefSheet {
  readonly name: string;
  readonly title: string;
  readonly purpose: string;
  readonly fields: readonly string[];
}

/**
 * A form with one entry for each belief: what is built upon it, what the world does instead, what breaks, and what holds on the same seeds.
 * An entry that the runs do not bear out says so first.
 */
export function beliefSheet({ name, title, purpose, fields }: BeliefSheet): DocumentForm {
  return { name, title, purpose, fields: fields.map(entry) };
}

function entry(name: string): FieldForm {
  return {
    name,
    sentence: (facts) => {
      const promise = facts.text('promise');
      const first = facts.flag('breaks')
        ? `Then it breaks "${promise}".`
        : `NOT SHOWN: it did not break "${promise}" in any run.`;
      const second = facts.flag('holds')
        ? 'That keeps the promise on the same seeds.'
        : 'NOT SHOWN: that did not keep the promise on the same seeds.';
      const lines = [
        `- Built upon the belief: ${facts.text('approach')}.`,
        `- What the world does: ${facts.text('trouble')}. ${first}`,
        `- Built without it: ${facts.text('defence')}. ${second}`,
      ];
      if (facts.text('whileTrue') === 'holds')
        lines.push('- Where the belief is true the first keeps it as well.');
      if (facts.text('whileTrue') === 'violated') {
        lines.push('- NOT SHOWN: the first broke its promises where the belief is true, too.');
      }
      return lines.join('\n');
    },
  };
}

/** The eight fallacies of distributed computing (Deutsch; the eighth is Gosling's), as beliefs. */
export const EIGHT_FALLACIES: readonly string[] = [
  'The network is reliable',
  'Latency is zero',
  'Bandwidth is infinite',
  'The network is secure',
  'Topology does not change',
  'There is one administrator',
  'Transport cost is zero',
  'The network is homogeneous',
];

/** Each of the eight as a pattern of code that passes while it is true and fails when it is not (S2.1, S4.33). */
export const eightFallacies: DocumentForm = beliefSheet({
  name: 'eight-fallacies-checklist',
  title: 'Eight-fallacies checklist',
  purpose:
    'For each of the eight fallacies: the code that believes it, what the network does instead, what breaks, and what keeps the promise.',
  fields: EIGHT_FALLACIES,
});
