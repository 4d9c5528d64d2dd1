import { DOCUMENT_FORMS, type GeneratedDocument } from '@holdfast/report';
import { type CapstoneName, CAPSTONES } from './anchors.ts';

/** What a project answers: each of the seven questions by an operation and a document, and where a case meets what else is known. */
export interface ProjectFile {
  readonly answers: Readonly<Record<string, ProjectAnswer>>;
  /** Forms of documents that lead back to replication and partitioning, and to transactions and consistency. */
  readonly connections: { readonly replication?: string; readonly transactions?: string };
}

/** The answer to one question. */
export interface ProjectAnswer {
  readonly answer: string;
  /** An operation of the project. */
  readonly operation: string;
  /** The form of a document of the project. */
  readonly document: string;
}

/** A rule of the completion standard, or a question, and how it came out. */
export interface Standing {
  readonly name: string;
  readonly passes: boolean;
  /** Why it does not; what fulfils it when it does. */
  readonly reason: string;
}

/** How far a project has come. */
export interface Completion {
  /** The seven rules of the completion standard (S0.36). */
  readonly rules: readonly Standing[];
  /** The seven questions (S0.35). */
  readonly questions: readonly Standing[];
}

const LEAST_DOCUMENTS = 3;

/** Rules that a document of one of some forms fulfils. */
const BY_FORM: readonly { readonly name: string; readonly forms: readonly string[] }[] = [
  {
    name: 'a partition or quorum diagram',
    forms: ['partition-runbook', 'raft-partition-trace', 'quorum-recovery-worksheet'],
  },
  { name: 'a timeout, retry and idempotency budget', forms: ['retry-budget'] },
  { name: 'a logical-clock or vector-clock trace', forms: ['three-node-trace'] },
  { name: 'an operation-level consistency matrix', forms: ['consistency-matrix'] },
  { name: 'a test of what a store really promises', forms: ['read-contract-test-plan'] },
];

/** Judges a project's documents and answers by the completion standard. A document counts when it is complete. */
export function completionOf(documents: readonly GeneratedDocument[], project: ProjectFile): Completion {
  const complete = documents.filter((document) => lacks(document) === undefined);
  const forms = new Set(complete.map(({ form }) => form));
  const incomplete = documents.flatMap((document) => {
    const what = lacks(document);
    return what === undefined ? [] : [`${document.form} ${what}`];
  });
  return {
    rules: [
      enough(complete, incomplete),
      ...BY_FORM.map(({ name, forms: wanted }): Standing => {
        const found = wanted.find((form) => forms.has(form));
        const reason = found ?? `none of ${wanted.join(', ')} is there and complete`;
        return { name, passes: found !== undefined, reason };
      }),
      connected(project, forms),
    ],
    questions: (Object.keys(CAPSTONES) as CapstoneName[]).map((name) => answered(name, project, forms)),
  };
}

/** What a document lacks of its form; undefined when nothing. */
function lacks(document: GeneratedDocument): string | undefined {
  const form = DOCUMENT_FORMS.find(({ name }) => name === document.form);
  if (form === undefined) return 'is of no known form';
  const missing = form.fields.find(({ name }) => {
    const field = document.fields.find((each) => each.name === name);
    return field === undefined || field.says.trim() === '' || field.evidence.length === 0;
  });
  return missing === undefined ? undefined : `lacks '${missing.name}', or its evidence`;
}

function enough(complete: readonly GeneratedDocument[], incomplete: readonly string[]): Standing {
  const name = `at least ${LEAST_DOCUMENTS} documents`;
  const passes = complete.length >= LEAST_DOCUMENTS;
  const rest = incomplete.length === 0 ? '' : `; ${incomplete.join('; ')}`;
  return { name, passes, reason: `${complete.length} complete${rest}` };
}

function connected({ connections }: ProjectFile, forms: ReadonlySet<string>): Standing {
  const name = 'a link back to replication and to transactions';
  const missing = (['replication', 'transactions'] as const).filter(
    (to) => !forms.has(connections[to] ?? ''),
  );
  if (missing.length === 0)
    return { name, passes: true, reason: `${connections.replication}, ${connections.transactions}` };
  return { name, passes: false, reason: `connections.${missing[0]} names no complete document` };
}

function answered(question: CapstoneName, { answers }: ProjectFile, forms: ReadonlySet<string>): Standing {
  const answer = answers[question];
  const blank =
    answer === undefined
      ? undefined
      : (['answer', 'operation', 'document'] as const).find((part) => answer[part].trim() === '');
  if (answer === undefined || blank !== undefined) {
    const what = blank === undefined ? 'it is not answered' : `its '${blank}' is empty`;
    return { name: question, passes: false, reason: `${what}: ${CAPSTONES[question]}` };
  }
  const passes = forms.has(answer.document);
  const reason = passes
    ? `${answer.operation}: ${answer.document}`
    : `it names document '${answer.document}', which is not there or not complete`;
  return { name: question, passes, reason };
}

/** Reads a project file's JSON; what it lacks is empty, to be judged. Throws a `TypeError` for what is no such file. */
export function parseProject(value: unknown): ProjectFile {
  const { answers = {}, connections = {} } = record(value, 'the project file');
  const text = (of: Readonly<Record<string, unknown>>, name: string): string => {
    const found = of[name];
    return typeof found === 'string' ? found : '';
  };
  const parsed = Object.entries(record(answers, 'answers')).map(([question, answer]) => {
    const parts = record(answer, `answers.${question}`);
    return [
      question,
      {
        answer: text(parts, 'answer'),
        operation: text(parts, 'operation'),
        document: text(parts, 'document'),
      },
    ] as const;
  });
  const links = record(connections, 'connections');
  return {
    answers: Object.fromEntries(parsed),
    connections: { replication: text(links, 'replication'), transactions: text(links, 'transactions') },
  };
}

function record(value: unknown, where: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Readonly<Record<string, unknown>>;
  }
  throw new TypeError(`${where} must be an object`);
}
