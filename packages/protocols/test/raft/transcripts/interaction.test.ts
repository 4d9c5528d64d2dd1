import { describe, expect, it } from 'vitest';
import { readTranscript, transcripts, withoutLogs } from './datadriven.ts';
import { Interaction } from './interaction.ts';

/** Files that do not pass, with the reason. Empty: all do. */
const FAILING: Readonly<Record<string, string>> = {};

/** The first block whose answer differs, or undefined. */
function firstDifference(file: string): { where: string; answer: string[]; expected: string[] } | undefined {
  const interaction = new Interaction();
  for (const block of readTranscript(`interaction/${file}`)) {
    const answer = interaction.run(block);
    const without = withoutLogs(block.expected);
    const expected = without.length === 0 ? ['ok'] : without;
    if (answer.join('\n') !== expected.join('\n')) return { where: block.where, answer, expected };
  }
  return undefined;
}

describe('whole-node transcripts', () => {
  const files = transcripts('interaction');
  it('are all there', () => expect(files).toHaveLength(18));
  it.each(files)('S1.48 %s goes as with the reference', (file) => {
    const difference = firstDifference(file);
    const reason = FAILING[file];
    if (reason === undefined) expect(difference).toBeUndefined();
    // A file that passes now has to leave the list.
    else expect(difference).toBeDefined();
  });
});
