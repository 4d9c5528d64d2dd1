import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Choices } from '../../src/choices/choices.ts';
import {
  decideLink,
  type LinkPolicy,
  linkPolicy,
  newLinkDecision,
  newLinkState,
} from '../../src/network/link.ts';
import { DECIDED, Network } from '../../src/network/network.ts';
import { plainLink } from '../../src/network/plainLink.ts';

const PROBABILITY = fc.constantFrom(0, 0.01, 0.3, 1);
const PLAIN: fc.Arbitrary<LinkPolicy> = fc
  .record({
    loss: PROBABILITY,
    duplicate: PROBABILITY,
    minUs: fc.nat(500),
    spanUs: fc.nat(2_000),
    constant: fc.boolean(),
  })
  .map(({ loss, duplicate, minUs, spanUs, constant }) =>
    linkPolicy({
      loss,
      duplicate,
      latency: constant ? { kind: 'constant', us: minUs } : { kind: 'uniform', minUs, maxUs: minUs + spanUs },
    }),
  );

describe('a plain link', () => {
  it('decides every packet as the general rules do', () => {
    fc.assert(
      fc.property(PLAIN, fc.nat(1_000_000), (link, seed) => {
        expect(plainLink(link)).toBeDefined();
        const quick = new Choices({ seed });
        const slow = new Choices({ seed });
        const network = new Network(quick, { hosts: ['a', 'b'], channels: [''], link });
        const [state, out, stream] = [newLinkState(), newLinkDecision(), slow.stream('link/a-b')];
        for (let now = 0; now < 400; now += 7) {
          // The first packet of a link takes the long way; two at one instant draw twice.
          for (let packet = 0; packet < 2; packet++) {
            quick.moment.at(now);
            slow.moment.at(now);
            const atUs = network.arrivalUs(0, 1, 0, 'payload', now);
            decideLink(link, state, 256, now, stream, out);
            if (out.count === 1) expect(atUs).toBe(out.atUs[0]);
            else {
              expect(atUs).toBe(DECIDED);
              const { count, dropped, corrupt } = network.decision;
              expect({ count, dropped, corrupt }).toEqual({
                count: out.count,
                dropped: out.dropped,
                corrupt: out.corrupt,
              });
              if (out.count === 2) expect([...network.decision.atUs]).toEqual([...out.atUs]);
            }
          }
        }
        expect(quick.positions()).toEqual(slow.positions());
      }),
      { seed: 20, numRuns: 60 },
    );
  });

  it('is none when the policy says more than loss, duplication and a bounded latency', () => {
    const latency = { kind: 'constant', us: 10 } as const;
    const more: Partial<LinkPolicy>[] = [
      { answer: 'swallow' },
      { bitsPerSecond: 1_000 },
      { reorder: 0.1 },
      { corrupt: 0.1 },
      { slowFactor: 2 },
      { latency: { kind: 'exponential', floorUs: 1, meanUs: 5, capUs: 100 } },
    ];
    for (const policy of more) expect(plainLink(linkPolicy({ latency, ...policy }))).toBeUndefined();
  });
});
