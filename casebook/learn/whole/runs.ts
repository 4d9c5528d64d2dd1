import {
  type Experiment,
  planRun,
  raftTask,
  type RunResult,
  simulate as simulated,
  simulatePlan,
} from 'holdfast';
import cap from '../../cap-per-operation/experiment.ts';
import partitions from '../../partitions/experiment.ts';
import raft from '../../raft-majority/experiment.ts';
import silence from '../../silence/experiment.ts';
import stale from '../../stale-read/experiment.ts';
import clock from '../../wall-clock/experiment.ts';
import { troubled } from '../consensus/raftRuns.ts';
import { judged } from '../detection/anyTimeout.ts';

/** What runs show, as lines; each line ends with the command that shows it again. */
export interface Evidence {
  /** Whether the runs show what the answer says. */
  readonly holds: boolean;
  readonly lines: readonly string[];
}

const SEED = 1;
const made = new Map<Experiment, RunResult>();

/** Runs an experiment once, for however many questions ask of it. */
function simulate(
  experiment: Experiment,
  seed: number,
  options: { readonly trace?: boolean } = {},
): RunResult {
  const found = made.get(experiment) ?? simulated(experiment, seed, options);
  made.set(experiment, found);
  return found;
}

const run = (file: string, name: string): string => `holdfast run "casebook/${file}#${name}" --seed ${SEED}`;
const word = ({ status, verdicts }: RunResult): string =>
  `${status}${status === 'violated' ? `: ${verdicts.find((each) => each.status === 'violated')?.reason ?? ''}` : ''}`;
const paid = ({ metrics }: RunResult): number => metrics['paid when the shop gives up'] ?? 0;

/** Silence with and without an effect, and what asking again under one name makes of both. */
export function silenceEvidence(): Evidence {
  const lost = simulate(silence['the request was lost: not known'], SEED);
  const done = simulate(silence['the answer was lost: not known'], SEED);
  return {
    holds: paid(lost) === 0 && paid(done) === 1 && lost.status === 'holds' && done.status === 'holds',
    lines: [
      `the answer is lost: paid ${paid(done)} times when the caller gives up; asked again under the same name: ${word(done)} (${run('silence/experiment.ts', 'the answer was lost: not known')})`,
      `the request is lost: paid ${paid(lost)} times by then; asked again: ${word(lost)} (${run('silence/experiment.ts', 'the request was lost: not known')})`,
    ],
  };
}

/** Going on after a crash: anew, and under the name of the first request. */
export function resumeEvidence(): Evidence {
  const anew = simulate(silence['the bank crashed after: not done'], SEED);
  const same = simulate(silence['the bank crashed after: not known'], SEED);
  return {
    holds: anew.status === 'violated' && same.status === 'holds',
    lines: [
      `ordered anew after the crash: ${word(anew)} (${run('silence/experiment.ts', 'the bank crashed after: not done')})`,
      `asked again under the same name: ${word(same)} (${run('silence/experiment.ts', 'the bank crashed after: not known')})`,
    ],
  };
}

/** Two that believe to lead, and what only one of them can do. */
export function leadersEvidence(): Evidence {
  const result = simulate(troubled, 2, { trace: true });
  const events = result.trace?.events ?? [];
  const roles = new Map<number, { readonly role: string; readonly term: number }>();
  let both: string | undefined;
  for (const { kind, node, data, at } of events) {
    if (kind !== 'state' || node > 4) continue;
    roles.set(node, data as unknown as { readonly role: string; readonly term: number });
    const leading = [...roles].filter(([, { role }]) => role === 'leader');
    if (leading.length > 1)
      both ??= `at ${Math.round(at / 1_000)} ms ${leading.map(([n, { term }]) => `N${n + 1} (term ${term})`).join(' and ')} lead`;
  }
  const overwritten = raftTask(result, 2).questions.filter(
    ({ expected }) => expected === 'overwritten',
  ).length;
  return {
    holds: both !== undefined && result.status === 'holds' && overwritten > 0,
    lines: [
      `${both ?? 'nobody'}; of what the older one wrote nothing was committed, ${overwritten} entries asked about were overwritten; linearizability ${result.status} (holdfast run "casebook/learn/consensus/raftRuns.ts#troubled" --seed 2)`,
    ],
  };
}

