import type { DocumentForm } from '../document.ts';
import type { FactReader } from '../facts.ts';
import { markdownTable } from '../table.ts';

/** Thresholds of phi that a note compares. */
export const PHI_THRESHOLDS: readonly number[] = [1, 2, 3, 5, 8, 12, 16];

const within = (name: string, share: number): Readonly<Record<string, number>> =>
  Object.fromEntries(PHI_THRESHOLDS.map((phi) => [`${name}${phi}`, share]));

function measured(facts: FactReader, name: string, head: string, digits: number): string {
  const rows = PHI_THRESHOLDS.map((phi) => [String(phi), facts.number(`${name}${phi}`).toFixed(digits)]);
  return markdownTable(['threshold', head], rows);
}

/** How soon a phi accrual detector finds a silence, how often it is wrong, and which threshold that speaks for (S4.35). */
export const phiTuningNote: DocumentForm = {
  name: 'phi-tuning-note',
  title: 'Phi-accrual tuning note',
  purpose: 'How soon a detector finds a silence, how often it is wrong, and which threshold that speaks for.',
  fields: [
    {
      name: 'Workload',
      sentence: (facts) =>
        `A heartbeat every ${facts.number('everyMs')} ms; ${facts.number('lossPercent')} % of messages are lost and others held back up to ${facts.number('heldMs')} ms. ${facts.number('heartbeats')} heartbeats were heard.`,
      tolerance: { heartbeats: 0.1 },
    },
    {
      name: 'Detection time',
      sentence: (facts) => measured(facts, 'ms', 'from the cut to the suspicion that lasts, mean ms', 0),
      tolerance: within('ms', 0.35),
    },
    {
      name: 'False suspicions',
      sentence: (facts) => measured(facts, 'perMinute', 'suspicions of a sender that lived, per minute', 1),
      tolerance: within('perMinute', 0.6),
    },
    {
      name: 'Threshold',
      sentence: (facts) => `${facts.number('chosen')}.`,
    },
    {
      name: 'Why',
      sentence: (facts) => {
        const low = facts.flag('lowIsWrong')
          ? 'a lower one suspects senders that live'
          : 'a lower one is not wrong either';
        const high = facts.flag('highIsSlow')
          ? 'a higher one finds a silence later'
          : 'a higher one is no slower';
        const fits = facts.flag('modelFits')
          ? 'Phi 3 is wrong about as often as the model says, once in a thousand'
          : 'Phi 3 is wrong far more often than the once in a thousand that the model says: it does not expect the silence that a lost heartbeat leaves';
        return `It is the lowest of those compared that was never wrong here: ${low}, and ${high}. ${fits}.`;
      },
    },
  ],
};
