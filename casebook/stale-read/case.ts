import { brokenRules, caseStudy, readContract, type RunResult, staleReads } from 'holdfast';
import experiments, { PHASES } from './experiment.ts';

const SEEDS = [1, 2, 3];
const LATENCY = 'calm read latency, ms';
const MESSAGES = 'messages between servers per operation, calm';
const CALM = 'oldest read when calm, ms behind';
const CUT = 'oldest read under faults, ms behind';
const ANSWERED = 'reads answered on a cut-off side, %';
const FAILS = 'histories that fail the checker';

type Span = readonly [number, number];
const within = (us: number, [from, until]: Span): boolean => us >= from * 1_000 && us < until * 1_000;

function latencyMs({ history }: RunResult): number {
  const reads = history.operations.filter(
    ({ f, outcome, invokedAt }) => f === 'read' && outcome === 'ok' && within(invokedAt, PHASES.calm),
  );
  return (
    reads.reduce((sum, { invokedAt, completedAt }) => sum + completedAt - invokedAt, 0) / reads.length / 1_000
  );
}

function messagesPerOperation({ trace, history, plan }: RunResult): number {
  const sent = trace?.events.filter(
    ({ kind, node, peer, at }) =>
      kind === 'send' && node < plan.nodes && peer < plan.nodes && within(at, PHASES.calm),
  );
  const asked = history.operations.filter(({ invokedAt }) => within(invokedAt, PHASES.calm));
  return (sent?.length ?? 0) / asked.length;
}

function oldestMs(result: RunResult, isAsked: (us: number) => boolean): number {
  const behind = staleReads(result).filter(({ read }) => isAsked(read.invokedAt));
  return Math.max(0, ...behind.map(({ behindMs }) => behindMs));
}

/** Of the reads asked by C1 and C3 while both are cut off, those answered before it ends. */
function answeredCutOff({ trace, history }: RunResult): number {
  const asked = new Set(
    trace?.events
      .filter(({ kind, node }) => kind === 'invoke' && ['C1', 'C3'].includes(trace.nodes[node]?.name ?? ''))
      .map(({ operation }) => operation),
  );
  const reads = history.operations.filter(
    ({ id, invokedAt }) => asked.has(id) && within(invokedAt, PHASES.cutOff),
  );
  const answered = reads.filter(
    ({ outcome, completedAt }) => outcome === 'ok' && within(completedAt, PHASES.cutOff),
  );
  return (100 * answered.length) / reads.length;
}

const isLinearizable = ({ verdicts }: RunResult): boolean =>
  verdicts.some(({ promise, status }) => promise === 'linearizability' && status === 'holds');

