import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { anchorOf, ANCHORS, CAPSTONES, pageFaults } from '../../src/casebook/index.ts';
import { loadCases, namesIn } from '../../src/cli/commands/casebookFiles.ts';
import { CASEBOOK } from './support.ts';

const PAGE = readFileSync(join(CASEBOOK, 'raft-majority', 'README.md'), 'utf8');
const rulesOf = (page: string): string[] => pageFaults(page).map(({ rule }) => rule);
const without = (heading: string): string =>
  PAGE.split(/^(?=## )/m)
    .filter((section) => !section.includes(heading))
    .join('');

describe('the pages of the casebook', () => {
  it('S0.34 have the five steps in order, name their anchor and ask their question; the lint finds nothing', () => {
    const faults = namesIn(CASEBOOK).flatMap((name) =>
      pageFaults(readFileSync(join(CASEBOOK, name, 'README.md'), 'utf8')).map(
        ({ rule, message }) => `${name} ${rule}: ${message}`,
      ),
    );
    expect(faults).toEqual([]);
    expect(Object.keys(ANCHORS)).toHaveLength(9);
  });

  it('S0.34 name the anchor and the question of their own declaration, and so do their documents', async () => {
    const lacking: string[] = [];
    const need = (where: string, text: string, words: string): void => {
      if (!text.replace(/\s+/g, ' ').includes(words)) lacking.push(`${where} lacks '${words}'`);
    };
    for (const { study, folder } of await loadCases(CASEBOOK, [])) {
      const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
      const anchor = anchorOf(study.anchor).title;
      need(study.name, read('README.md'), anchor);
      need(study.name, read('README.md'), CAPSTONES[study.capstone]);
      for (const { form } of study.documents) {
        need(`${study.name}/${form.name}.md`, read(`${form.name}.md`), `anchored in ${anchor}`);
      }
    }
    expect(lacking).toEqual([]);
  });

  it('S0.1 without a failure model fails with that rule only, and so does each other step', () => {
    expect(rulesOf(PAGE)).toEqual([]);
    expect(rulesOf(without('Failure model'))).toEqual(['failure-model']);
    expect(rulesOf(without('Picture'))).toEqual(['picture']);
    expect(rulesOf(without('Mechanism'))).toEqual(['mechanism']);
    expect(rulesOf(without('Guaranteed'))).toEqual(['guarantees']);
    expect(rulesOf(PAGE.replace('## 5. Document', '## 5. More'))).toEqual(['document']);
  });

  it('S0.1 fails with the steps in another order, an empty one, or a mechanism that is none of the eight', () => {
    const sections = PAGE.split(/^(?=## )/m);
    const [intro = '', first = '', second = '', ...rest] = sections;
    expect(rulesOf([intro, second, first, ...rest].join(''))).toEqual(['order']);
    expect(rulesOf([intro, '## 1. Failure model\n\n', second, ...rest].join(''))).toEqual(['failure-model']);
    const mechanism = sections.findIndex((section) => section.includes('3. Mechanism'));
    const vague = sections.with(mechanism, '## 3. Mechanism\n\nCare and attention.\n\n');
    expect(rulesOf(vague.join(''))).toEqual(['mechanism']);
    expect(rulesOf(PAGE.replaceAll('In Search of an', 'In search of some'))).toEqual(['anchor']);
    expect(rulesOf(PAGE.replaceAll('accepted by a node', 'taken'))).toEqual(['capstone']);
  });
});
