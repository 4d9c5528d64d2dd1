import type { DocumentForm, Facts } from '@holdfast/report';
import { type Experiment, isExperiment } from '../experiment/experiment.ts';
import type { ShrinkResult } from '../shrink/shrinkRun.ts';
import type { RunResult } from '../simulate/simulate.ts';
import {
  type AnchorName,
  ANCHORS,
  BASICS_ANCHORS,
  type CapstoneName,
  CAPSTONES,
  type Mechanism,
} from './anchors.ts';
import { CaseError } from './errors.ts';

/** The experiments of a case by name. `wrong` and `better` face the same operations and the same faults in every seed. */
export type CaseExperiments = Readonly<Record<string, Experiment>> & {
  readonly wrong: Experiment;
  readonly better: Experiment;
};

/**
 * One thing of several that a case shows: a belief, what is built upon it, and what is built without it. Both face the same operations and
 * faults in every seed; where the belief is true the first does no harm.
 */
export interface CasePair {
  /** Short, unique within the case: `the network is reliable`. */
  readonly name: string;
  /** What is built upon the belief. */
  readonly approach: string;
  /** What the world does that the belief denies. */
  readonly trouble: string;
  /** What is done instead. */
  readonly defence: string;
  /** The promise that must be seen broken in at least one seed. */
  readonly breaks: string;
  /** Keys of the case's experiments. */
  readonly wrong: string;
  readonly better: string;
  /** The wrong approach where the belief is true: it must hold in every seed. */
  readonly calm?: string;
}

/** How a measured quantity of several seeds becomes one number. */
export type Combine = 'sum' | 'mean' | 'max' | 'min';

/** A column of the trade-off table. */
export interface TradeoffColumn {
  /** With its unit: `writes lost`, `p99 read latency, ms`. */
  readonly name: string;
  readonly combine: Combine;
  /** Decimals shown. Default 0. */
  readonly digits?: number;
}

/** A row of the trade-off table: one choice, the experiment that measures it, and what it is said to gain and cost. */
export interface TradeoffChoice {
  readonly name: string;
  /** Key of the case's experiments. */
  readonly experiment: string;
  readonly gain: string;
  readonly cost: string;
}

/** The rows of a measured table by choice, each a number by column. */
export type Measured = Readonly<Record<string, Readonly<Record<string, number>>>>;

/** Something the table must show, or the case has failed. */
export interface TradeoffClaim {
  readonly sentence: string;
  readonly holds: (measured: Measured) => boolean;
}

/** A table whose every number is measured from runs. */
export interface Tradeoffs {
  readonly columns: readonly TradeoffColumn[];
  readonly choices: readonly TradeoffChoice[];
  /** Every choice is run with each of these seeds. */
  readonly seeds: readonly number[];
  /** Whether `measure` needs the trace. Default false: history and metrics are enough. */
  readonly trace?: boolean;
  /** A number for every column, from one run. */
  readonly measure: (result: RunResult) => Readonly<Record<string, number>>;
  readonly claims: readonly TradeoffClaim[];
}

/** What a field of a document rests on. */
export interface FieldSource {
  readonly facts: Facts;
  /** What was seen, and in which run; a claim that rests on something else names the command that shows it. */
  readonly evidence: readonly (CitedRun | { readonly text: string; readonly command: string })[];
}

/** Something seen in a run. */
export interface CitedRun {
  readonly text: string;
  readonly experiment: string;
  readonly seed: number;
}

/** The runs a document is filled from. Every run asked for is named in the document, with its digest. */
export interface CaseRuns {
  /** The case's folder, as commands name it: `casebook/stale-read`. */
  readonly place: string;
  readonly seeds: { readonly first: number; readonly count: number };
  readonly experiments: CaseExperiments;
  /** Runs a seed of one of the case's experiments, with its trace; the same call again costs nothing. */
  run(experiment: string, seed: number): RunResult;
  /** The same run made small for a promise it breaks, within a bound on work; deterministic. The same call again costs nothing. */
  shrunk(experiment: string, seed: number, promise: string): ShrinkResult;
}

/** A document of a case: its form, and how its fields are filled. Deterministic: `holdfast verify` fills it again. */
export interface DocumentRecipe {
  readonly form: DocumentForm;
  readonly fill: (runs: CaseRuns) => Readonly<Record<string, FieldSource>>;
  /** Files that belong to the document, by name: a picture it shows. Made from the same runs. */
  readonly attachments?: (runs: CaseRuns) => Readonly<Record<string, string>>;
}

