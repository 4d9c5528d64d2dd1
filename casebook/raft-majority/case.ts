import { brokenRules, caseStudy, lostWrites, partitionTrace, raftStepTrace, type RunResult } from 'holdfast';
import experiments from './experiment.ts';
import { note } from './note.ts';

const SIDE = 'minority writes answered while cut off, %';
const LOST = 'acknowledged writes lost';
const LATENCY = 'calm write latency, ms';
const ZONE = 'writes answered while a zone is down, %';

/** Of the writes asked in a span by one client, or by all, the share that was answered with success within it. */
function answered({ history, trace }: RunResult, fromMs: number, untilMs: number, client?: string): number {
  const within = (us: number): boolean => us >= fromMs * 1_000 && us < untilMs * 1_000;
  const asked = new Set(
    trace?.events
      .filter(({ kind, at, node }) => {
        return (
          kind === 'invoke' && within(at) && (client ?? trace.nodes[node]?.name) === trace.nodes[node]?.name
        );
      })
      .map(({ operation }) => operation),
  );
  const ok = history.operations.filter(
    ({ id, outcome, completedAt }) => asked.has(id) && outcome === 'ok' && within(completedAt),
  );
  return asked.size === 0 ? 0 : (100 * ok.length) / asked.size;
}

/** Mean time from asking to success of writes before anything goes wrong. */
function calmLatencyMs({ history }: RunResult): number {
  const calm = history.operations.filter(
    ({ outcome, invokedAt }) => outcome === 'ok' && invokedAt > 1_900_000 && invokedAt < 2_900_000,
  );
  const sum = calm.reduce((total, { invokedAt, completedAt }) => total + completedAt - invokedAt, 0);
  return calm.length === 0 ? Infinity : sum / calm.length / 1_000;
}

export default caseStudy({
  name: 'raft-majority',
  title: 'Raft: a majority keeps two leaders from committing',
  scenario:
    'A five-node coordination cluster is cut into {N1,N2} and {N3,N4,N5}. N1 led before. Clients still reach N1, so the team expects it to ' +
    'go on accepting writes.',
  anchor: 'raft-paper',
  capstone: 'accepted-or-committed',
  failureModel: [
    'The network parts the nodes into two sides for eight seconds; clients are on both sides.',
    'Messages may be lost, doubled or late; nodes may pause. They never lie, and keep what they synced.',
  ],
  picture: 'The old leader goes on appending on its side while the other side elects and commits.',
  mechanisms: ['quorum', 'consensus', 'timeout'],
  guaranteed: [
    'No client hears success for a write that later vanishes.',
    'At most one leader a term, and no two entries committed at one index.',
  ],
  bestEffort: [
    'Writes asked on the minority side: they end as unknown, and may take effect after healing when they are retried.',
    'How soon the larger side elects a leader.',
  ],
  wrong: {
    belief: 'A node that still believes it is the leader can go on committing writes for its clients.',
    breaks: 'no acknowledged write lost',
    seen: ({ trace }) => (trace === undefined ? undefined : brokenRules(trace, true)[0]?.sentence),
  },
  better: 'A leader answers once a majority holds the entry, so that of two sides only one can answer.',
  experiments,
  seeds: { first: 1, count: 20 },
  tradeoffs: {
    columns: [
      { name: SIDE, combine: 'mean' },
      { name: LOST, combine: 'sum' },
      { name: LATENCY, combine: 'mean', digits: 1 },
      { name: ZONE, combine: 'mean' },
    ],
    choices: [
      {
        name: 'majority commit, 5 members in 3 zones',
        experiment: 'five-in-three-zones',
        gain: 'no two sides commit',
        cost: 'the minority side cannot write',
      },
      {
        name: 'answers once appended, 5 in 3 zones',
        experiment: 'five-answering-at-once',
        gain: 'the minority side goes on',
        cost: 'what it answered vanishes',
      },
      {
        name: 'majority commit, 3 members in 3 zones',
        experiment: 'three-in-three-zones',
        gain: 'fewest members that survive a failure',
        cost: 'survives one failure only',
      },
      {
        name: 'majority commit, 7 members in 3 zones',
        experiment: 'seven-in-three-zones',
        gain: 'survives three failures',
        cost: 'more members to wait for and to run',
      },
      {
        name: 'majority commit, 5 members in 1 zone',
        experiment: 'five-in-one-zone',
        gain: 'a majority is near',
        cost: 'the zone is all there is',
      },
      {
        name: 'majority commit, 5 members in 2 zones',
        experiment: 'five-in-two-zones',
        gain: 'a majority is near',
        cost: 'the larger zone takes the majority with it',
      },
    ],
    seeds: [1, 2, 3],
    trace: true,
    measure: (result) => ({
      [SIDE]: answered(result, 3_050, 6_000, 'C1'),
      [LOST]: lostWrites(result).length,
      [LATENCY]: calmLatencyMs(result),
      [ZONE]: answered(result, 10_050, 13_000),
    }),
    claims: [
      {
        sentence: 'only answering before commit loses acknowledged writes',
        holds: (rows) =>
          Object.entries(rows).every(
            ([name, row]) => (row[LOST] ?? 0) > 0 === name.startsWith('answers once'),
          ),
      },
      {
        sentence: 'with majority commit the minority side answers no write',
        holds: (rows) =>
          Object.entries(rows).every(([name, row]) => name.startsWith('answers once') || row[SIDE] === 0),
      },
      {
        sentence: 'a group survives the loss of a zone where no zone holds a majority',
        holds: (rows) =>
          Object.entries(rows).every(([name, row]) => (row[ZONE] ?? 0) > 50 === name.endsWith('3 zones')),
      },
      {
        sentence: 'a majority within one zone answers sooner than one across zones',
        holds: (rows) => {
          const of = (name: string): number => rows[`majority commit, ${name}`]?.[LATENCY] ?? 0;
          return of('5 members in 1 zone') < of('5 members in 3 zones');
        },
      },
    ],
  },
  documents: [partitionTrace('better'), raftStepTrace('trace', 1), note],
});
