import { encodePlain } from '@holdfast/plain';
import {
  DOCUMENT_VERSION,
  type DocumentField,
  type DocumentRun,
  type FieldEvidence,
  type GeneratedDocument,
} from './document.ts';
import { DocumentError } from './errors.ts';
import type { Facts } from './facts.ts';

const RETURN = 'use a document that holdfast wrote, or write it anew';
/** Facts travel in comments, which a page does not show. */
const FACTS = /^<!-- facts (.*) -->$/;
const HEAD = /^<!-- holdfast-document (.*) -->$/;
const EVIDENCE = /^- (.*): `([^`]+)`$/;

/** A document as Markdown, for people. `parseMarkdownDocument` reads it back. */
export function printMarkdownDocument(document: GeneratedDocument): string {
  const { format: _format, fields, title, purpose, anchor, source, runs, ...rest } = document;
  const head = { ...rest, title, purpose, source, anchor, runs };
  return `${[
    `# ${title}`,
    comment('holdfast-document', head),
    purpose,
    `Generated from ${runsText(runs)}; anchored in ${anchor}. Every field is a claim: \`holdfast verify\` with the path of this file makes ` +
      `the runs again and names a field that no longer holds.`,
    ...fields.map(fieldText),
  ].join('\n\n')}\n`;
}

function runsText(runs: readonly DocumentRun[]): string {
  const names = [...new Set(runs.map(({ experiment }) => experiment))];
  const parts = names.map((name) => {
    const seeds = runs.filter(({ experiment }) => experiment === name).map(({ seed }) => seed);
    return `seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')} of \`${name}\``;
  });
  return parts.length === 0 ? 'no run' : parts.join('; ');
}

function fieldText({ name, says, facts, evidence }: DocumentField): string {
  const list = evidence.map(({ text, command }) => `- ${text}: \`${command}\``).join('\n');
  return [`## ${name}`, says, list, comment('facts', facts)].join('\n\n');
}

function comment(word: string, value: object): string {
  // A comment ends at the first `-->`.
  const json = encodePlain(JSON.parse(JSON.stringify(value))).replaceAll('>', '\\u003e');
  return `<!-- ${word} ${json} -->`;
}

/** Reads a document from Markdown. Throws `DocumentError`; fields that lack something are returned as they are, to be judged. */
export function parseMarkdownDocument(text: string): GeneratedDocument {
  const lines = text.replaceAll('\r\n', '\n').split('\n');
  const head = lines.map((line) => HEAD.exec(line)?.[1]).find((found) => found !== undefined);
  if (head === undefined) {
    throw new DocumentError(
      'Cannot read this as a document: it has no line that begins with <!-- holdfast-document',
      RETURN,
    );
  }
  const fields: DocumentField[] = [];
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('## ')) continue;
    const end = lines.findIndex((next, i) => i > at && next.startsWith('## '));
    fields.push(fieldOf(line.slice(3).trim(), lines.slice(at + 1, end === -1 ? lines.length : end)));
  }
  return assertDocument({ format: 'holdfast-document', ...record(head), fields });
}

function fieldOf(name: string, lines: readonly string[]): DocumentField {
  const says: string[] = [];
  const evidence: FieldEvidence[] = [];
  let facts: Facts = {};
  for (const line of lines) {
    const [, json] = FACTS.exec(line) ?? [];
    const [, text, command] = EVIDENCE.exec(line) ?? [];
    if (json !== undefined) facts = record(json) as Facts;
    else if (text !== undefined && command !== undefined) evidence.push({ text, command });
    else says.push(line);
  }
  return { name, says: says.join('\n').trim(), facts, evidence };
}

function record(json: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw new DocumentError(`Cannot read this as a document: ${(error as Error).message}`, RETURN);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new DocumentError(`Cannot read this as a document: ${json.slice(0, 40)} is no object`, RETURN);
}

/** A document as JSON, for programs. */
export function printJsonDocument(document: GeneratedDocument): string {
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** Reads a document, as Markdown or as JSON. Throws `DocumentError`. */
export function parseDocument(text: string): GeneratedDocument {
  return /^\s*\{/.test(text) ? assertDocument(record(text)) : parseMarkdownDocument(text);
}

/** What the parts around the fields must be for the runs to be found; the fields themselves are judged one by one. */
function assertDocument(value: Record<string, unknown>): GeneratedDocument {
  if (value.format !== 'holdfast-document') {
    throw new DocumentError(
      "Cannot read this as a document: its 'format' is not 'holdfast-document'",
      RETURN,
    );
  }
  if (value.version !== DOCUMENT_VERSION) {
    throw new DocumentError(
      `Cannot read this as a document: it is of version ${JSON.stringify(value.version)}`,
      `this program reads version ${DOCUMENT_VERSION}`,
    );
  }
  for (const name of ['form', 'title', 'purpose', 'source', 'anchor']) {
    if (typeof value[name] === 'string') continue;
    throw new DocumentError(`Cannot read this as a document: its '${name}' is not a text`, RETURN);
  }
  for (const name of ['fields', 'runs']) {
    if (Array.isArray(value[name])) continue;
    throw new DocumentError(`Cannot read this as a document: its '${name}' is not a list`, RETURN);
  }
  const fields = (value.fields as readonly unknown[]).map(assertField);
  return { ...(value as unknown as GeneratedDocument), fields };
}

function assertField(field: unknown): DocumentField {
  const { name, says, facts, evidence } = (field ?? {}) as Readonly<Record<string, unknown>>;
  const isEvidence = (item: unknown): item is FieldEvidence => {
    const { text, command } = (item ?? {}) as Readonly<Record<string, unknown>>;
    return typeof text === 'string' && typeof command === 'string' && command !== '';
  };
  if (typeof name !== 'string') {
    throw new DocumentError('Cannot read this as a document: a field has no name', RETURN);
  }
  return {
    name,
    says: typeof says === 'string' ? says : '',
    facts: typeof facts === 'object' && facts !== null && !Array.isArray(facts) ? (facts as Facts) : {},
    evidence: Array.isArray(evidence) ? evidence.filter(isEvidence) : [],
  };
}
