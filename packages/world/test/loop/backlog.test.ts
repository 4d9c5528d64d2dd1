import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Backlog } from '../../src/loop/backlog.ts';

it('a backlog gives events in the order they came, however long it grows', () => {
  const bursts = fc.array(fc.tuple(fc.nat(3_000), fc.nat(3_000)), { maxLength: 6 });
  fc.assert(
    fc.property(bursts, (phases) => {
      const backlog = new Backlog();
      let pushed = 0;
      let shifted = 0;
      for (const [pushes, shifts] of phases) {
        for (let i = 0; i < pushes; i++) backlog.push(pushed++);
        for (let i = 0; i < shifts; i++) {
          const slot = backlog.shift();
          if (slot !== (shifted < pushed ? shifted : -1)) throw new Error(`got ${slot} after ${shifted}`);
          if (shifted < pushed) shifted++;
        }
        expect(backlog.size).toBe(pushed - shifted);
      }
    }),
    { seed: 21, numRuns: 60 },
  );
});
