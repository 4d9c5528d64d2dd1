import { type FaultDraft, investigateIncident, loudestIn, simulate } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { incident, PATH, type PathPart } from '../casebook/review/path.ts';

/** Parts that others wait for. */
const WAITED_FOR: readonly PathPart[] = ['dns', 'balancer', 'tls', 'pool', 'database'];

const at = { atUs: 1_800_000, forUs: 500_000 };

/** Ways in which a part stops answering. */
const PLANTED: Readonly<Record<string, (part: PathPart) => readonly FaultDraft[]>> = {
  'stands still': (host) => [{ kind: 'pause', host, ...at }],
  crashes: (host) => [{ kind: 'crash', host, ...at }],
  'hears nobody': (host) => [
    { kind: 'one-way', from: PATH.filter((part) => part !== host), to: [host], ...at },
  ],
};

describe('the investigation of a planted incident', () => {
  it('S1.156 IN3 names the part that was stopped, whichever it was and however; the loudest is often another', () => {
    let misled = 0;
    for (const [how, faultsOf] of Object.entries(PLANTED)) {
      for (const part of WAITED_FOR) {
        const result = simulate(incident('planted', faultsOf(part)), 1, { trace: true });
        if (result.trace === undefined) throw new Error('the run has no trace');
        const { suspects } = investigateIncident({
          trace: result.trace,
          operations: result.history.operations,
        });
        expect([how, part, suspects[0]?.component]).toEqual([how, part, part]);
        if (loudestIn(result.trace) !== part) misled++;
      }
    }
    expect(misled).toBeGreaterThan(3);
  });

  it('S1.156 a calm run has no suspect, no change but traffic, and nothing unknown', () => {
    const { trace, history } = simulate(incident('calm', []), 1, { trace: true });
    if (trace === undefined) throw new Error('the run has no trace');
    const found = investigateIncident({ trace, operations: history.operations });
    expect(found).toMatchObject({ suspects: [], leadership: [], clocks: [], unknown: [], retries: 0 });
    expect(found.changes).toHaveLength(1);
    expect(found.changes[0]?.what).toContain('traffic');
  });
});
