import type { Operation } from '@holdfast/check';
import type { FailureScenario } from './scenario.ts';
import { during, scenarioLoad } from './load.ts';

/** The freshness that SC3 takes for declared, ms. */
export const DECLARED_FRESHNESS_MS = 500;

/** SC3: a follower that is cut off goes on being read. */
export const staleFollower: FailureScenario = {
  id: 'SC3',
  happens: 'a follower serves a stale read',
  question: 'Within the declared freshness?',
  hoped: 'yes',
  roles: ['leader', 'follower'],
  service: `write(key, number) and read(key); the first client writes at the first server, the second reads at the second; reads are promised to be at most ${DECLARED_FRESHNESS_MS} ms old`,
  workload: scenarioLoad({
    name: 'a value that changes',
    clients: 2,
    parts: [
      { f: 'write', client: 0, everyMs: 50, key: () => 'k', input: (i) => i + 1 },
      { f: 'read', client: 1, everyMs: 50, key: () => 'k' },
    ],
  }),
  faults: (host) => [
    {
      kind: 'partition',
      groups: [
        [host('leader'), 'C1'],
        [host('follower'), 'C2'],
      ],
      unlisted: 'with-all',
      ...during(2_500, 5_000),
    },
  ],
  answer: (operations) => {
    const writes = operations.filter(({ f, outcome }) => f === 'write' && outcome === 'ok');
    const reads = operations.filter(({ f, outcome }) => f === 'read' && outcome === 'ok');
    const oldest = reads
      .map((read) => ({ read, ms: behindMs(read, writes) }))
      .reduce((worst, each) => (each.ms > worst.ms ? each : worst), { read: reads[0], ms: 0 });
    const isFresh = oldest.ms <= DECLARED_FRESHNESS_MS;
    const because = `the oldest of ${reads.length} reads was ${oldest.ms.toFixed(0)} ms behind, ${DECLARED_FRESHNESS_MS} are declared`;
    return { answer: isFresh ? 'yes' : 'no', because, examined: reads.length };
  },
};

/** From the first acknowledgement of a newer value to the moment the read was asked, ms; 0 when it was current. */
function behindMs({ output, invokedAt }: Operation, writes: readonly Operation[]): number {
  const newer = writes.filter(({ input }) => Number(input) > Number(output ?? 0));
  const replaced = Math.min(Number.POSITIVE_INFINITY, ...newer.map(({ completedAt }) => completedAt));
  return Math.max(0, (invokedAt - replaced) / 1_000);
}

/** A change of a row has reached the other server after this long, ms. */
const REPLICATED_MS = 400;

/** SC8: one server has the new schema, the other one not yet. */
export const halfDeployed: FailureScenario = {
  id: 'SC8',
  happens: 'a schema is half deployed',
  question: 'Do old and new both read replicated data?',
  hoped: 'yes',
  roles: ['new', 'old'],
  service:
    "write(key, text) and read(key); the first client asks the first server, the second the second; an upgrade to version 'v2' brings the new schema, and servers replicate rows to each other",
  workload: scenarioLoad({
    name: 'rows',
    clients: 2,
    parts: [0, 1].flatMap((client) => [
      {
        f: 'write',
        client,
        everyMs: 200,
        key: (i: number) => `row-${client}-${i}`,
        input: (i: number) => `text ${i}`,
      },
      { f: 'read', client, everyMs: 100, key: (i: number) => `row-${i % 2}-${i >> 2}` },
    ]),
  }),
  faults: (host) => [
    { kind: 'upgrade', host: host('new'), version: 'v2', ...during(2_000, 2_050) },
    { kind: 'upgrade', host: host('old'), version: 'v2', ...during(5_000, 5_050) },
  ],
  answer: (operations) => {
    const writes = new Map(
      operations
        .filter(({ f, outcome }) => f === 'write' && outcome === 'ok')
        .map((write) => [write.key, write]),
    );
    const reads = operations.filter(
      ({ f, outcome, key, invokedAt }) =>
        f === 'read' &&
        outcome === 'ok' &&
        invokedAt > (writes.get(key)?.completedAt ?? Infinity) + REPLICATED_MS * 1_000,
    );
    const wrong = reads.find(({ key, output }) => output !== writes.get(key)?.input);
    const because =
      wrong === undefined
        ? `${reads.length} reads of rows written long before found what was written, at either server`
        : `${wrong.key} was written as ${JSON.stringify(writes.get(wrong.key)?.input)} and read as ${JSON.stringify(wrong.output)}`;
    return { answer: wrong === undefined ? 'yes' : 'no', because, examined: reads.length };
  },
};
