import type { Operation } from '@holdfast/check';
import { auditFault } from '../../invariants/auditLog.ts';
import type { PatternVerdict } from '../../subjects/patterns/running.ts';
import type { SketchRun } from '../../subjects/sketch/options.ts';
import type { RolloutPlan } from './plan.ts';
import { compared, type Row } from './servers.ts';
import { ROLLOUT, type RolloutRecord, startRollout } from './state.ts';

/** What a rollout promises, whichever way it ends. */
export const ROLLOUT_PROMISES = {
  compatible: 'each version reads what the other wrote',
  verified: 'dual verify reports what differs',
  evidence: 'the evidence is complete and chained',
  trigger: 'the trigger trips at its threshold, and only there',
  staged: 'a bad version stops at its stage',
  ended: 'a rollout that goes back ends as it began',
} as const;

/** Where the parts are, among the nodes. */
export interface RolloutPlaces {
  readonly operator: number;
  readonly database: number;
  readonly servers: readonly number[];
}

/** What the operator wrote down. */
export function recordOf(run: Pick<SketchRun, 'kept'>, { operator }: RolloutPlaces): RolloutRecord {
  return (run.kept[operator]?.['rollout'] as RolloutRecord | undefined) ?? startRollout();
}

/** One verdict for each promise, in order. */
export function judgeRollout(run: SketchRun, plan: RolloutPlan, places: RolloutPlaces): PatternVerdict[] {
  const record = recordOf(run, places);
  return [
    compatible(run.operations),
    verified(run, plan, places),
    evidence(record),
    tripped(record, plan),
    staged(record, plan),
    ended(run, record, places),
  ];
}

interface Answer {
  readonly by: 'old' | 'new';
  readonly text: string | null;
}

function compatible(operations: readonly Operation[]): PatternVerdict {
  const promise = ROLLOUT_PROMISES.compatible;
  const writes = new Map(
    operations
      .filter(({ f, outcome }) => f === 'write' && outcome === 'ok')
      .map((write) => [write.key, write]),
  );
  let examined = 0;
  for (const { f, key, outcome, output, invokedAt } of operations) {
    const write = writes.get(key);
    if (f !== 'read' || outcome !== 'ok' || write === undefined || write.completedAt > invokedAt) continue;
    const [read, wrote] = [output as unknown as Answer, write.output as unknown as Answer];
    if (read.by === wrote.by) continue;
    examined++;
    if (read.text !== null) continue;
    const reason = `the ${read.by} version does not find ${key}, which the ${wrote.by} one wrote`;
    return { promise, kept: false, reason, examined };
  }
  return { promise, kept: true, reason: `${examined} reads found what the other version wrote`, examined };
}

/** Rows with both copies, and those of them that differ, as they lie in the database in the end. */
export function differing(
  { kept }: Pick<SketchRun, 'kept'>,
  { database }: RolloutPlaces,
): ReturnType<typeof compared> {
  return compared((kept[database]?.['rows'] ?? {}) as Readonly<Record<string, Row>>);
}

function verified(run: SketchRun, plan: RolloutPlan, places: RolloutPlaces): PatternVerdict {
  const truth = differing(run, places);
  const told = (run.kept[places.operator]?.['verified'] ?? { both: 0, differ: 0 }) as typeof truth;
  // Once a version is back nobody looks any more; until then nothing that differs stays unseen.
  const kept = plan.dualVerify && (truth.differ === 0 || told.differ > 0);
  const reason = `${told.differ} of ${told.both} rows were reported to differ; in the end ${truth.differ} of ${truth.both} do`;
  return { promise: ROLLOUT_PROMISES.verified, kept, reason, examined: told.both + truth.differ };
}

function evidence({ log, head, state, stage, samples, refused }: RolloutRecord): PatternVerdict {
  const promise = ROLLOUT_PROMISES.evidence;
  const fault = auditFault(log, head);
  if (fault !== undefined) return { promise, kept: false, reason: fault.message, examined: log.length };
  const stages = log.filter(({ action }) => action === 'stage').length;
  const moves = log.filter(({ action }) => Object.hasOwn(ROLLOUT.moves, action)).map(({ action }) => action);
  const kept = stages === stage + 1 && (moves.at(-1) ?? ROLLOUT.initial) === state && refused.total === 0;
  const reason = `${log.length} entries, chained: ${stages} stages, then ${moves.join(', ') || 'nothing'}; ${samples.length} looks`;
  return { promise, kept, reason, examined: log.length };
}

function tripped({ samples, log }: RolloutRecord, { trigger }: RolloutPlan): PatternVerdict {
  const promise = ROLLOUT_PROMISES.trigger;
  if (trigger === null)
    return { promise, kept: false, reason: 'there is no trigger', examined: samples.length };
  const first = samples.find(({ value }) => value > trigger.above);
  const back = log.find(({ action }) => action === 'going back');
  const kept = first?.atMs === back?.atMs;
  const words = first === undefined ? 'never above' : `${first.value} at ${Math.round(first.atMs)} ms, above`;
  const turned = back === undefined ? 'it never went back' : `it went back at ${Math.round(back.atMs)} ms`;
  return {
    promise,
    kept,
    reason: `${trigger.metric}: ${words} ${trigger.above}; ${turned}`,
    examined: samples.length,
  };
}

function staged({ state, stage, exposed, samples }: RolloutRecord, { stages }: RolloutPlan): PatternVerdict {
  const promise = ROLLOUT_PROMISES.staged;
  const most = stages[Math.max(0, stage)] ?? 0;
  const wentBack = state === 'going back' || state === 'back';
  const all = stages.at(-1) ?? 0;
  const kept = stages.length > 1 && exposed <= most && (!wentBack || exposed < all);
  return {
    promise,
    kept,
    reason: `${exposed} of ${all} servers ever ran it, in ${stages.length} stages`,
    examined: samples.length,
  };
}

function ended(
  run: SketchRun,
  { state, exposed }: RolloutRecord,
  { servers }: RolloutPlaces,
): PatternVerdict {
  const promise = ROLLOUT_PROMISES.ended;
  if (state === 'going out' || state === 'out') {
    return { promise, kept: true, reason: 'it did not go back, so nothing was examined', examined: 0 };
  }
  const left = servers.filter((at) => run.kept[at]?.['version'] === 'new').length;
  const reason = `${exposed} servers had the new version, ${left} have it in the end; the rollout is ${state}`;
  return { promise, kept: state === 'back' && left === 0, reason, examined: exposed };
}