/** What a case is, by the five steps of S0.1: failure model, picture, mechanism, guaranteed against best effort, document. */
export interface CaseDefinition {
  /** Name of its folder: lower-case letters, digits and dashes. */
  readonly name: string;
  readonly title: string;
  /** What happened, in a few sentences. */
  readonly scenario: string;
  readonly anchor: AnchorName;
  readonly capstone: CapstoneName;
  /** What may go wrong, and what may not: one sentence each. */
  readonly failureModel: readonly string[];
  /** What the picture of the report shows, in a sentence: a timeline, a partition, a quorum or a message graph. */
  readonly picture: string;
  readonly mechanisms: readonly Mechanism[];
  readonly guaranteed: readonly string[];
  readonly bestEffort: readonly string[];
  /** The belief that leads astray, in the words of whoever holds it, and the promise its experiment must break. */
  readonly wrong: {
    readonly belief: string;
    readonly breaks: string;
    /** Names the fault that the belief led to as a run shows it, in a sentence; undefined when this run does not. Has the trace. */
    readonly seen?: (result: RunResult) => string | undefined;
  };
  /** What is done instead, in a sentence. */
  readonly better: string;
  readonly experiments: CaseExperiments;
  /** The seeds on which the wrong approach must be seen broken at least once, and the better one must hold throughout. */
  readonly seeds: { readonly first: number; readonly count: number };
  /** What the case shows besides, each on the same seeds. `wrong` and `better` are one of these, if there are any. */
  readonly pairs?: readonly CasePair[];
  readonly tradeoffs: Tradeoffs;
  readonly documents: readonly DocumentRecipe[];
}

const brand: unique symbol = Symbol.for('holdfast.case');

/** A checked case. */
export interface CaseStudy extends CaseDefinition {
  readonly [brand]: true;
}

/** Checks a case and makes it runnable. Throws `CaseError` naming the field and how to mend it. */
export function caseStudy(definition: CaseDefinition): CaseStudy {
  const { name, experiments, seeds } = definition;
  if (!/^[a-z0-9][a-z0-9-]*$/.test(name)) {
    const problem = `must be lower-case letters, digits and dashes: current value is '${name}'`;
    throw new CaseError('name', problem, 'give it the name of its folder');
  }
  for (const part of ['failureModel', 'mechanisms', 'guaranteed', 'bestEffort', 'documents'] as const) {
    if (definition[part].length > 0) continue;
    throw new CaseError(part, 'is empty', 'each of the five steps has something to say');
  }
  for (const part of ['title', 'scenario', 'picture', 'better'] as const) {
    if (definition[part].trim() === '') throw new CaseError(part, 'is empty', 'write a sentence');
  }
  assertKnown('anchor', definition.anchor, { ...ANCHORS, ...BASICS_ANCHORS });
  assertKnown('capstone', definition.capstone, CAPSTONES);
  for (const part of ['wrong', 'better'] as const) {
    if (!isExperiment(experiments[part]))
      throw new CaseError(`experiments.${part}`, 'is no experiment', 'export one from experiment.ts');
  }
  if (!Number.isSafeInteger(seeds.first) || !(seeds.count >= 1 && seeds.count <= 1_000)) {
    throw new CaseError(
      'seeds',
      `must be a first seed and 1 to 1000 of them: current value is ${seeds.first}, ${seeds.count}`,
      'give as many as run in a few seconds',
    );
  }
  checkTradeoffs(definition);
  checkPairs(definition);
  return { ...definition, [brand]: true };
}

/** Whether a value is what `caseStudy()` returned, also from another copy of the package. */
export function isCaseStudy(value: unknown): value is CaseStudy {
  return typeof value === 'object' && value !== null && brand in value;
}

function checkTradeoffs({ tradeoffs, experiments }: CaseDefinition): void {
  const { choices, columns, seeds, claims } = tradeoffs;
  for (const [part, list] of Object.entries({ choices, columns, seeds, claims })) {
    if (list.length > 0) continue;
    throw new CaseError(
      `tradeoffs.${part}`,
      'is empty',
      'a table of trade-offs is measured and shows something',
    );
  }
  for (const { name, experiment } of choices) {
    if (isExperiment(experiments[experiment])) continue;
    const known = Object.keys(experiments).join(', ');
    throw new CaseError(`tradeoffs '${name}'`, `names experiment '${experiment}'`, `the case has ${known}`);
  }
}

function checkPairs({ pairs = [], experiments }: CaseDefinition): void {
  const names = new Set<string>();
  for (const { name, wrong, better, calm } of pairs) {
    if (names.has(name))
      throw new CaseError(`pairs '${name}'`, 'stands there twice', 'give it a name of its own');
    names.add(name);
    const unknown = [wrong, better, ...(calm === undefined ? [] : [calm])].find(
      (each) => !isExperiment(experiments[each]),
    );
    if (unknown === undefined) continue;
    const known = Object.keys(experiments).join(', ');
    throw new CaseError(`pairs '${name}'`, `names experiment '${unknown}'`, `the case has ${known}`);
  }
}

function assertKnown(where: string, name: string, known: Readonly<Record<string, unknown>>): void {
  if (Object.hasOwn(known, name)) return;
  throw new CaseError(where, `'${name}' is not on the list`, `use one of ${Object.keys(known).join(', ')}`);
}
