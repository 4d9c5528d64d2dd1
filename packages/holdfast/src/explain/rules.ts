import type { Trace } from '@holdfast/trace';
import { answersBeforeDurable, answersBeforeMajority, readsWithoutAsking } from './raftAnswers.ts';
import { commitsOlderTerms, switchesMembers, votesForShorterLogs, votesTwice } from './raftElections.ts';
import {
  appendsWithoutPrevious,
  carriesOutTwice,
  forgetsWhatWasDurable,
  leaderCutsItsLog,
} from './raftLogs.ts';
import { RaftView, type RuleBreak } from './raftView.ts';

/** Longer traces are not searched for the rules they break: the run is made small first. */
const MOST_EVENTS = 50_000;

/** Rules of Raft, each with what a trace shows when it is broken; the first in time of each. */
const RAFT_RULES: readonly ((view: RaftView) => RuleBreak[])[] = [
  votesTwice,
  votesForShorterLogs,
  commitsOlderTerms,
  appendsWithoutPrevious,
  leaderCutsItsLog,
  forgetsWhatWasDurable,
  switchesMembers,
  answersBeforeMajority,
  answersBeforeDurable,
  readsWithoutAsking,
];

/**
 * Which rules of its protocol a run went against, in sentences, by its trace alone: what lies behind a broken promise. Empty where none is
 * seen, and for protocols whose rules are not known here. `violated` says that a promise was broken: only then does a command that stands in
 * a log twice tell anything.
 */
export function brokenRules(trace: Trace, violated: boolean): readonly RuleBreak[] {
  const isRaft = trace.events.some(({ kind, label }) => kind === 'state' && label === 'raft');
  if (!isRaft || trace.events.length > MOST_EVENTS) return [];
  const view = new RaftView(trace);
  const found = RAFT_RULES.flatMap((rule) => rule(view));
  const broken = found.length === 0 && violated ? carriesOutTwice(view) : found;
  return broken.toSorted((a, b) => (a.events[0] ?? 0) - (b.events[0] ?? 0));
}

export type { RuleBreak } from './raftView.ts';
