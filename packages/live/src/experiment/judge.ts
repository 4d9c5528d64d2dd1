import {
  checkLinearizable,
  type History,
  judge as judgeByName,
  modelNamed,
  modelNames,
  type Operation,
  type Verdict,
} from '@holdfast/check';
import { equalPlain } from '@holdfast/plain';
import { LiveError, textOf } from '../errors.ts';
import { keptBy, type Recorded, type RecordedHistory, selected } from '../history/recorder.ts';
import type { CheckEntry } from './file.ts';
import { judgeFollowers } from './follower.ts';
import { judgeRevisions } from './revisions.ts';
import { judgeLeases } from './leases.ts';
import type { Watches } from './watches.ts';

/**
 * Judges a recording by one check of a file; `named` are the operations that steps gave names, `recorded` all with what servers said besides.
 */
export function judge(
  check: CheckEntry,
  recording: RecordedHistory,
  named: ReadonlyMap<string, Recorded>,
  watches: Watches,
  recorded: readonly Recorded[] = [],
): Verdict {
  const { linearizable, modes, keyPrefix, output, noneLost } = check;
  if (linearizable !== undefined) {
    const model = modelNamed(linearizable);
    if (model === undefined) {
      throw new LiveError(
        'UNKNOWN_NAME',
        `Cannot judge by model '${linearizable}'`,
        `use one of ${modelNames.join(', ')}`,
      );
    }
    const selection = { modes, keyPrefix };
    const verdict = checkLinearizable(asCheckersKnow(selected(recording, selection)), model);
    return ofTheWhole(verdict, keptBy(recording, selection));
  }
  if (check.checker !== undefined) return judgeNamed(check, recording);
  if (check.watchInOrder !== undefined) return watches.judge(check.watchInOrder);
  if (check.watchesComplete === true) return judgeFollowers(watches.followers, recorded);
  if (check.watchComplete !== undefined) return watches.judgeComplete(check.watchComplete, recorded);
  if (check.watchProgress !== undefined) return watches.judgeProgress(check.watchProgress);
  if (check.leasesExclusive === true) return judgeLeases(recorded, keyPrefix);
  if (check.revisionsRise === true) return judgeRevisions(recorded);
  if (output !== undefined) return judgeOutput(output, named);
  if (noneLost !== undefined) return judgeLost(selected(recording, noneLost).operations);
  throw new LiveError(
    'BAD_FILE',
    'Cannot judge by a check that says nothing',
    'say linearizable, checker, output, noneLost, watchInOrder or watchesComplete',
  );
}

/** By any checker there is. */
function judgeNamed(
  { checker = '', with: settings = {}, ...selection }: CheckEntry,
  recording: RecordedHistory,
): Verdict {
  const history = asCheckersKnow(selected(recording, selection));
  try {
    const verdict = judgeByName(history, checker, { settings });
    return ofTheWhole({ ...verdict, promise: checker }, keptBy(recording, selection));
  } catch (error) {
    throw new LiveError(
      'UNKNOWN_NAME',
      `Cannot judge by '${checker}': ${textOf(error)}`,
      "see 'holdfast check --list'",
      checker,
    );
  }
}

/** Sets, lists and banks are read by names of their own here: the checkers know all of them as reads. */
function asCheckersKnow(history: History): History {
  const operations = history.operations.map((one) =>
    READS.has(one.f) ? { ...one, f: 'read', ...(one.f === 'read-bank' ? { input: null } : {}) } : one,
  );
  return { ...history, operations };
}

const READS: ReadonlySet<string> = new Set(['read-set', 'read-list', 'read-bank']);

/** A verdict on a part of a history, its evidence named by the operations of the whole. */
function ofTheWhole(verdict: Verdict, kept: readonly Operation[]): Verdict {
  const { order, blocking, minimal, prefixes, ...evidence } = verdict.evidence;
  const idOf = (id: number): number => kept[id]?.id ?? id;
  const whole = (operation: Operation): Operation => kept[operation.id] ?? operation;
  return {
    ...verdict,
    evidence: {
      ...evidence,
      ...(order === undefined ? {} : { order: order.map(idOf) }),
      ...(blocking === undefined ? {} : { blocking: whole(blocking) }),
      ...(minimal === undefined ? {} : { minimal: minimal.map(whole) }),
      ...(prefixes === undefined ? {} : { prefixes: prefixes.map((prefix) => prefix.map(idOf)) }),
    },
  };
}

function judgeOutput(
  wanted: NonNullable<CheckEntry['output']>,
  named: ReadonlyMap<string, Recorded>,
): Verdict {
  const recorded = named.get(wanted.of);
  const promise = `answer of ${wanted.of}`;
  if (recorded === undefined || recorded.answer.outcome !== 'ok') {
    const why = recorded === undefined ? 'it was never asked' : `it ended ${recorded.answer.outcome}`;
    return {
      promise,
      status: 'undecided',
      reason: `${wanted.of} has no answer: ${why}`,
      evidence: { examined: 0, steps: 0 },
    };
  }
  const { output } = recorded.answer;
  const fits =
    (wanted.is === undefined || equalPlain(output, wanted.is)) &&
    (wanted.isNot === undefined || !equalPlain(output, wanted.isNot));
  const reason = `${wanted.of} answered ${JSON.stringify(output)}`;
  return { promise, status: fits ? 'holds' : 'violated', reason, evidence: { examined: 1, steps: 1 } };
}

/** Each key is written at most once, then read: an acknowledged write that the last answered read does not find is lost. */
function judgeLost(operations: ReturnType<typeof selected>['operations']): Verdict {
  const acknowledged = new Map<string, unknown>();
  const found = new Map<string, unknown>();
  for (const { f, key = '', input, output, outcome } of operations) {
    if (outcome !== 'ok') continue;
    if (f === 'write') acknowledged.set(key, input);
    else if (f === 'read') found.set(key, output);
  }
  const looked = [...acknowledged.keys()].filter((key) => found.has(key));
  const lost = looked.filter(
    (key) => JSON.stringify(found.get(key)) !== JSON.stringify(acknowledged.get(key)),
  );
  const promise = 'no acknowledged write is lost';
  const evidence = { examined: looked.length, steps: looked.length };
  if (lost.length > 0) {
    const reason = `${lost.length} of ${acknowledged.size} acknowledged writes are lost: ${lost.slice(0, 5).join(', ')}`;
    return { promise, status: 'violated', reason, evidence };
  }
  if (looked.length < acknowledged.size || looked.length === 0) {
    const reason = `${acknowledged.size - looked.length} of ${acknowledged.size} acknowledged writes were never looked for`;
    return { promise, status: 'undecided', reason, evidence };
  }
  return {
    promise,
    status: 'holds',
    reason: `all ${looked.length} acknowledged writes were found`,
    evidence,
  };
}
