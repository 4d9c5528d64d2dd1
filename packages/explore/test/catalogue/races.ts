/** A bug SandTable found in a real system, what it took there, and the model that finds it in a core of ours. */
export interface Race {
  /** The system, and what went wrong. */
  readonly bug: string;
  /** Depth, distinct states and time on 20 threads, as its authors report them (EuroSys 2024, table 2); rounded where they are. */
  readonly sandTable: readonly [depth: number, states: string, time: string];
  readonly model: string;
}

/** All sixteen that SandTable's specifications showed. */
export const RACES: readonly Race[] = [
  {
    bug: 'PySyncObj: commit index goes back',
    sandTable: [13, '93,713', '6 s'],
    model: 'raft-commit-index-goes-back',
  },
  {
    bug: 'PySyncObj: next index not above match index',
    sandTable: [18, '189,725', '7 s'],
    model: 'raft-ack-keeps-next-index',
  },
  {
    bug: 'PySyncObj: match index goes back',
    sandTable: [25, '1,512,679', '35 s'],
    model: 'raft-match-index-goes-back',
  },
  {
    bug: 'PySyncObj: entries of older terms committed by counting',
    sandTable: [14, '2,364,779', '2 min'],
    model: 'raft-commit-older-term-by-counting',
  },
  {
    bug: 'WRaft: entries appended wrongly',
    sandTable: [22, '5,954,049', '9 min'],
    model: 'raft-appends-after-compacted',
  },
  {
    bug: 'WRaft: inconsistent committed log, by an empty append in place of a snapshot',
    sandTable: [20, '20.96 million', '22 min'],
    model: 'raft-empty-append-for-snapshot',
  },
  {
    bug: 'WRaft: current term goes back',
    sandTable: [23, '48.3 million', '39 min'],
    model: 'raft-snapshot-sets-term',
  },
  {
    bug: 'WRaft: retries without entries',
    sandTable: [24, '10.6 million', '11 min'],
    model: 'raft-retries-empty',
  },
  {
    bug: 'WRaft: next index not above match index',
    sandTable: [23, '7.4 million', '8 min'],
    model: 'raft-believes-stale-refusal',
  },
  {
    bug: 'DaosRaft: leader votes for others',
    sandTable: [8, '476', '5 s'],
    model: 'raft-leader-grants-votes',
  },
  {
    bug: 'RaftOS: match index goes back',
    sandTable: [10, '60,000 to 73,000', '5 s'],
    model: 'raft-acknowledges-log-end',
  },
  {
    bug: 'RaftOS: entries erased wrongly',
    sandTable: [9, '19,455', '4 s'],
    model: 'raft-erases-on-late-append',
  },
  {
    bug: 'RaftOS: check of what to commit stops early',
    sandTable: [14, '16.9 million', '4 min'],
    model: 'raft-commit-check-stops-early',
  },
  {
    bug: 'Xraft: two leaders in a term',
    sandTable: [8, '3,534', '3 s'],
    model: 'raft-counts-stale-votes',
  },
  {
    bug: 'Xraft-KV: stale read',
    sandTable: [10, '124,409', '15 s'],
    model: 'raft-local-read',
  },
  {
    bug: 'ZooKeeper: votes not totally ordered',
    sandTable: [41, '7.6 million', '4 min'],
    model: 'zab-votes-in-a-circle',
  },
];

/** The columns of the table of races in docs/explored.md. */
export const RACE_HEADINGS = [
  'Bug',
  'SandTable: depth',
  'States',
  'Time, 20 threads',
  'Here: model',
  'Breaks',
  'Depth',
  'States',
  'CPU s',
] as const;

/** A race's row, from the row of its model: name, about, bounds, verdict, states, steps, depth and processor seconds. */
export function raceRow({ bug, sandTable, model }: Race, row: readonly string[]): string[] {
  const [, , , verdict = '', states = '', , , seconds = ''] = row;
  const [, breaks = '', steps = ''] = /^violated (.+) in (\d+) steps$/.exec(verdict) ?? [];
  return [bug, ...sandTable.map(String), model, breaks, steps, states, seconds];
}