/** One stale read under two contracts. */
export function staleEvidence(): Evidence {
  const local = simulate(stale.wrong, SEED);
  const index = simulate(stale.better, SEED);
  return {
    holds: local.status === 'violated' && index.status === 'holds',
    lines: [
      `reads from what a server has, where linearizable ones were promised: ${word(local)} (${run('stale-read/experiment.ts', 'wrong')})`,
      `reads that ask a quorum: ${word(index)} (${run('stale-read/experiment.ts', 'better')})`,
    ],
  };
}

/** What Raft gives, and what it does not. */
export function raftEvidence(): Evidence {
  const safe = simulate(raft.better, SEED);
  const early = simulate(raft.wrong, SEED);
  const local = simulate(stale.wrong, SEED);
  const write = safe.operations.find(({ f }) => f === 'write');
  return {
    holds: safe.status === 'holds' && early.status === 'violated' && local.status === 'violated',
    lines: [
      `through a partition: ${word(safe)}; ${write?.duringPartition.answered ?? 0} of ${write?.duringPartition.operations ?? 0} writes that were open meanwhile were answered (${run('raft-majority/experiment.ts', 'better')})`,
      `the same library, answering before an entry is committed: ${word(early)} (${run('raft-majority/experiment.ts', 'wrong')})`,
      `the same library, read without asking a quorum: ${word(local)} (${run('stale-read/experiment.ts', 'wrong')})`,
    ],
  };
}

/** A dead and a slow run that look the same. */
export function timeoutEvidence(): Evidence {
  const dead = judged(500, { kind: 'crash' });
  const slow = judged(500, { kind: 'pause', forMs: 800 });
  return {
    holds: dead.seen === slow.seen && slow.wronglyDeadMs > 0,
    lines: [
      `a timeout of 500 ms: a crashed worker is called alive for ${Math.round(dead.calledDeadAfterMs)} ms, one that sleeps for 800 ms is called dead for ${Math.round(slow.wronglyDeadMs)} ms while it lives; until then both look the same (holdfast exercise show any-timeout)`,
    ],
  };
}

/** What clocks tell of concurrent edits. */
export function clocksEvidence(): Evidence {
  const lamport = simulate(clock['lamport-3'], SEED);
  const versions = simulate(clock['versions-3'], SEED);
  const lost = ({ metrics }: RunResult): number => metrics['lostConcurrent'] ?? Number.NaN;
  return {
    holds: lost(lamport) > 0 && lost(versions) === 0,
    lines: [
      `Lamport stamps: ${lost(lamport)} concurrent edits lost (${run('wall-clock/experiment.ts', 'lamport-3')})`,
      `version vectors: ${lost(versions)} lost (${run('wall-clock/experiment.ts', 'versions-3')})`,
    ],
  };
}

/** One service, each operation with a contract of its own. */
export function capEvidence(): Evidence {
  const accept = simulate(cap.wrong, SEED);
  const each = simulate(cap.better, SEED);
  return {
    holds: accept.status === 'violated' && each.status === 'holds',
    lines: [
      `everything accepted on both sides: ${word(accept)} (${run('cap-per-operation/experiment.ts', 'wrong')})`,
      `a partition behaviour for each operation: ${word(each)} (${run('cap-per-operation/experiment.ts', 'better')})`,
    ],
  };
}

/** A bridge partition: majorities still overlap, and leadership flaps. */
export function bridgeEvidence(): Evidence {
  const flapping = simulate(partitions.bridge, SEED);
  const calm = simulatePlan(partitions.bridge, { ...planRun(partitions.bridge, SEED), faults: [] });
  const defended = simulate(partitions['bridge-defended'], SEED);
  const linear = flapping.verdicts.filter(
    ({ promise, status }) => promise.includes('linearizab') && status === 'violated',
  );
  return {
    holds:
      flapping.status === 'violated' &&
      defended.status === 'holds' &&
      calm.status === 'holds' &&
      linear.length === 0,
    lines: [
      `A and D can each reach C only: ${word(flapping)} (${run('partitions/experiment.ts', 'bridge')})`,
      `with pre-vote and check-quorum: ${word(defended)} (${run('partitions/experiment.ts', 'bridge-defended')})`,
    ],
  };
}
