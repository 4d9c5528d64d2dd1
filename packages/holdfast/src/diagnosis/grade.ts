import { Choices } from '@holdfast/world';
import { deviates, type DiagnosisLab, type EvidenceKind, figureOf, type Observation } from './lab.ts';

/** A learner's diagnosis: the cause, and where it is to be seen. */
export interface Diagnosis {
  readonly cause: string;
  readonly evidence: readonly string[];
}

/** One part of a diagnosis, judged. */
export interface JudgedPart {
  readonly part: string;
  readonly accepted: boolean;
  readonly reason: string;
}

/** A diagnosis, judged: it passes when every part is accepted. */
export interface GradedDiagnosis {
  readonly passed: boolean;
  readonly parts: readonly JudgedPart[];
}

/** All runs of a lab with one seed: that of the hidden cause, the calm one, and those of the other causes. */
export interface LabRuns {
  readonly hidden: string;
  readonly seen: Observation;
  readonly calm: Observation;
  readonly byCause: ReadonlyMap<string, Observation>;
}

/** The cause that a seed hides. */
export function hiddenCause(lab: DiagnosisLab, seed: number): string {
  const stream = new Choices({ seed }).stream(`diagnosis/${lab.name}`);
  return stream.pick(lab.causes, 'cause').name;
}

/** Runs a lab with every cause and with none. */
export function runsOf(lab: DiagnosisLab, seed: number): LabRuns {
  const byCause = new Map(lab.causes.map(({ name }) => [name, lab.run(name, seed)]));
  const hidden = hiddenCause(lab, seed);
  const seen = byCause.get(hidden);
  if (seen === undefined)
    throw new RangeError(`Cannot run '${lab.name}' as it must have causes: it has none`);
  return { hidden, seen, calm: lab.run(null, seed), byCause };
}

/**
 * Judges a diagnosis by runs. A piece of evidence is refused when it shows nothing here that a calm run does not show, or shows the same under every cause. All
 * of it together must leave one cause, the hidden one; a cause that is right by luck, with evidence that fits another as well, does not pass.
 */
export function gradeDiagnosis(
  lab: DiagnosisLab,
  runs: LabRuns,
  { cause, evidence }: Diagnosis,
): GradedDiagnosis {
  const judged = evidence.map((name) => judgeEvidence(lab, runs, name));
  const parts: JudgedPart[] = judged.map(({ part }) => part);
  if (evidence.length === 0)
    parts.push({ part: 'evidence', accepted: false, reason: 'a cause without evidence is a guess' });
  const accepted = judged.filter(({ part }) => part.accepted);
  const left = lab.causes
    .map(({ name }) => name)
    .filter((name) => accepted.every(({ fits }) => fits.includes(name)));
  if (accepted.length > 0 && accepted.length === judged.length && left.length > 1)
    parts.push({ part: 'evidence', accepted: false, reason: `together it fits ${left.join(' and ')} alike` });
  parts.push(judgeCause(lab, runs, cause));
  return { passed: parts.every((part) => part.accepted), parts };
}

function judgeEvidence(
  lab: DiagnosisLab,
  { seen, calm, byCause }: LabRuns,
  name: string,
): { readonly part: JudgedPart; readonly fits: readonly string[] } {
  const kind = lab.evidence.find((each) => each.name === name);
  const refused = (reason: string): ReturnType<typeof judgeEvidence> => ({
    part: { part: name, accepted: false, reason },
    fits: [],
  });
  if (kind === undefined)
    return refused(`nobody can look there: ${lab.evidence.map((each) => each.name).join(', ')}`);
  if (!deviates(kind, seen, calm))
    return refused(`shows nothing unusual: ${shown(kind, seen)}, and ${shown(kind, calm)} when all is well`);
  const fits = [...byCause].filter(([, run]) => deviates(kind, run, calm)).map(([each]) => each);
  if (fits.length === lab.causes.length)
    return refused('says that there is trouble, and not which: every cause does this');
  const reason = `${shown(kind, seen)}, ${shown(kind, calm)} when all is well: fits ${fits.join(', ')}`;
  return { part: { part: name, accepted: true, reason }, fits };
}

function judgeCause(lab: DiagnosisLab, { hidden }: LabRuns, cause: string): JudgedPart {
  const known = lab.causes.find(({ name }) => name === cause);
  if (known === undefined) {
    const causes = lab.causes.map(({ name }) => name).join(', ');
    return { part: cause, accepted: false, reason: `is none of the causes: ${causes}` };
  }
  const accepted = cause === hidden;
  return { part: cause, accepted, reason: accepted ? known.about : 'is not what was done to this run' };
}

function shown(kind: EvidenceKind, run: Observation): string {
  const figure = figureOf(kind, run);
  return `${Number.isInteger(figure) ? figure : figure.toFixed(1)} ${kind.unit}`;
}
