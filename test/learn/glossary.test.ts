import { readFileSync } from 'node:fs';
import { GLOSSARY, renderReport, textOf, undefinedWords, wordsUsed } from '@holdfast/report';
import { type Experiment, simulate } from 'holdfast';
import { runReport } from 'holdfast/node';
import { describe, expect, it } from 'vitest';
import { troubled } from '../../casebook/learn/consensus/raftRuns.ts';
import patterns from '../../casebook/failure-patterns/experiment.ts';
import silence from '../../casebook/silence/experiment.ts';

const DOCUMENT = readFileSync(new URL('../../docs/glossary.md', import.meta.url), 'utf8');
const REPORTED: Readonly<Record<string, Experiment>> = {
  raft: troubled,
  silence: silence['the answer was lost: not done'],
  consumer: patterns['slow-consumer-bounded'],
};

const rendered = new Map<string, string>();

function reportOf(name: string): string {
  const found = rendered.get(name) ?? render(name);
  rendered.set(name, found);
  return found;
}

function render(name: string): string {
  const experiment = REPORTED[name] as Experiment;
  const run = runReport(simulate(experiment, 1, { trace: true }), {
    experiment: name,
    title: name,
    command: `holdfast run ${name}`,
  });
  return renderReport({ title: name, generatedFor: 'a test', runs: [run] });
}

describe('the glossary', () => {
  it('S1.2 has ten terms with their design implications, and is the one that is published', () => {
    expect(GLOSSARY).toHaveLength(10);
    for (const { id, term, meaning, implication } of GLOSSARY)
      expect(DOCUMENT).toContain(`| <a id="term-${id}"></a>${term} | ${meaning} | ${implication} |`);
  });

  it.each(Object.keys(REPORTED))(
    'S1.2 every term that the report of %s uses is explained in it, and its pictures link there',
    (name) => {
      const html = reportOf(name);
      const text = textOf(html);
      expect(wordsUsed(text).length).toBeGreaterThan(0);
      expect(undefinedWords(text)).toEqual([]);
      const entryOf = (word: string): string => GLOSSARY.find(({ words }) => words.includes(word))?.id ?? '';
      for (const word of wordsUsed(text))
        expect([word, html.includes(`<dt id="term-${entryOf(word)}">`)]).toEqual([word, true]);
      const figures = html.match(/<figure class="picture"[^]*?<\/figure>/g) ?? [];
      expect(figures.length).toBeGreaterThan(2);
      for (const figure of figures) {
        for (const word of wordsUsed(textOf(figure)))
          expect([word, figure.includes(`href="#term-${entryOf(word)}"`)]).toEqual([word, true]);
      }
    },
  );

  it('S1.2 a term that is used and not defined is found', () => {
    const text = textOf(reportOf('raft'));
    for (const { id, words } of GLOSSARY.filter(({ words: all }) =>
      wordsUsed(text).some((word) => all.includes(word)),
    )) {
      const found = undefinedWords(
        text,
        GLOSSARY.filter((entry) => entry.id !== id),
      );
      expect(found.length).toBeGreaterThan(0);
      expect(found.every((word) => words.includes(word))).toBe(true);
    }
  });
});
