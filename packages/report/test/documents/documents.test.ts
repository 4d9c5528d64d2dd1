import { describe, expect, it } from 'vitest';
import {
  compareDocuments,
  DocumentError,
  type DocumentForm,
  fillDocument,
  type GeneratedDocument,
  parseDocument,
  printJsonDocument,
  printMarkdownDocument,
} from '../../src/documents/index.ts';

const FORM: DocumentForm = {
  name: 'weather',
  title: 'Weather note',
  purpose: 'Whether to take an umbrella.',
  fields: [
    { name: 'Rain?', sentence: (facts) => (facts.flag('rain') ? 'Yes, with `-->` in it.' : 'No.') },
    {
      name: 'How warm?',
      sentence: (facts) =>
        `| at | degrees |\n| --- | --- |\n| ${facts.text('at')} | ${facts.number('degrees')} |`,
      tolerance: { degrees: 0.2 },
    },
  ],
};
const EVIDENCE = [{ text: 'seed 1: a cloud (event #3)', command: 'npx holdfast run sky.ts --seed 1' }];
const RUNS = [{ experiment: 'sky.ts', seed: 1, digest: '0123456789abcdef' }];

function weather(rain: boolean, degrees: number): GeneratedDocument {
  return fillDocument(
    FORM,
    {
      'Rain?': { facts: { rain }, evidence: EVIDENCE },
      'How warm?': { facts: { at: 'noon', degrees }, evidence: EVIDENCE },
    },
    { source: 'casebook/sky/case.ts', anchor: 'an almanac', runs: RUNS },
  );
}

const judged = (text: string, now = weather(true, 20)): Record<string, string> =>
  Object.fromEntries(
    compareDocuments(FORM, parseDocument(text), now).map(({ field, status }) => [field, status]),
  );

describe('a document', () => {
  it('reads back as it was written, as Markdown and as JSON', () => {
    const document = weather(true, 20);
    expect(parseDocument(printMarkdownDocument(document))).toEqual(document);
    expect(parseDocument(printMarkdownDocument(document).replaceAll('\n', '\r\n'))).toEqual(document);
    expect(parseDocument(printJsonDocument(document))).toEqual(document);
  });

  it('holds while its runs say the same, numbers within their tolerance', () => {
    const text = printMarkdownDocument(weather(true, 20));
    expect(judged(text)).toEqual({ 'Rain?': 'holds', 'How warm?': 'holds' });
    expect(judged(text, weather(true, 24))).toEqual({ 'Rain?': 'holds', 'How warm?': 'holds' });
  });

  it('names the field that no longer holds when the runs say something else', () => {
    const text = printMarkdownDocument(weather(true, 20));
    expect(judged(text, weather(false, 20))).toEqual({ 'Rain?': 'false', 'How warm?': 'holds' });
    expect(judged(text, weather(true, 26))).toEqual({ 'Rain?': 'holds', 'How warm?': 'false' });
    const [finding] = compareDocuments(FORM, parseDocument(text), weather(false, 20));
    expect(finding?.reason).toBe(
      'it says "Yes, with `-->` in it."; run again it is "No." (rain: true, now false)',
    );
  });

  it('names a field that was deleted, emptied, changed by hand, stripped of its evidence, or added', () => {
    const text = printMarkdownDocument(weather(true, 20));
    const [before = '', after = ''] = text.split('## Rain?');
    const [rain = '', warm = ''] = after.split('## How warm?');
    expect(judged(`${before}## How warm?${warm}`)['Rain?']).toBe('missing');
    expect(judged(text.replace('Yes, with `-->` in it.', ''))['Rain?']).toBe('missing');
    expect(judged(text.replace('Yes, with `-->` in it.', 'No.'))['Rain?']).toBe('altered');
    expect(judged(text.replace('"rain":true', '"rain":false'))['Rain?']).toBe('altered');
    const lied = text.replace('Yes, with `-->` in it.', 'No.').replace('"rain":true', '"rain":false');
    expect(judged(lied)['Rain?']).toBe('false');
    expect(judged(text.replace(/^- seed 1.*\n/m, ''))['Rain?']).toBe('unproved');
    expect(judged(text.replace('## How', '## Snow?\n\nNo.\n\n## How'))['Snow?']).toBe('foreign');
    expect(judged(`${text}\n## Rain?${rain}`)).toEqual({ 'Rain?': 'foreign', 'How warm?': 'holds' });
    expect(compareDocuments(FORM, parseDocument(`${text}\n## Rain?${rain}`), weather(true, 20))).toHaveLength(
      3,
    );
    expect(judged(text.replace('"degrees":20', '"degrees":"warm"'))['How warm?']).toBe('altered');
  });

  it('is refused when it is none, and cannot be filled with less or more than its form has', () => {
    for (const text of ['# Weather', '{"format":"other"}', '{', '[]']) {
      expect(() => parseDocument(text)).toThrow(DocumentError);
    }
    const other = printJsonDocument(weather(true, 20)).replace('"version": 1', '"version": 2');
    expect(() => parseDocument(other)).toThrow(/it is of version 2; this program reads version 1/);
    const origin = { source: 's', anchor: 'a', runs: RUNS };
    const rain = { facts: { rain: true }, evidence: EVIDENCE };
    expect(() => fillDocument(FORM, { 'Rain?': rain }, origin)).toThrow(/'How warm\?' .* nothing fills it/);
    expect(() => fillDocument(FORM, { 'Rain?': { ...rain, evidence: [] } }, origin)).toThrow(/no evidence/);
    expect(() => fillDocument(FORM, { 'Snow?': rain }, origin)).toThrow(/has no such field/);
  });
});
