import {
  DOCUMENT_VERSION,
  type DocumentField,
  type DocumentForm,
  type DocumentRun,
  type FieldEvidence,
  type GeneratedDocument,
} from './document.ts';
import { DocumentError } from './errors.ts';
import { FactReader, type Facts } from './facts.ts';

/** What a run gave for one field. */
export interface FilledField {
  readonly facts: Facts;
  readonly evidence: readonly FieldEvidence[];
}

/** What surrounds the fields. */
export interface DocumentOrigin {
  readonly source: string;
  readonly anchor: string;
  readonly runs: readonly DocumentRun[];
}

/** Fills a form: every field, none besides. Throws `DocumentError` for a field without facts or evidence, or one the form does not have. */
export function fillDocument(
  form: DocumentForm,
  filled: Readonly<Record<string, FilledField>>,
  origin: DocumentOrigin,
): GeneratedDocument {
  const unknown = Object.keys(filled).find((name) => !form.fields.some((field) => field.name === name));
  if (unknown !== undefined) {
    throw new DocumentError(
      `Cannot fill '${unknown}' in ${form.name}: the form has no such field`,
      `its fields are ${form.fields.map(({ name }) => name).join(', ')}`,
    );
  }
  const fields = form.fields.map(({ name, sentence }): DocumentField => {
    const found = filled[name];
    if (found === undefined || found.evidence.length === 0) {
      const lacks = found === undefined ? 'nothing fills it' : 'it has no evidence';
      throw new DocumentError(
        `Cannot fill '${name}' of ${form.name}: ${lacks}`,
        'give it facts and evidence from a run',
      );
    }
    const { facts, evidence } = found;
    return { name, facts, says: sentence(new FactReader(facts)).trim(), evidence };
  });
  const { name, title, purpose } = form;
  return {
    format: 'holdfast-document',
    version: DOCUMENT_VERSION,
    form: name,
    title,
    purpose,
    ...origin,
    fields,
  };
}
