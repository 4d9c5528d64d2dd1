/** What one kind of evidence shows in one run. */
export interface Evidence {
  /** What it comes to, in the unit of its kind. */
  readonly figure: number;
  /** What somebody who looks there reads. */
  readonly lines: readonly string[];
}

/** One run, as those who look into it see it. */
export interface Observation {
  /** Whether users have what the lab's symptom says. */
  readonly hasSymptom: boolean;
  /** What users tell, with its figures. */
  readonly told: string;
  /** By the names of the lab's kinds of evidence: every one of them. */
  readonly evidence: Readonly<Record<string, Evidence>>;
}

/** A kind of evidence: where one looks, and by how much its figure must differ from that of a calm run to mean something. */
export interface EvidenceKind {
  readonly name: string;
  readonly about: string;
  readonly unit: string;
  readonly floor: number;
}

/** Something that makes the symptom. */
export interface HiddenCause {
  readonly name: string;
  readonly about: string;
}

/** A diagnosis lab: a symptom, what may be behind it, where one can look, and a run for each cause and for none. */
export interface DiagnosisLab {
  /** Lower-case letters and dashes. */
  readonly name: string;
  readonly symptom: string;
  readonly causes: readonly HiddenCause[];
  readonly evidence: readonly EvidenceKind[];
  /** A run with a cause, or with none (null). The same for the same seed. */
  readonly run: (cause: string | null, seed: number) => Observation;
}

/** Whether a kind of evidence says something in a run, beside the same run without any cause. */
export function deviates(kind: EvidenceKind, run: Observation, calm: Observation): boolean {
  return Math.abs(figureOf(kind, run) - figureOf(kind, calm)) > kind.floor;
}

/** What a kind of evidence comes to in a run. Throws a `RangeError` when the run lacks it. */
export function figureOf({ name }: EvidenceKind, { evidence }: Observation): number {
  const found = evidence[name];
  if (found === undefined)
    throw new RangeError(`Cannot read '${name}' as each run must show it: it is missing`);
  return found.figure;
}
