import type { FactReader, Facts } from './facts.ts';

/** One field that every document of a form has. */
export interface FieldForm {
  /** As the form prints it: `Can old leader commit?`. */
  readonly name: string;
  /** The claim in words, from its facts and nothing else. May hold a Markdown table or list. */
  readonly sentence: (facts: FactReader) => string;
  /**
   * By the name of a fact that is a number: how far another run's may lie from it, as a share of the larger of the two (0.5: half).
   * A fact without one must come out the same.
   */
  readonly tolerance?: Readonly<Record<string, number>>;
}

/** A kind of document: which fields it has, in order. A document that lacks one is refused. */
export interface DocumentForm {
  /** Fit for a file name: `raft-partition-trace`. */
  readonly name: string;
  readonly title: string;
  /** What it is good for, in a sentence. */
  readonly purpose: string;
  readonly fields: readonly FieldForm[];
}

/** Where a claim can be seen. */
export interface FieldEvidence {
  /** What was seen, and where: a run, an event, a verdict. */
  readonly text: string;
  /** The command that shows it again. */
  readonly command: string;
}

/** One claim. */
export interface DocumentField {
  readonly name: string;
  readonly facts: Facts;
  /** What the document says: the form's sentence of the facts. */
  readonly says: string;
  readonly evidence: readonly FieldEvidence[];
}

/** A run that claims rest on. */
export interface DocumentRun {
  /** The experiment as `holdfast run` takes it. */
  readonly experiment: string;
  readonly seed: number;
  /** Of the run as it was when the document was written. */
  readonly digest: string;
}

/** Version of documents as files. */
export const DOCUMENT_VERSION = 1;

/** A document generated from runs: named fields, each a claim with its evidence and the command that shows it again. */
export interface GeneratedDocument {
  readonly format: 'holdfast-document';
  readonly version: typeof DOCUMENT_VERSION;
  readonly form: string;
  readonly title: string;
  readonly purpose: string;
  /** The file of the case that fills it, as seen from the folder that holds the casebook. */
  readonly source: string;
  /** The public source the case is anchored in. */
  readonly anchor: string;
  readonly fields: readonly DocumentField[];
  readonly runs: readonly DocumentRun[];
}
