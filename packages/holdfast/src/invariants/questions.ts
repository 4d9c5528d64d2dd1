import type { FaultKind } from '@holdfast/world';

/** The seven questions that are asked of every invariant, by number (S1.30). */
export const INVARIANT_QUESTIONS = {
  IV1: 'What must never happen, even during failover?',
  IV2: 'What may happen for a while, and must converge?',
  IV3: 'What can be repaired by compensation?',
  IV4: 'What must be visible to users at once?',
  IV5: 'What is the source of truth?',
  IV6: 'Which component has the authority to decide?',
  IV7: 'Which failures were considered?',
} as const;

/** The number of one of them. */
export type InvariantQuestion = keyof typeof INVARIANT_QUESTIONS;

/** The answers of one invariant, as a model file holds them: sentences, a component, kinds of faults. */
export interface InvariantAnswers {
  readonly name: string;
  readonly IV1: string;
  readonly IV2: string;
  readonly IV3: string;
  readonly IV4: string;
  readonly IV5: string;
  /** One component: two that decide are none. */
  readonly IV6: string;
  /** Kinds of faults, as experiments name them. */
  readonly IV7: readonly FaultKind[];
}

/** A model file: what must hold of a system, and what is known of it. */
export interface InvariantModel {
  readonly system: string;
  readonly invariants: readonly InvariantAnswers[];
}

/** A gap in a model file. */
export interface InvariantGap {
  readonly invariant: string;
  /** `IV0`: the file is no model at all. */
  readonly question: InvariantQuestion | 'IV0';
  readonly message: string;
}

const QUESTIONS = Object.keys(INVARIANT_QUESTIONS) as InvariantQuestion[];

/** A word that stands in the place of an answer. */
const EMPTY = /^\s*(|-|\?+|n\/?a|tbd|todo|unknown|later|nothing yet)\s*[.!]?\s*$/i;

/**
 * What a model file lacks, by invariant and number of the question. An answer is a sentence (`none, because ...` is one); the sixth names one
 * component, and the seventh every kind of fault in `injected`: what an experiment does to the system was considered, or is a gap.
 */
export function invariantGaps(file: unknown, injected: readonly FaultKind[] = []): InvariantGap[] {
  const invariants = (file as Partial<InvariantModel> | null)?.invariants;
  if (!Array.isArray(invariants) || invariants.length === 0) {
    const message = 'Cannot lint the model file as a list of invariants: it has none; give `invariants`';
    return [{ invariant: '', question: 'IV0', message }];
  }
  return invariants.flatMap((each: unknown, i) => gapsOf(each, i, injected));
}

function gapsOf(each: unknown, place: number, injected: readonly FaultKind[]): InvariantGap[] {
  const answers = (typeof each === 'object' && each !== null ? each : {}) as Record<string, unknown>;
  const invariant = typeof answers['name'] === 'string' ? answers['name'] : `invariant ${place + 1}`;
  return QUESTIONS.flatMap((question): InvariantGap[] => {
    const why = gapIn(question, answers[question], injected);
    if (why === undefined) return [];
    const message = `${question} of '${invariant}' ${why}: ${INVARIANT_QUESTIONS[question]}`;
    return [{ invariant, question, message }];
  });
}

function gapIn(
  question: InvariantQuestion,
  answer: unknown,
  injected: readonly FaultKind[],
): string | undefined {
  if (question === 'IV7') {
    if (!Array.isArray(answer) || answer.length === 0) return 'names no failure';
    const missing = injected.filter((kind) => !answer.includes(kind));
    return missing.length === 0 ? undefined : `does not name ${missing.join(', ')}, which is injected`;
  }
  if (typeof answer !== 'string' || EMPTY.test(answer)) return 'is not answered';
  if (question === 'IV6' && /,|;|\band\b|\bor\b|\bboth\b|\ball\b/i.test(answer))
    return 'names more than one authority';
  return undefined;
}
