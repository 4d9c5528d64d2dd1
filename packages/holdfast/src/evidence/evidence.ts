import { encodePlain, type Plain } from '@holdfast/plain';
import type { VerdictStatus } from '@holdfast/check';
import type { RunPlan } from '../simulate/plan.ts';
import type { RunResult } from '../simulate/simulate.ts';

/** Version of the evidence format; a file of another version is refused with a message that says so. */
export const EVIDENCE_VERSION = 1;

/** What is needed to see a run again, and to know that it is the same run: plain data, one JSON file. */
export interface Evidence {
  readonly format: 'holdfast-evidence';
  readonly version: typeof EVIDENCE_VERSION;
  /** The experiment's name, and the file it came from when it is not a built-in one. */
  readonly experiment: string;
  readonly file?: string;
  readonly seed: number;
  /** The edited plan when the run was shrunk; absent when the seed alone gives the run. */
  readonly plan?: RunPlan;
  readonly digest: string;
  readonly status: VerdictStatus;
  /** The promises that did not hold, with the reasons given. */
  readonly findings: readonly {
    readonly promise: string;
    readonly status: VerdictStatus;
    readonly reason: string;
  }[];
}

/** Thrown for text that is not evidence, or not of a version this program knows. */
export class EvidenceError extends Error {
  readonly code = 'BAD_EVIDENCE';
  constructor(problem: string, mend: string) {
    super(`Cannot read this as evidence: ${problem}; ${mend}`);
    this.name = 'EvidenceError';
  }
}

/** The evidence of a run. `edited` says that the plan is not simply what the seed gives. */
export function evidenceOf(
  experiment: string,
  result: RunResult,
  options: { readonly edited: boolean; readonly file?: string },
): Evidence {
  return {
    format: 'holdfast-evidence',
    version: EVIDENCE_VERSION,
    experiment,
    ...(options.file === undefined ? {} : { file: options.file }),
    seed: result.plan.seed,
    ...(options.edited ? { plan: result.plan } : {}),
    digest: result.digest,
    status: result.status,
    findings: result.verdicts
      .filter((verdict) => verdict.status !== 'holds')
      .map(({ promise, status, reason }) => ({ promise, status, reason })),
  };
}

/** Canonical text of evidence: equal evidence gives equal files. */
export function printEvidence(evidence: Evidence): string {
  return `${encodePlain(evidence as unknown as Plain)}\n`;
}

const RETURN = 'use a file that holdfast wrote, unchanged';

/** Reads evidence. Throws `EvidenceError` saying what is wrong and what to do. */
export function parseEvidence(text: string): Evidence {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EvidenceError(`it is not JSON (${(error as Error).message})`, RETURN);
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new EvidenceError('it is not an object', RETURN);
  }
  const record = value as Record<string, unknown>;
  if (record.format !== 'holdfast-evidence')
    throw new EvidenceError("its 'format' is not 'holdfast-evidence'", RETURN);
  if (record.version !== EVIDENCE_VERSION) {
    throw new EvidenceError(
      `it is of version ${JSON.stringify(record.version)}`,
      `this program reads version ${EVIDENCE_VERSION}: use the release that wrote it`,
    );
  }
  requireField(record, 'experiment', 'string');
  requireField(record, 'seed', 'number');
  requireField(record, 'digest', 'string');
  if (!/^[0-9a-f]{16}$/.test(record.digest as string)) {
    throw new EvidenceError(`its digest '${String(record.digest)}' is not 16 hexadecimal digits`, RETURN);
  }
  if (!['holds', 'violated', 'undecided'].includes(record.status as string)) {
    throw new EvidenceError(
      `its status ${JSON.stringify(record.status)} is none of holds, violated, undecided`,
      RETURN,
    );
  }
  requireList(record, 'findings', 'findings', { promise: 'string', status: 'string', reason: 'string' });
  if (record.file !== undefined) requireField(record, 'file', 'string');
  if (record.plan !== undefined) requirePlan(record.plan);
  return value as Evidence;
}

type FieldType = 'string' | 'number';

function requireField(record: Record<string, unknown>, field: string, type: FieldType, path = field): void {
  const found = record[field];
  if (typeof found === type && (type === 'string' || Number.isSafeInteger(found))) return;
  const what = found === undefined ? 'missing' : `not a ${type === 'string' ? type : 'whole number'}`;
  throw new EvidenceError(`its '${path}' is ${what}`, RETURN);
}

/** A list of objects that each have these fields. */
function requireList(
  record: Record<string, unknown>,
  field: string,
  path: string,
  fields: Readonly<Record<string, FieldType>>,
): void {
  const list = record[field];
  if (!Array.isArray(list)) throw new EvidenceError(`its '${path}' is not a list`, RETURN);
  list.forEach((item: unknown, i) => {
    const at = `${path}[${i}]`;
    if (typeof item !== 'object' || item === null) {
      throw new EvidenceError(`its '${at}' is not an object`, RETURN);
    }
    for (const [name, type] of Object.entries(fields)) {
      requireField(item as Record<string, unknown>, name, type, `${at}.${name}`);
    }
  });
}

function requirePlan(plan: unknown): void {
  if (typeof plan !== 'object' || plan === null) {
    throw new EvidenceError("its 'plan' is not an object", RETURN);
  }
  const record = plan as Record<string, unknown>;
  for (const field of ['seed', 'nodes', 'healAtUs', 'endUs']) {
    requireField(record, field, 'number', `plan.${field}`);
  }
  const operation = { id: 'number', atUs: 'number', client: 'number', f: 'string', key: 'string' } as const;
  requireList(record, 'operations', 'plan.operations', operation);
  requireList(record, 'faults', 'plan.faults', {
    id: 'number',
    atUs: 'number',
    forUs: 'number',
    kind: 'string',
  });
  if (typeof record.choices !== 'object' || record.choices === null) {
    throw new EvidenceError("its 'plan.choices' is not an object", RETURN);
  }
}
