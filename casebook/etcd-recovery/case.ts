import { caseStudy, reasonOf, type RunResult } from 'holdfast';
import experiments from './experiment.ts';
import { seenIn } from './seen.ts';
import { worksheet } from './worksheet.ts';

const WITHOUT = 'time without any answer after the loss, ms';
const LOST = 'acknowledged writes lost';
const HISTORIES = 'committed histories in the end';

/** From the loss of the second member to the first operation asked and answered after it; until the members came back at most. */
function silenceMs(result: RunResult): number {
  const { lostUs, backUs } = seenIn(result);
  const answered = result.history.operations.filter(
    ({ outcome, invokedAt }) => outcome === 'ok' && invokedAt > lostUs,
  );
  const first = Math.min(backUs, ...answered.map(({ completedAt }) => completedAt));
  return (first - lostUs) / 1_000;
}

export default caseStudy({
  name: 'etcd-recovery',
  title: 'etcd disaster recovery and the arithmetic of quorums',
  scenario:
    'A control plane rests on a three-member store. Two members are lost. The operator expects the third to keep the cluster alive, as one ' +
    'copy of the data still exists, and later the two come back.',
  anchor: 'etcd-recovery',
  capstone: 'quorum-and-backup',
  failureModel: [
    'Two of three members stop within a second of each other, and come back six seconds later with what they had on their disks.',
    'Disks keep what was synced; machines that are up reach each other. For a while half of the clients are sent to the two that came back.',
    'The operator decides by what answers: nobody can tell a member that is lost for good from one that will be back.',
  ],
  picture:
    'The survivor, forced on alone, and the two that come back each commit an entry of their own at one index.',
  mechanisms: ['quorum', 'consensus', 'fencing token'],
  guaranteed: [
    'Without a quorum nothing is written and nothing read that asks for the latest value: the caller hears that the quorum is lost.',
    'A restored cluster is a new one: members of the old one do not count in it, and do not serve beside it.',
    'What is lost are the writes after the snapshot, and no others; clients that have seen them are told.',
  ],
  bestEffort: [
    'How many writes a restore loses: as many as came after the last backup.',
    'How soon the operator acts.',
  ],
  wrong: {
    belief: 'One remaining node means that the data still exists, so the cluster can keep operating.',
    breaks: 'one history',
    seen: (result) => reasonOf(result, 'one history'),
  },
  better:
    'Without a quorum stop; retire the old cluster, restore its last snapshot into a new one, and tell clients that are ahead of it.',
  experiments,
  seeds: { first: 1, count: 20 },
  tradeoffs: {
    columns: [
      { name: WITHOUT, combine: 'max' },
      { name: LOST, combine: 'max' },
      { name: HISTORIES, combine: 'max' },
    ],
    choices: [
      {
        name: '3 members, wait for them',
        experiment: 'wait',
        gain: 'simple, nothing is lost',
        cost: 'two lost members stop it until they are back',
      },
      {
        name: '5 members',
        experiment: 'five-members',
        gain: 'two may be lost',
        cost: 'more machines, a larger quorum',
      },
      {
        name: 'restore a snapshot',
        experiment: 'better',
        gain: 'recovers from a lost quorum',
        cost: 'writes after the snapshot are gone',
      },
      {
        name: 'force the survivor on',
        experiment: 'wrong',
        gain: 'apparent availability',
        cost: 'two clusters under one name',
      },
    ],
    seeds: [1, 2, 3],
    trace: true,
    measure: (result) => {
      const { lostWrites, histories } = seenIn(result);
      return { [WITHOUT]: silenceMs(result), [LOST]: lostWrites.length, [HISTORIES]: histories };
    },
    claims: [
      {
        sentence: 'only the forced survivor ends with two committed histories',
        holds: (rows) =>
          Object.entries(rows).every(
            ([name, row]) => (row[HISTORIES] === 2) === (name === 'force the survivor on'),
          ),
      },
      {
        sentence: 'waiting, and five members, lose nothing',
        holds: (rows) => rows['3 members, wait for them']?.[LOST] === 0 && rows['5 members']?.[LOST] === 0,
      },
      {
        sentence: 'a restore loses something, and is back long before the members are',
        holds: (rows) => {
          const [restored, waiting] = [rows['restore a snapshot'], rows['3 members, wait for them']];
          return (restored?.[LOST] ?? 0) > 0 && (restored?.[WITHOUT] ?? Infinity) < (waiting?.[WITHOUT] ?? 0);
        },
      },
      {
        sentence: 'five members go on through the loss of two',
        holds: (rows) => (rows['5 members']?.[WITHOUT] ?? Infinity) < 1_500,
      },
    ],
  },
  documents: [worksheet],
});
