import { EvidenceError, parseEvidence, type Evidence } from './evidence.ts';

const SECTION = '<section class="run"';
const HEAD = /<script type="application\/json" data-rerun>(.*?)<\/script>/s;
const MARKS = /data-digest="([0-9a-f]*)" data-status="(\w+)"/;

/** Whether a text is an HTML report and not evidence as such. */
export function isReport(text: string): boolean {
  return /^\s*<!doctype html>/i.test(text);
}

/**
 * The evidence an HTML report carries of its run number `run`, from 1: its plan, and the digest the run must have again. Throws
 * `EvidenceError` when there is no such run, or none that can be made again.
 */
export function evidenceInReport(html: string, run: number): Evidence {
  const sections = html.split(SECTION).slice(1);
  const section = sections[run - 1];
  if (section === undefined) {
    throw new EvidenceError(
      sections.length === 0
        ? 'it is a page without runs'
        : `it has no run ${run}: there ${sections.length === 1 ? 'is 1' : `are ${sections.length}`}`,
      sections.length === 0
        ? 'use a report that holdfast wrote'
        : sections.length === 1
          ? 'say --run 1'
          : `say --run 1 to --run ${sections.length}`,
    );
  }
  const head = HEAD.exec(section)?.[1];
  const marks = MARKS.exec(section);
  if (head === undefined || marks === null) {
    throw new EvidenceError(
      `run ${run} of it carries no plan`,
      'use a report of a simulated run, or the evidence file beside it',
    );
  }
  const [, digest, status] = marks;
  let carried: {
    readonly experiment?: unknown;
    readonly file?: unknown;
    readonly plan?: { readonly seed?: unknown };
  };
  try {
    carried = JSON.parse(head) as typeof carried;
  } catch (error) {
    throw new EvidenceError(
      `the plan of run ${run} is not JSON (${(error as Error).message})`,
      'use a file that holdfast wrote, unchanged',
    );
  }
  const { experiment, file, plan } = carried;
  return parseEvidence(
    JSON.stringify({
      format: 'holdfast-evidence',
      version: 1,
      experiment,
      ...(file === undefined ? {} : { file }),
      seed: plan?.seed,
      plan,
      digest,
      status,
      findings: [],
    }),
  );
}
