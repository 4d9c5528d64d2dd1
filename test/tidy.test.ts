import { describe, expect, it } from 'vitest';
import type { Finding } from '../scripts/tidy/project.ts';
import { RULES, tidy } from '../scripts/tidy/tidy.ts';
import { type Case, lines, type Texts } from './tidy/case.ts';
import { PROTOCOLS } from './tidy/protocolCases.ts';
import { BOUNDARIES, EXPORTS, NEUTRAL } from './tidy/structureCases.ts';
import { SIZES, WORDS } from './tidy/textCases.ts';

const CASES: readonly Case[] = [...BOUNDARIES, ...NEUTRAL, ...EXPORTS, ...SIZES, ...WORDS, ...PROTOCOLS];

/** Findings of one rule; other rules may have their say on the same few lines. */
const findings = (rule: string, texts: Texts): Finding[] =>
  tidy(new Map(Object.entries(texts)), []).filter((finding) => finding.rule === rule);

describe('tidy', () => {
  it('every rule has a passing and a failing case', () => {
    expect(new Set(CASES.map((one) => one.rule))).toEqual(new Set(RULES.map((rule) => rule.id)));
  });

  for (const one of CASES) {
    it(`${one.rule}: ${one.name}`, () => {
      expect(findings(one.rule, one.passes)).toEqual([]);
      const found = findings(one.rule, one.fails);
      expect(found).toHaveLength(1);
      expect(found[0]).toMatchObject({ path: Object.keys(one.fails).at(-1), line: one.line });
      expect(found[0]?.message).toContain(one.says);
    });
  }

  it('an exemption excuses its file from its rule, and is reported once it is not needed', () => {
    const exemptions = [{ rule: 'file-size', path: 'scripts/a.ts', reason: 'one long table' }];
    const long = new Map([['scripts/a.ts', lines(401)]]);
    expect(tidy(long, exemptions)).toEqual([]);
    expect(tidy(new Map([['scripts/a.ts', lines(2)]]), exemptions)).toMatchObject([
      { rule: 'stale-exemption' },
    ]);
    expect(tidy(long, [{ rule: 'columns', path: 'scripts/a.ts', reason: 'none' }])).toHaveLength(2);
  });

  it('findings come by path and line', () => {
    const texts = new Map([
      ['scripts/b.ts', 'const b: any = 1;\n'],
      ['scripts/a.ts', '\nconst a: any = 1;\nconst b: any = 1;\n'],
    ]);
    expect(tidy(texts, []).map(({ path, line }) => `${path}:${line}`)).toEqual([
      'scripts/a.ts:2',
      'scripts/a.ts:3',
      'scripts/b.ts:1',
    ]);
  });
});
