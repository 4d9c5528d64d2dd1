import type { Operation } from '@holdfast/check';
import { raftPartitionTrace } from '@holdfast/report';
import type { Trace } from '@holdfast/trace';
import type { RunPlan } from '../../simulate/plan.ts';
import type { RunResult } from '../../simulate/simulate.ts';
import type { CaseRuns, DocumentRecipe, FieldSource } from '../case.ts';
import { CaseError } from '../errors.ts';
import { appliedIn, askedBy, finalLog, type ServerState, serversOf, statesOf, traceOf } from './raftRun.ts';

type PartitionFault = Extract<RunPlan['faults'][number], { readonly kind: 'partition' }>;

/** A leader cut off with fewer servers than a majority. */
interface CutOff {
  readonly result: RunResult;
  readonly trace: Trace;
  readonly cut: PartitionFault;
  readonly untilUs: number;
  readonly minority: readonly string[];
  readonly majority: readonly string[];
  readonly leader: string;
  /** The leader as it was when the partition struck, and everything it showed in that term while it lasted. */
  readonly before: ServerState;
  readonly alone: readonly ServerState[];
}

/** Fills a Raft partition trace (S0.10) from the first seed of an experiment in which the leader is cut off and goes on appending. */
export function partitionTrace(experiment: string): DocumentRecipe {
  return {
    form: raftPartitionTrace,
    fill: (runs) => {
      const seen = firstCutOff(runs, experiment);
      const cite = (text: string): FieldSource['evidence'] => [
        { text, experiment, seed: seen.result.plan.seed },
      ];
      return { ...setting(seen, cite), ...commits(seen, cite), ...outcome(seen, cite) };
    },
  };
}

type Cite = (text: string) => FieldSource['evidence'];

function firstCutOff(runs: CaseRuns, experiment: string): CutOff {
  const { first, count } = runs.seeds;
  for (let seed = first; seed < first + count; seed++) {
    const found = cutOffIn(runs.run(experiment, seed));
    if (found !== undefined) return found;
  }
  throw new CaseError(
    'documents',
    `find no seed from ${first} to ${first + count - 1} of '${experiment}' in which a leader is cut off with a minority and appends`,
    'let the partition strike the leader, or give more seeds',
  );
}

function cutOffIn(result: RunResult): CutOff | undefined {
  const trace = traceOf(result);
  const cut = result.plan.faults.find((fault): fault is PartitionFault => fault.kind === 'partition');
  if (cut === undefined) return undefined;
  const servers = serversOf(trace);
  const [minority = [], majority = []] = cut.groups
    .map((group) => group.filter((name) => servers.includes(name)))
    .toSorted((a, b) => a.length - b.length);
  const untilUs = cut.atUs + cut.forUs;
  for (const leader of minority) {
    const states = statesOf(trace, leader);
    const before = states.findLast(({ atUs }) => atUs <= cut.atUs);
    if (before?.role !== 'leader') continue;
    const alone = states.filter(
      ({ atUs, term }) => atUs > cut.atUs && atUs < untilUs && term === before.term,
    );
    if (!alone.some(({ lastIndex }) => lastIndex > before.lastIndex)) continue;
    return { result, trace, cut, untilUs, minority, majority, leader, before, alone };
  }
  return undefined;
}

/** Who led, who was where, how many decide. */
function setting(seen: CutOff, cite: Cite): Record<string, FieldSource> {
  const { cut, minority, majority, leader, before, trace } = seen;
  const members = serversOf(trace).length;
  return {
    'Initial leader': {
      facts: { leader },
      evidence: cite(
        `${leader} leads in term ${before.term} at ${ms(cut.atUs)} (event #${before.event}), commit index ${before.commit}`,
      ),
    },
    'Partition sets': {
      facts: { minority: [...minority], majority: [...majority], lastedMs: cut.forUs / 1_000 },
      evidence: cite(`the partition strikes at ${ms(cut.atUs)} and heals at ${ms(seen.untilUs)}`),
    },
    'Majority size': {
      facts: { majority: Math.floor(members / 2) + 1, members },
      evidence: cite(
        `${members} servers vote: ${minority.length} on the old leader's side, ${majority.length} on the other`,
      ),
    },
  };
}

