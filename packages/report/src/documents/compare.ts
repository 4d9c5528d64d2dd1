import { encodePlain, type Plain } from '@holdfast/plain';
import type { DocumentField, DocumentForm, FieldForm, GeneratedDocument } from './document.ts';
import { FactReader, type Facts } from './facts.ts';

/** What became of one field of a document when its runs were made again. */
export interface FieldFinding {
  readonly field: string;
  /**
   * `holds`; `missing`: the form has it and the document does not; `unproved`: it names no evidence; `altered`: it says something else
   * than its own facts; `false`: run again, the facts are others; `foreign`: the form has no such field, or it stands there twice.
   */
  readonly status: 'holds' | 'missing' | 'unproved' | 'altered' | 'false' | 'foreign';
  /** One sentence; of a field that holds, what it says. */
  readonly reason: string;
}

/** Judges a document as written by the one its runs give now. One finding per field of the form, in order, then foreign ones. */
export function compareDocuments(
  form: DocumentForm,
  written: GeneratedDocument,
  now: GeneratedDocument,
): FieldFinding[] {
  const findings = form.fields.map((field) => {
    const before = written.fields.find(({ name }) => name === field.name);
    const after = now.fields.find(({ name }) => name === field.name);
    return judge(field, before, after);
  });
  const seen = new Set<string>();
  for (const { name } of written.fields) {
    const isKnown = form.fields.some((field) => field.name === name);
    if (isKnown && !seen.has(name)) seen.add(name);
    else {
      const reason = isKnown ? 'it stands there twice' : `${form.name} has no such field`;
      findings.push({ field: name, status: 'foreign', reason });
    }
  }
  return findings;
}

function judge(
  form: FieldForm,
  written: DocumentField | undefined,
  now: DocumentField | undefined,
): FieldFinding {
  const field = form.name;
  if (written === undefined || written.says.trim() === '') {
    return { field, status: 'missing', reason: 'the document does not fill it' };
  }
  if (written.evidence.length === 0) {
    return { field, status: 'unproved', reason: 'it names no evidence and no command that shows it' };
  }
  const own = saidBy(form, written.facts);
  if (own !== written.says.trim()) {
    const reason = `it says "${written.says}", while the facts recorded with it say "${own}"`;
    return { field, status: 'altered', reason };
  }
  if (now === undefined) return { field, status: 'false', reason: 'run again, nothing fills it' };
  const difference = differing(form, written.facts, now.facts);
  if (difference === undefined) return { field, status: 'holds', reason: now.says };
  const reason = `it says "${written.says}"; run again it is "${now.says}" (${difference})`;
  return { field, status: 'false', reason };
}

function saidBy(form: FieldForm, facts: Facts): string {
  try {
    return form.sentence(new FactReader(facts)).trim();
  } catch (error) {
    return `nothing: ${error instanceof Error ? error.message : String(error)}`;
  }
}

/** The first fact that differs by more than it may, as `name: before, now after`. */
function differing({ tolerance = {} }: FieldForm, before: Facts, after: Facts): string | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  for (const name of names) {
    const [a, b] = [before[name], after[name]];
    if (a !== undefined && b !== undefined && isWithin(a, b, tolerance[name] ?? 0)) continue;
    return `${name}: ${shown(a)}, now ${shown(b)}`;
  }
  return undefined;
}

function isWithin(a: Plain, b: Plain, share: number): boolean {
  if (typeof a !== 'number' || typeof b !== 'number') return encodePlain(a) === encodePlain(b);
  return Math.abs(a - b) <= share * Math.max(Math.abs(a), Math.abs(b));
}

function shown(value: Plain | undefined): string {
  return value === undefined ? 'not there' : encodePlain(value);
}