export default caseStudy({
  name: 'stale-read',
  title: 'A stale read in a consensus-backed store',
  scenario:
    'A team keeps its configuration in a Raft-backed store and takes every read for linearizable. Some clients read from a member that is ' +
    'cut off from the leader, or through a path that does not check who leads, and act on what was true seconds ago.',
  anchor: 'jepsen-etcd',
  capstone: 'tested-reads',
  failureModel: [
    'The network cuts off the leader with one client and a follower with another for three seconds.',
    'Later the machine of the leader sleeps for two seconds, its clock included, and wakes cut off.',
    'Clocks drift by no more than leases assume, except where a row says so. Nobody lies; disks keep what was synced.',
  ],
  picture: 'A member answers a read from its own state while the others have gone on.',
  mechanisms: ['quorum', 'timeout', 'consensus'],
  guaranteed: [
    'A read that asks a quorum is never older than a write that was acknowledged before it was asked.',
    'A read under a lease keeps that as long as no clock drifts or sleeps beyond what the lease assumes.',
  ],
  bestEffort: [
    'Local reads: how old they are depends on how long a member is cut off; nothing bounds it.',
    'Answers on a side without a quorum: there are none, and the caller is told that the outcome is unknown.',
  ],
  wrong: {
    belief: 'A Raft system means that every operation is linearizable.',
    breaks: 'linearizability',
    seen: ({ trace }) => (trace === undefined ? undefined : brokenRules(trace, true)[0]?.sentence),
  },
  better:
    'A read asks a quorum whether its leader still leads (ReadIndex) before it answers; each read API is put to the test.',
  experiments,
  seeds: { first: 1, count: 10 },
  tradeoffs: {
    columns: [
      { name: LATENCY, combine: 'mean', digits: 2 },
      { name: MESSAGES, combine: 'mean', digits: 1 },
      { name: CALM, combine: 'max' },
      { name: CUT, combine: 'max' },
      { name: ANSWERED, combine: 'mean' },
      { name: FAILS, combine: 'sum' },
    ],
    choices: [
      {
        name: 'local read',
        experiment: 'wrong',
        gain: 'nobody is asked; always an answer',
        cost: 'as old as the cut is long',
      },
      {
        name: 'local read, tested without faults',
        experiment: 'local-untested',
        gain: 'the test is simple',
        cost: 'it shows nothing',
      },
      {
        name: 'leader read under a lease',
        experiment: 'lease',
        gain: 'linearizable without asking for each read',
        cost: 'rests on clocks',
      },
      {
        name: 'lease, the machine sleeps',
        experiment: 'lease-asleep',
        gain: 'none',
        cost: 'the lease outlives itself',
      },
      {
        name: 'lease, a clock 40 % slow',
        experiment: 'lease-slow-clock',
        gain: 'none',
        cost: 'the lease outlives itself',
      },
      {
        name: 'quorum read (ReadIndex)',
        experiment: 'better',
        gain: 'linearizable, followers too',
        cost: 'a round for each batch of reads',
      },
      {
        name: 'read through the log',
        experiment: 'log',
        gain: 'linearizable, nothing new to get right',
        cost: 'every read is an entry',
      },
    ],
    seeds: SEEDS,
    trace: true,
    measure: (result) => ({
      [LATENCY]: latencyMs(result),
      [MESSAGES]: messagesPerOperation(result),
      [CALM]: oldestMs(result, (us) => within(us, PHASES.calm)),
      [CUT]: oldestMs(result, (us) => !within(us, PHASES.calm)),
      [ANSWERED]: answeredCutOff(result),
      [FAILS]: isLinearizable(result) ? 0 : 1,
    }),
    claims: [
      {
        sentence: 'reads that ask a quorum, and leases within their assumptions, are never stale',
        holds: (rows) =>
          ['quorum read (ReadIndex)', 'read through the log', 'leader read under a lease'].every(
            (name) => rows[name]?.[CUT] === 0 && rows[name]?.[FAILS] === 0,
          ),
      },
      {
        sentence: 'a local read on a cut-off side is seconds old, and every history with it fails',
        holds: (rows) =>
          (rows['local read']?.[CUT] ?? 0) > 1_000 && rows['local read']?.[FAILS] === SEEDS.length,
      },
      {
        sentence: 'a lease read is stale once a machine sleeps, or its clock is slower than assumed',
        holds: (rows) =>
          ['lease, the machine sleeps', 'lease, a clock 40 % slow'].every(
            (name) => (rows[name]?.[CUT] ?? 0) > 0,
          ),
      },
      {
        sentence: 'without faults the wrong approach passes every test',
        holds: (rows) => rows['local read, tested without faults']?.[FAILS] === 0,
      },
      {
        sentence: 'only reads that ask nobody are answered throughout a cut',
        holds: (rows) =>
          (rows['local read']?.[ANSWERED] ?? 0) > 50 &&
          (rows['quorum read (ReadIndex)']?.[ANSWERED] ?? 100) < 5,
      },
    ],
  },
  documents: [
    readContract({
      apis: [
        {
          name: 'through the log',
          call: "reads: 'log'",
          promised: 'linearizable',
          experiment: 'log',
          acceptableMs: 0,
        },
        {
          name: 'quorum (ReadIndex)',
          call: "reads: 'index'",
          promised: 'linearizable',
          experiment: 'better',
          acceptableMs: 0,
        },
        {
          name: 'lease',
          call: "reads: 'lease'",
          promised: 'linearizable while clocks keep to their bound',
          experiment: 'lease',
          acceptableMs: 0,
        },
        {
          name: 'lease on a machine that sleeps',
          call: "reads: 'lease'",
          promised: 'nothing: it is outside what the lease assumes',
          experiment: 'lease-asleep',
          acceptableMs: 0,
        },
        {
          name: 'local',
          call: "reads: 'local'",
          promised: 'a value that was current once',
          experiment: 'wrong',
          acceptableMs: PHASES.cutOff[1] - PHASES.cutOff[0],
        },
      ],
      seeds: SEEDS,
      leaderClient: 'C1',
      followerClient: 'C3',
      ...PHASES,
    }),
  ],
});
