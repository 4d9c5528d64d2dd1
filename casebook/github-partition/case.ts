import { caseStudy, reasonOf, type RunResult } from 'holdfast';
import experiments, { EAST_CLIENTS, WEST_CLIENTS } from './experiment.ts';
import { told } from './postmortem.ts';
import { runbook } from './runbook.ts';
import { askedInCut, seenIn } from './seen.ts';
import { tuning } from './tuning.ts';

const WRITES = 'writes accepted during the cut, %';
const READS = 'reads answered during the cut, %';
const SILENT = 'longest time without any accepted write, ms';
const DIVERGED = 'acknowledged writes on one side only';
const RECOVERY = 'from network back to data back, ms';

function share(result: RunResult, f: string): number {
  const { asked, answered } = askedInCut(result, f, [...EAST_CLIENTS, ...WEST_CLIENTS]);
  return asked === 0 ? 0 : (100 * answered) / asked;
}

function longestSilenceMs(result: RunResult): number {
  const { cutUs, healUs, acknowledgedUs } = seenIn(result);
  const instants = [cutUs, ...acknowledgedUs, healUs];
  return Math.max(...instants.slice(1).map((at, i) => at - (instants[i] ?? at))) / 1_000;
}

export default caseStudy({
  name: 'github-partition',
  title: "GitHub's partition: the cost of two databases that both took writes",
  scenario:
    'A database runs in two sites. For some seconds the network between them is gone. Software promotes the other site; applications in the ' +
    'first go on writing to theirs. When the network is back, the data is not: each site holds writes the other lacks, and it takes ' +
    'far longer to bring them together than the network was away.',
  anchor: 'github-2018',
  capstone: 'who-may-write',
  failureModel: [
    'The east {N1} with half of the clients is cut off from the west {N2} and the authority N3 for five to seven seconds.',
    'Nothing else goes wrong: no loss, no crash, no lie. Clocks run at about the same rate.',
  ],
  picture:
    'The east goes on alone while the west is appointed; both acknowledge writes the other never hears of.',
  mechanisms: ['timeout', 'fencing token', 'consensus'],
  guaranteed: [
    'At any time at most one site acknowledges writes.',
    'What was acknowledged is in the log after the recovery.',
  ],
  bestEffort: [
    'Writes on the side without authority: refused by name.',
    'Reads there: answered, as of the moment it was cut off.',
    'How soon the other site is appointed: after the fence, never before.',
  ],
  wrong: {
    belief: 'If a region is unreachable, promote the other side and keep serving all writes.',
    breaks: 'acknowledged writes survive',
    seen: (result) => reasonOf(result, 'one write authority'),
  },
  better:
    'One authority says who may write; a site that does not hear it stops by itself, before anybody else is appointed.',
  experiments,
  seeds: { first: 1, count: 40 },
  tradeoffs: {
    columns: [
      { name: WRITES, combine: 'mean' },
      { name: READS, combine: 'mean' },
      { name: SILENT, combine: 'max' },
      { name: DIVERGED, combine: 'sum' },
      { name: RECOVERY, combine: 'max' },
    ],
    choices: [
      {
        name: 'both sides writable',
        experiment: 'wrong',
        gain: 'high availability at once',
        cost: 'histories that diverge, to be reconciled by hand',
      },
      {
        name: 'single write authority',
        experiment: 'better',
        gain: 'one clear history',
        cost: 'users of the lost side cannot write',
      },
      {
        name: 'read-only degraded mode',
        experiment: 'read-only',
        gain: 'nothing can diverge, reads go on',
        cost: 'nobody can write',
      },
      {
        name: 'manual recovery gate',
        experiment: 'manual-gate',
        gain: 'no damage by automation',
        cost: 'nobody writes until a person has decided',
      },
    ],
    seeds: [1],
    trace: true,
    measure: (result) => {
      const { healUs, recoveredUs, divergentAcknowledged } = seenIn(result);
      return {
        [WRITES]: share(result, 'write'),
        [READS]: share(result, 'read'),
        [SILENT]: longestSilenceMs(result),
        [DIVERGED]: divergentAcknowledged.length,
        [RECOVERY]: (recoveredUs - healUs) / 1_000,
      };
    },
    claims: [
      {
        sentence: 'only with both sides writable do acknowledged writes diverge',
        holds: (rows) =>
          Object.entries(rows).every(
            ([name, row]) => (row[DIVERGED] ?? 0) > 0 === (name === 'both sides writable'),
          ),
      },
      {
        sentence: 'only read-only accepts no write at all during the cut',
        holds: (rows) =>
          Object.entries(rows).every(
            ([name, row]) => (row[WRITES] === 0) === (name === 'read-only degraded mode'),
          ),
      },
      {
        sentence: 'reads are answered under every policy',
        holds: (rows) => Object.values(rows).every((row) => (row[READS] ?? 0) > 90),
      },
      {
        sentence: 'a manual gate leaves the system without a writer for longer than an automatic one',
        holds: (rows) =>
          (rows['manual recovery gate']?.[SILENT] ?? 0) >
          (rows['single write authority']?.[SILENT] ?? Infinity),
      },
    ],
  },
  documents: [runbook, told, tuning],
});
