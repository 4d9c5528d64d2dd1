import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { LABS, RAFT_DEFECTS, RAFT_FIELD_DEFECTS } from '@holdfast/protocols';
import { NAMED_MODELS, resolveBounds } from '../../src/index.ts';
import { exploredModel, exploredRow, HEADINGS } from './explored.ts';
import { RACE_HEADINGS, raceRow, RACES } from './races.ts';

const TABLE = readFileSync(new URL('../../../../docs/explored.md', import.meta.url), 'utf8');

/** The cells of the row in docs/explored.md that begins with this. */
function rowOf(first: string): string[] | undefined {
  const line = TABLE.split('\n').find((text) => text.startsWith(`| ${first} |`));
  return line
    ?.split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** The cells of a model's row, without the time. */
function documented(name: string): string[] | undefined {
  return rowOf(name)?.slice(0, HEADINGS.length);
}

/** Whether a shortest violation is written down for a model. */
function isFound(name: string): boolean {
  return /^violated .+ in \d+ steps$/.test(documented(name)?.[3] ?? '');
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
    const broken = NAMED_MODELS.filter(({ kind }) => kind === 'broken');
    expect(broken.filter(({ name }) => !isFound(name))).toEqual([]);
    expect(broken.length).toBeGreaterThan(80);
  });

  it('S3.23 of the twins that simulation finds exploration finds more than forty, each with a shortest run', () => {
    const twins = new Set([
      ...RAFT_DEFECTS.map((defect) => `raft-${defect}`),
      ...LABS.flatMap(({ name, defects }) => defects.map((defect) => `${name}-${defect.name}`)),
    ]);
    const found = NAMED_MODELS.filter(
      ({ name, kind }) => kind === 'broken' && twins.has(name) && isFound(name),
    );
    expect(found.length).toBeGreaterThanOrEqual(52);
  });

  it('S3.23 all sixteen bugs of real systems are found, the table of races says in what, and no defect of theirs is left out', () => {
    expect(RACES).toHaveLength(16);
    expect(rowOf('Bug')).toEqual(RACE_HEADINGS);
    const kinds = new Map(NAMED_MODELS.map(({ name, kind }) => [name, kind]));
    expect(RACES.filter(({ model }) => kinds.get(model) !== 'broken')).toEqual([]);
    for (const race of RACES) {
      const row = raceRow(race, rowOf(race.model) ?? []);
      expect(row).not.toContain('');
      expect(rowOf(race.bug)).toEqual(row);
    }
    const raced = RACES.map(({ model }) => model);
    expect(RAFT_FIELD_DEFECTS.filter((defect) => !raced.includes(`raft-${defect}`))).toEqual([]);
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
