import { describe, expect, it } from 'vitest';
import { brokenRules, experiment, flagship, simulate } from '../../src/index.ts';
import { caseNamed } from './support.ts';

/** What each incident's run must say for its fault to be named. */
const SAYS: Readonly<Record<string, RegExp>> = {
  'cap-per-operation': /^N\d accepted a change of \w+ by itself, and the other region went on answering/,
  'etcd-recovery': /^split brain: N\d and N\d have committed different entries at index \d+/,
  'github-partition': /^N1 acknowledged write \S+ in epoch 1 after N2 had begun to lead in epoch 2/,
  'raft-majority': /^N\d answered the write of C\d+ before a majority had it/,
  'retry-storm': /^frontend had \d\.\d+ requests for each call/,
  'stale-read': /^N\d answered a read of C\d+ in the step in which it was asked, without asking a majority/,
  'wall-clock':
    /^the wall clocks of the regions were up to \d+ ms apart, and the later edit had the smaller timestamp/,
};

describe('the reasons of the seven incidents', () => {
  for (const [name, says] of Object.entries(SAYS)) {
    it(`${name} names its fault where the wrong approach broke, and names none where the better one held`, async () => {
      const { wrong, seeds, experiments } = await caseNamed(name);
      const { seen } = wrong;
      if (seen === undefined) expect.fail(`${name} does not say how its fault is seen`);
      const of = (which: 'wrong' | 'better', seed: number): string | undefined => {
        return seen(simulate(experiments[which], seed, { trace: true }));
      };
      expect(of('wrong', seeds.first)).toMatch(says);
      expect(of('better', seeds.first)).toBeUndefined();
    });
  }

  it('names no broken rule in a correct store under the faults of the flagship', () => {
    const short = experiment({
      ...flagship('short'),
      bounds: { simulatedSeconds: 14, recoverWithinMs: 3_000 },
    });
    for (const seed of [1, 2]) {
      const { trace } = simulate(short, seed, { trace: true });
      if (trace === undefined) expect.fail('a trace was asked for');
      expect(trace.events.length).toBeGreaterThan(5_000);
      expect(trace.events.length).toBeLessThan(50_000);
      expect(brokenRules(trace, false)).toEqual([]);
    }
  });
});
