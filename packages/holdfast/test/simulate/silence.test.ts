import { raftKv, type RunResult } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { during, play, stateAt, statesOf } from './scenario.ts';

type Faults = NonNullable<Parameters<typeof play>[0]['faults']>;

/** The client's first attempt leaves at one second; a server answers within two milliseconds, the client waits for 300. */
const ASK_MS = 1_000;
const TIMEOUT_MS = 300;

const EXPLANATIONS: Readonly<Record<string, Faults>> = {
  'the request was lost': [{ kind: 'one-way', from: ['C1'], to: ['N1'], ...during(999, 2_000) }],
  'the server crashed before': [{ kind: 'crash', host: 'N1', ...during(999, 2_000) }],
  'the server crashed after': [{ kind: 'crash', host: 'N1', ...during(1_001.01, 2_000) }],
  'the response was lost': [{ kind: 'one-way', from: ['N1'], to: ['C1'], ...during(999, 2_000) }],
  'the server is slow': [{ kind: 'pause', host: 'N1', ...during(999, 2_000) }],
};

function run(faults: Faults): RunResult {
  return play({
    subject: raftKv({ nodes: 1, latency: { kind: 'constant', us: 1_000 } }),
    clients: 1,
    steps: [[ASK_MS, 0, 'write', 'k', 1]],
    faults,
    endMs: 6_000,
  });
}

/** What the client itself can tell: its own events, when and what, until its timer for the first attempt has fired. */
function seenByClient(result: RunResult): unknown[] {
  const until = (ASK_MS + TIMEOUT_MS) * 1_000;
  const own = result.trace?.events.filter(({ node, at }) => node === 1 && at <= until) ?? [];
  return own
    .filter(({ kind }) => kind !== 'drop')
    .map(({ at, kind, label, data, operation }) => ({ at, kind, label, data, operation }));
}

describe('silence', () => {
  it('S2.22 looks the same to the one who waits, whichever of its five causes it has', () => {
    const runs = Object.entries(EXPLANATIONS).map(([why, faults]) => ({ why, result: run(faults) }));
    const [first] = runs;
    if (first === undefined) expect.fail('five runs');
    expect(seenByClient(first.result).length).toBeGreaterThanOrEqual(3);
    for (const { why, result } of runs) {
      expect({ why, seen: seenByClient(result) }).toEqual({ why, seen: seenByClient(first.result) });
    }
    // They are five different runs all the same.
    expect(new Set(runs.map(({ result }) => result.digest)).size).toBe(5);
    // Whether the server had put the write into its log by then.
    const written = runs.map(({ why, result }) => {
      const logs = statesOf(result, 1).filter(({ at }) => at <= (ASK_MS + TIMEOUT_MS) * 1_000);
      return [why, logs.some(({ lastIndex }) => lastIndex > stateAt(result, 1, ASK_MS).lastIndex)];
    });
    expect(Object.fromEntries(written)).toEqual({
      'the request was lost': false,
      'the server crashed before': false,
      'the server crashed after': true,
      'the response was lost': true,
      'the server is slow': false,
    });
  });
});
