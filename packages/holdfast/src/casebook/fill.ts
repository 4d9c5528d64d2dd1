import { type DocumentRun, type FilledField, fillDocument, type GeneratedDocument } from '@holdfast/report';
import type { Experiment } from '../experiment/experiment.ts';
import { type ShrinkResult, shrinkRun } from '../shrink/shrinkRun.ts';
import { type RunResult, simulate } from '../simulate/simulate.ts';
import { anchorOf } from './anchors.ts';
import type { CaseExperiments, CaseRuns, CaseStudy, CitedRun, DocumentRecipe, FieldSource } from './case.ts';
import { CaseError } from './errors.ts';

/** What a document is filled with instead of the case's own: to see whether it notices. */
export interface FillOptions {
  readonly experiments?: Partial<CaseExperiments>;
  /** The folder of cases, as documents and commands name it. Default `casebook`. */
  readonly home?: string;
  /** World events spent on making a cited run small. Default 300,000: a few seconds. */
  readonly shrinkEvents?: number;
}

const SHRINK_EVENTS = 300_000;

/** Fills a document of a case from runs. Deterministic. */
export function filled(
  study: CaseStudy,
  recipe: DocumentRecipe,
  options: FillOptions = {},
): GeneratedDocument {
  return filledWhole(study, recipe, options).document;
}

/** A document with the files that belong to it. */
export interface FilledDocument {
  readonly document: GeneratedDocument;
  /** By name. */
  readonly attachments: Readonly<Record<string, string>>;
}

/** Fills a document, and makes the files that belong to it. Deterministic. */
export function filledWhole(
  study: CaseStudy,
  recipe: DocumentRecipe,
  options: FillOptions = {},
): FilledDocument {
  const experiments = { ...study.experiments, ...options.experiments } as CaseExperiments;
  const place = `${options.home ?? 'casebook'}/${study.name}`;
  const runs = new RunsOfCase(study, place, experiments, options.shrinkEvents ?? SHRINK_EVENTS);
  const sources = recipe.fill(runs);
  const fields = Object.fromEntries(
    Object.entries(sources).map(([name, source]) => [name, fieldOf(place, source)]),
  );
  const document = fillDocument(recipe.form, fields, {
    source: `${place}/case.ts`,
    anchor: anchorOf(study.anchor).title,
    runs: runs.cited(),
  });
  return { document, attachments: recipe.attachments?.(runs) ?? {} };
}

function fieldOf(place: string, { facts, evidence }: FieldSource): FilledField {
  return { facts, evidence: evidence.map((each) => ('command' in each ? each : citation(place, each))) };
}

function citation(place: string, { text, experiment, seed }: CitedRun): FilledField['evidence'][number] {
  const command = `npx holdfast run ${nameOf(place, experiment)} --seed ${seed}`;
  return { text: `${experiment}, seed ${seed}: ${text}`, command };
}

function nameOf(place: string, experiment: string): string {
  return `${place}/experiment.ts#${experiment}`;
}

class RunsOfCase implements CaseRuns {
  readonly seeds: CaseRuns['seeds'];
  readonly experiments: CaseExperiments;
  readonly place: string;
  private readonly maxEvents: number;
  private readonly done = new Map<string, RunResult>();
  private readonly small = new Map<string, ShrinkResult>();

  constructor({ seeds }: CaseStudy, place: string, experiments: CaseExperiments, maxEvents: number) {
    this.maxEvents = maxEvents;
    this.place = place;
    this.seeds = seeds;
    this.experiments = experiments;
  }

  run(experiment: string, seed: number): RunResult {
    const key = `${experiment} ${seed}`;
    const before = this.done.get(key);
    if (before !== undefined) return before;
    const chosen = this.experiments[experiment];
    if (chosen === undefined) {
      const known = Object.keys(this.experiments).join(', ');
      throw new CaseError('documents', `ask for a run of '${experiment}'`, `the case has ${known}`);
    }
    const result = simulate(chosen, seed, { trace: true });
    this.done.set(key, result);
    return result;
  }

  shrunk(experiment: string, seed: number, promise: string): ShrinkResult {
    const key = `${experiment} ${seed} ${promise}`;
    const before = this.small.get(key);
    if (before !== undefined) return before;
    const result = this.run(experiment, seed);
    const { maxEvents } = this;
    const shrunk = shrinkRun(this.experiments[experiment] as Experiment, result, { promise, maxEvents });
    this.small.set(key, shrunk);
    return shrunk;
  }

  /** Every run that was asked for, in that order. */
  cited(): DocumentRun[] {
    return [...this.done].map(([key, { plan, digest }]) => ({
      experiment: nameOf(this.place, key.slice(0, key.lastIndexOf(' '))),
      seed: plan.seed,
      digest,
    }));
  }
}
