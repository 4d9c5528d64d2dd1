import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { TRANSACTION_MODEL_NAMES, TRANSACTION_MODELS } from '@holdfast/check';
import { describe, expect, it } from 'vitest';
import {
  expectedRejections,
  judgeTransactionLitmus,
  readTransactions,
  transactionLitmus,
  transactionLitmusTable,
} from '../../src/litmus/transactionLitmus.ts';

const SEMANTICS = fileURLToPath(new URL('../../../../docs/semantics.md', import.meta.url));

describe('litmus histories of transactions', () => {
  it.each(transactionLitmus.map((litmus) => [litmus.name, litmus] as const))(
    'S1.160 %s: every model says what is expected by hand',
    (_name, litmus) => {
      const rejected = TRANSACTION_MODEL_NAMES.filter(
        (name) => judgeTransactionLitmus(litmus).get(name) !== 'yes',
      );
      expect(rejected).toEqual(expectedRejections(litmus));
    },
  );

  it('the table has a verdict in every cell', () => {
    const [heading, , ...rows] = transactionLitmusTable().split('\n');
    expect(heading?.split('|').length).toBe(transactionLitmus.length + 3);
    expect(rows.length).toBe(TRANSACTION_MODEL_NAMES.length);
    for (const row of rows) {
      const cells = row.split('|').slice(2, -1);
      expect(cells.length).toBe(transactionLitmus.length);
      expect(cells.every((cell) => /^ (?:yes|no ) $/.test(cell))).toBe(true);
    }
  });

  it('tell every model from each next weaker one, but for two names of one model', () => {
    const verdicts = transactionLitmus.map(judgeTransactionLitmus);
    for (const stronger of TRANSACTION_MODEL_NAMES) {
      for (const weaker of TRANSACTION_MODELS[stronger].implies) {
        if (TRANSACTION_MODELS[weaker].implies.includes(stronger)) continue;
        const separating = verdicts.some((each) => each.get(stronger) === 'no' && each.get(weaker) === 'yes');
        expect(`${stronger} over ${weaker}: ${separating}`).toBe(`${stronger} over ${weaker}: true`);
      }
    }
  });

  it('a line that is no transaction is named', () => {
    expect(() => readTransactions(['append x'])).toThrow("Cannot read 'append x' as a transaction");
  });
});

describe('docs/semantics.md', () => {
  it('holds the table and the histories of transactions as the code has them', () => {
    const document = readFileSync(SEMANTICS, 'utf8');
    const histories = transactionLitmus.map(
      ({ name, about, lines }, i) =>
        `| ${i + 1} | ${name} | ${about} | ${lines.map((line) => `\`${line}\``).join('<br>')} |`,
    );
    let expected = withSection(document, 'transaction histories', [
      '| | history | what it shows | transactions |',
      '| --- | --- | --- | --- |',
      ...histories,
    ]);
    expected = withSection(expected, 'transaction table', [transactionLitmusTable()]);
    if (process.env.HOLDFAST_REWRITE === '1') writeFileSync(SEMANTICS, expected);
    else expect(document).toBe(expected);
  });
});

/** Puts lines between the marks `<!-- name -->` and `<!-- end of name -->`. */
function withSection(document: string, name: string, lines: readonly string[]): string {
  const [open, close] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const from = document.indexOf(open);
  const to = document.indexOf(close);
  if (from < 0 || to < from) throw new Error(`Cannot find '${open}' and '${close}' in docs/semantics.md`);
  return `${document.slice(0, from)}${open}\n\n${lines.join('\n')}\n\n${document.slice(to)}`;
}
