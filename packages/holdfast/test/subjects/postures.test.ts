import { describe, expect, it } from 'vitest';
import { type RunResult, simulate } from '../../src/simulate/simulate.ts';
import {
  declared,
  FOUR_POSTURES,
  MINIATURES,
  type Placement,
  PLACED,
  placementExperiment,
  POSTURE_DEFECTS,
  POSTURE_SERVICES,
  serviceExperiment,
} from '../../src/subjects/postures/index.ts';

const run = (placement: Placement, claims?: string): RunResult =>
  simulate(placementExperiment(placement, claims), 1);
const verdictOf = ({ verdicts }: RunResult, promise: string): [string | undefined, string] => {
  const found = verdicts.find((each) => each.promise === promise);
  return [found?.status, found?.reason ?? ''];
};

describe('one store and its postures', () => {
  for (const placement of FOUR_POSTURES)
    it(`S1.33 ${placement.claims}: what it does while parted, and latency and staleness in calm, match the letters`, () => {
      const result = run(placement);
      expect(verdictOf(result, PLACED)[0]).toBe('holds');
      const { metrics } = result;
      const of = (name: string): number => metrics[name] ?? Number.NaN;
      const isAvailable = placement.claims.startsWith('PA');
      expect(of('answered by the minority, %')).toBe(isAvailable ? 100 : 0);
      expect(of('answered by the majority, %')).toBe(100);
      expect(of('keys written on both sides')).toBe(isAvailable ? 2 : 0);
      const isQuick = placement.claims.endsWith('EL');
      if (isQuick) expect(of('median read, ms')).toBeLessThan(2);
      else expect(of('median read, ms')).toBeGreaterThan(80);
      if (isQuick) expect(of('stalest read in calm, ms')).toBeGreaterThan(10);
      else expect(of('stalest read in calm, ms')).toBe(0);
      // What stays consistent while parted is no staler than in calm, by no more than the silence that tells of a cut.
      if (!isAvailable)
        expect(of('stalest read while parted, ms')).toBeLessThan(of('stalest read in calm, ms') + 200);
      else expect(of('stalest read while parted, ms')).toBeGreaterThan(1_000);
    });

  it('S1.33 three other pairs of letters are refused for each posture, with what was measured', () => {
    for (const placement of FOUR_POSTURES)
      for (const { claims } of FOUR_POSTURES.filter((other) => other.claims !== placement.claims)) {
        const [status, reason] = verdictOf(run(placement, claims), PLACED);
        expect(status).toBe('violated');
        expect(reason).toContain(`claimed ${claims}, observed ${placement.claims}: `);
      }
  });

  it('S2.35 known systems in miniature show the letters claimed of their settings, and MongoDB three pairs by its concerns', () => {
    for (const miniature of MINIATURES) {
      const [status, reason] = verdictOf(run(miniature), PLACED);
      expect([miniature.name, status, reason]).toEqual([
        miniature.name,
        'holds',
        `claimed and observed ${miniature.claims}`,
      ]);
    }
    const claimsOf = (name: string): string[] =>
      MINIATURES.filter((each) => each.name.startsWith(name)).map(({ claims }) => claims);
    expect([claimsOf('dynamo'), claimsOf('spanner'), claimsOf('pnuts')]).toEqual([
      ['PA/EL'],
      ['PC/EC'],
      ['PC/EL'],
    ]);
    expect(new Set(claimsOf('mongodb'))).toEqual(new Set(['PA/EC', 'PC/EC', 'PA/EL']));
  });

  it('S2.35 a label that is wrong for the setting is said to be, and so is a store that is neither', () => {
    const [dynamo] = MINIATURES;
    const mongo = MINIATURES.find(({ name }) => name === 'mongodb-w1-primary');
    if (dynamo === undefined || mongo === undefined) expect.fail('a miniature is missing');
    expect(verdictOf(run(dynamo, 'PC/EC'), PLACED)[1]).toMatch(
      /^claimed PC\/EC, observed PA\/EL: while parted the minority was answered 100 %.*; in calm a read took 1\.\d ms/,
    );
    // A primary that acknowledges alone and steps down when it is cut off loses what it had acknowledged, and refuses as well.
    const stepsDown: Placement = {
      ...mongo,
      name: 'steps-down',
      posture: { ...mongo.posture, cutOff: 'refuses' },
    };
    const [status, reason] = verdictOf(run(stepsDown), PLACED);
    expect([status, reason.slice(0, 38)]).toEqual(['violated', 'claimed PA/EC, observed Pneither/EC: w']);
  });
});

describe('services with a posture for each operation', () => {
  const ROWS: Readonly<Record<string, string>> = { bank: 'S2.34', timeline: 'S2.34' };
  for (const { name, declares } of POSTURE_SERVICES)
    it(`${ROWS[name] ?? 'S1.32'} ${name}: measured availability and consistency match what is declared, on both sides of one partition`, () => {
      const result = simulate(serviceExperiment(name), 1);
      for (const [f, posture] of Object.entries(declares)) {
        const [status, reason] = verdictOf(result, declared(f, posture));
        expect([f, status, reason]).toEqual([
          f,
          'holds',
          posture === 'CP'
            ? 'answered 0 % on the side without a majority, 100 % on the other; linearizable throughout'
            : 'answered 100 % on the side without a majority, 100 % on the other; all agree in the end and nothing is lost',
        ]);
        // Clients on both sides asked while the network was parted.
        expect(
          result.verdicts.find(({ promise }) => promise === declared(f, posture))?.evidence.examined,
        ).toBeGreaterThan(15);
      }
    });

  for (const [defect, { breaks }] of Object.entries(POSTURE_DEFECTS)) {
    const [name = ''] = defect.split('-');
    it(`${ROWS[name] ?? 'S1.32'} ${defect}: measured, and not what is declared`, () => {
      const posture = POSTURE_SERVICES.find((each) => each.name === name)?.declares[breaks] ?? 'CP';
      const [status, reason] = verdictOf(
        simulate(serviceExperiment(name, defect), 1),
        declared(breaks, posture),
      );
      expect(status).toBe('violated');
      expect(reason).toContain(
        posture === 'CP' ? 'the minority answered 100 % of it' : 'the minority refused 100 % of it',
      );
      if (posture === 'CP') expect(reason).toContain('it is not linearizable');
    });
  }

  it('S2.34 while parted the timelines differ, and a post of the smaller side is seen by the other after healing only', () => {
    const { history } = simulate(serviceExperiment('timeline'), 1);
    const by = (client: number, f: string): typeof history.operations =>
      history.operations.filter(
        (each) => each.f === f && Number(each.input) % 100 === client && each.outcome === 'ok',
      );
    const post = by(0, 'add').find(({ invokedAt }) => invokedAt > 5_000_000);
    const seen = by(1, 'view').filter(
      ({ output }) => (output as unknown as unknown[] | null)?.includes(post?.input) === true,
    );
    expect(seen.length).toBeGreaterThan(0);
    expect(Math.min(...seen.map(({ completedAt }) => completedAt))).toBeGreaterThan(8_000_000);
  });
});