/** Whether either side commits while it is alone. */
function commits(seen: CutOff, cite: Cite): Record<string, FieldSource> {
  const { before, alone, leader, cut, untilUs, majority, trace } = seen;
  const appended = Math.max(...alone.map(({ lastIndex }) => lastIndex));
  const commit = Math.max(before.commit, ...alone.map((state) => state.commit));
  const elected = majority
    .flatMap((server) => {
      const won = statesOf(trace, server).find(
        ({ atUs, role, term }) =>
          atUs > cut.atUs && atUs < untilUs && role === 'leader' && term > before.term,
      );
      return won === undefined ? [] : [{ server, ...won }];
    })
    .toSorted((a, b) => a.event - b.event)[0];
  const byNew = appliedIn(trace).filter(
    ({ term, atUs, client }) => term === elected?.term && atUs < untilUs && client !== 0,
  );
  return {
    'Can old leader commit?': {
      facts: { committed: commit > before.lastIndex },
      evidence: cite(
        `${leader} appended up to index ${appended} from ${before.lastIndex} on; its commit index reached ${commit}`,
      ),
    },
    'Can new leader be elected?': {
      facts: { elected: elected !== undefined, newCommitted: byNew.length > 0 },
      evidence: cite(
        elected === undefined
          ? `nobody on the larger side led between ${ms(cut.atUs)} and ${ms(untilUs)}`
          : `${elected.server} leads in term ${elected.term} from ${ms(elected.atUs)} on (event #${elected.event}); ` +
              `entries of that term were applied ${byNew.length} times before healing`,
      ),
    },
  };
}

/** What became of either side's entries, and what clients heard. */
function outcome(seen: CutOff, cite: Cite): Record<string, FieldSource> {
  const { before, cut, untilUs, majority, trace, alone, result } = seen;
  const applied = appliedIn(trace);
  const log = finalLog(applied);
  const appended = Math.max(...alone.map(({ lastIndex }) => lastIndex));
  const kept = [...log.values()].filter(
    ({ index, term }) => term === before.term && index > before.lastIndex,
  );
  const committed = applied.filter(
    ({ server, atUs }) => majority.includes(server) && atUs > cut.atUs && atUs < untilUs,
  );
  const gone = committed.filter(({ index, term }) => log.get(index)?.term !== term);
  const near = cut.groups.find((group) => group.includes(seen.leader)) ?? [];
  const asked = askedBy(result, near).filter(
    ({ f, invokedAt }) => f !== 'read' && invokedAt > cut.atUs && invokedAt < untilUs,
  );
  const told = asked.filter((operation) => isTold(operation, untilUs));
  return {
    'Which entries survive after heal?': {
      facts: { oldSurvive: kept.length > 0, newSurvive: gone.length === 0 },
      evidence: cite(
        `of the ${appended - before.lastIndex} entries the old leader appended on its own ${kept.length} are in the final log of ` +
          `${log.size} entries; of ${committed.length} applications on the larger side ${gone.length} were of entries it lacks`,
      ),
    },
    'Client response rule': {
      facts: { toldSuccess: told.length > 0 },
      evidence: cite(
        `of ${asked.length} writes asked on the old leader's side while it was cut off, ${told.length} were answered with success before healing`,
      ),
    },
  };
}

function isTold({ outcome: ended, completedAt, f, output }: Operation, untilUs: number): boolean {
  return ended === 'ok' && completedAt < untilUs && (f !== 'cas' || output === true);
}

function ms(us: number): string {
  return `${(us / 1_000).toFixed(1)} ms`;
}
