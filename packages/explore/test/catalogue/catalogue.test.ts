import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { NAMED_MODELS, resolveBounds } from '../../src/index.ts';
import { exploredModel, exploredRow, HEADINGS } from './explored.ts';

const TABLE = readFileSync(new URL('../../../../docs/explored.md', import.meta.url), 'utf8');

/** The cells of a model's row in docs/explored.md, without the time. */
function documented(name: string): string[] | undefined {
  const line = TABLE.split('\n').find((text) => text.startsWith(`| ${name} |`));
  return line
    ?.split('|')
    .slice(1, HEADINGS.length + 1)
    .map((cell) => cell.trim());
}

describe('the models that come with the explorer', () => {
  for (const model of NAMED_MODELS.filter(({ size }) => size === 'short')) {
    it(`S3.23 ${model.name} is as docs/explored.md says`, () => {
      expect(exploredRow(model, exploredModel(model))).toEqual(documented(model.name));
    });
  }

  it('S3.23 each has a row, a name of its own, bounds that make sense, and a promise to break when it is broken', () => {
    expect(NAMED_MODELS.filter(({ name }) => documented(name) === undefined)).toEqual([]);
    expect(new Set(NAMED_MODELS.map(({ name }) => name)).size).toBe(NAMED_MODELS.length);
    for (const { load, kind, breaks } of NAMED_MODELS) {
      expect(() => resolveBounds(load().bounds)).not.toThrow();
      expect(breaks === undefined).toBe(kind === 'correct');
    }
  });

  it('S3.23 all correct ones hold, and the shortest violation of each of more than sixty broken twins is written down', () => {
    const verdicts = (kind: 'correct' | 'broken'): (string | undefined)[] =>
      NAMED_MODELS.filter((model) => model.kind === kind).map(({ name }) => documented(name)?.[3]);
    expect(new Set(verdicts('correct'))).toEqual(new Set(['holds']));
    const broken = verdicts('broken').filter((verdict) => /^violated .+ in \d+ steps$/.test(verdict ?? ''));
    expect(broken).toHaveLength(verdicts('broken').length);
    expect(broken.length).toBeGreaterThan(60);
  });

  it('S3.23 a correct model that is violated, or a broken one that is not, shows as unexpected', () => {
    const model = NAMED_MODELS.find(({ name }) => name === 'transaction-commit');
    const twin = NAMED_MODELS.find(({ name }) => name === 'raft-ack-on-append');
    if (model === undefined || twin === undefined) throw new Error('no such model');
    const [, , , held] = exploredRow({ ...model, kind: 'broken', breaks: 'x' }, exploredModel(model));
    const [, , , broke] = exploredRow({ ...twin, kind: 'correct' }, exploredModel(twin));
    expect([held, broke]).toEqual(['UNEXPECTED holds', 'UNEXPECTED violated linearizable in 5 steps']);
  });
});
