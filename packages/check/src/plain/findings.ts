import type { Operation } from '../history/operation.ts';
import type { Evidence } from '../verdict.ts';
import type { CheckerVerdict, Finding } from './checker.ts';

/** Findings of one kind that are kept in full; further ones are counted. */
export const FINDINGS_KEPT = 8;

/** What a kind of finding means: a broken promise, or only worth knowing. */
export type FindingWeight = 'violation' | 'note';

/** A finding in full, built only for those that are kept. */
export interface FindingDraft {
  readonly sentence: string;
  /** In any order. */
  readonly operations: readonly Operation[];
}

/** Collects findings of the kinds named at first, the gravest named first. */
export class FindingLog<K extends string> {
  private readonly weights: Readonly<Record<K, FindingWeight>>;
  private readonly kept = new Map<K, Finding[]>();
  private readonly totals = new Map<K, number>();
  /** Operations the checker looked at. */
  examined = 0;
  /** Elementary comparisons made; deterministic. */
  steps = 0;
  /** Operations left out because the checker does not know their kind. */
  ignored = 0;

  constructor(weights: Readonly<Record<K, FindingWeight>>) {
    this.weights = weights;
  }

  /** Counts a finding; `draft` is called only when it is to be kept. */
  add(kind: K, draft: () => FindingDraft): void {
    this.totals.set(kind, this.total(kind) + 1);
    const kept = this.kept.get(kind) ?? [];
    if (kept.length >= FINDINGS_KEPT) return;
    const { sentence, operations } = draft();
    const sorted = [...new Set(operations)].sort((a, b) => a.id - b.id);
    kept.push({ kind, violates: this.weights[kind] === 'violation', sentence, operations: sorted });
    this.kept.set(kind, kept);
  }

  /** How many findings there are of a kind. */
  total(kind: K): number {
    return this.totals.get(kind) ?? 0;
  }

  /** The kinds in their order, with how many were found of each. */
  tally(): [kind: K, total: number, weight: FindingWeight][] {
    return (Object.keys(this.weights) as K[]).map((kind) => [kind, this.total(kind), this.weights[kind]]);
  }

  /** All findings kept, the gravest kinds first. */
  findings(): Finding[] {
    return (Object.keys(this.weights) as K[]).flatMap((kind) => this.kept.get(kind) ?? []);
  }
}

/** What a checker says besides its findings. */
export interface VerdictWords {
  readonly promise: string;
  /** The reason when nothing is wrong. */
  readonly holds: string;
  /** Why there was nothing to judge; undefined when there was something. */
  readonly nothing?: string | undefined;
  readonly counts?: Readonly<Record<string, number>>;
  readonly measures?: Readonly<Record<string, number>>;
}

/** The verdict that findings make. The gravest one gives the reason, the blocking operation and the sub-history. */
export function verdictOf<K extends string>(log: FindingLog<K>, words: VerdictWords): CheckerVerdict {
  const { promise, nothing, measures } = words;
  const tally = log.tally();
  const findings = log.findings();
  const counts: Record<string, number> = { ...words.counts };
  for (const [kind, total] of tally) counts[kind] = total;
  const rest = { findings, counts, ...(measures === undefined ? {} : { measures }) };
  const worst = findings.find((finding) => finding.violates);
  if (worst !== undefined) {
    const evidence = { examined: log.examined, steps: log.steps, ...shownBy(worst) };
    return { promise, status: 'violated', reason: `${worst.sentence}${others(tally)}`, evidence, ...rest };
  }
  if (nothing !== undefined) {
    const reason = `nothing was examined: ${nothing}${leftOut(log.ignored)}`;
    return { promise, status: 'holds', reason, evidence: { examined: 0, steps: log.steps }, ...rest };
  }
  const notes =
    findings.length === 0 ? '' : `; worth knowing: ${findings[0]?.sentence ?? ''}${others(tally)}`;
  const reason = `${words.holds}${leftOut(log.ignored)}${notes}`;
  return {
    promise,
    status: 'holds',
    reason,
    evidence: { examined: log.examined, steps: log.steps },
    ...rest,
  };
}

function shownBy(finding: Finding): Pick<Evidence, 'blocking' | 'minimal'> {
  const blocking = finding.operations.at(-1);
  return blocking === undefined ? {} : { blocking, minimal: finding.operations };
}

/** In all, when there is more than the one finding told. */
function others(tally: readonly [kind: string, total: number, weight: FindingWeight][]): string {
  const some = tally.filter(([, total]) => total > 0);
  if (some.reduce((sum, [, total]) => sum + total, 0) <= 1) return '';
  return ` (in all: ${some.map(([kind, total]) => `${total} ${kind}`).join(', ')})`;
}

function leftOut(ignored: number): string {
  return ignored === 0 ? '' : `; ${count(ignored, 'operation')} of other kinds left out`;
}

/** `1 operation`, `2 operations`. */
export function count(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}
