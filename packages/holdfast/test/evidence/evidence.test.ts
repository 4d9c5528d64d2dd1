import {
  EVIDENCE_VERSION,
  EvidenceError,
  evidenceOf,
  parseEvidence,
  planRun,
  printEvidence,
  raftTwin,
  type RunPlan,
  simulate,
  simulatePlan,
} from 'holdfast';
import { describe, expect, it } from 'vitest';

const TWIN = raftTwin('local-read');
const RESULT = simulate(TWIN, 0);
const EVIDENCE = evidenceOf(TWIN.name, RESULT, { edited: true, file: 'lab/local.ts' });

/** The text of the evidence with one field of it, or of its plan, changed. */
function changed(change: (evidence: Record<string, unknown>, plan: Record<string, unknown>) => void): string {
  const copy = JSON.parse(printEvidence(EVIDENCE)) as Record<string, unknown>;
  change(copy, copy.plan as Record<string, unknown>);
  return JSON.stringify(copy);
}

type ListName = 'operations' | 'faults';

function changedItem(list: ListName, change: (item: Record<string, unknown>) => void): string {
  return changed((_evidence, plan) => change((plan[list] as Record<string, unknown>[])[1] ?? {}));
}

/** Each unreadable text with the words that say what is wrong with it. */
const UNREADABLE: readonly (readonly [what: string, text: string, words: string])[] = [
  ['an empty file', '', 'it is not JSON ('],
  ['half a file', printEvidence(EVIDENCE).slice(0, 5_000), 'it is not JSON ('],
  ['a list', '[]', 'it is not an object'],
  ['null', 'null', 'it is not an object'],
  ['a number', '7', 'it is not an object'],
  ['another format', '{"format":"elle"}', "its 'format' is not 'holdfast-evidence'"],
  ['no version', changed((e) => delete e.version), 'it is of version undefined'],
  [
    'a later version',
    changed((e) => (e.version = 99)),
    `it is of version 99; this program reads version ${EVIDENCE_VERSION}: use the release that wrote it`,
  ],
  ['no experiment', changed((e) => delete e.experiment), "its 'experiment' is missing"],
  ['an experiment that is no name', changed((e) => (e.experiment = 4)), "its 'experiment' is not a string"],
  ['a file that is no path', changed((e) => (e.file = 4)), "its 'file' is not a string"],
  ['no seed', changed((e) => delete e.seed), "its 'seed' is missing"],
  ['half a seed', changed((e) => (e.seed = 0.5)), "its 'seed' is not a whole number"],
  ['no digest', changed((e) => delete e.digest), "its 'digest' is missing"],
  [
    'a digest that is none',
    changed((e) => (e.digest = 'XYZ')),
    "its digest 'XYZ' is not 16 hexadecimal digits",
  ],
  [
    'a status that is none',
    changed((e) => (e.status = 'maybe')),
    'its status "maybe" is none of holds, violated, undecided',
  ],
  ['no findings', changed((e) => delete e.findings), "its 'findings' is not a list"],
  ['a finding that is none', changed((e) => (e.findings = [null])), "its 'findings[0]' is not an object"],
  [
    'a finding without its reason',
    changed((e) => (e.findings = [{ promise: 'linearizability', status: 'violated' }])),
    "its 'findings[0].reason' is missing",
  ],
  ['a plan that is none', changed((e) => (e.plan = 'fast')), "its 'plan' is not an object"],
  ['a plan without an end', changed((_e, plan) => delete plan.endUs), "its 'plan.endUs' is missing"],
  [
    'a plan with no size',
    changed((_e, plan) => (plan.nodes = '5')),
    "its 'plan.nodes' is not a whole number",
  ],
  [
    'a plan without operations',
    changed((_e, plan) => delete plan.operations),
    "its 'plan.operations' is not a list",
  ],
  [
    'a plan whose faults are none',
    changed((_e, plan) => (plan.faults = {})),
    "its 'plan.faults' is not a list",
  ],
  [
    'a fault without a time',
    changedItem('faults', (f) => delete f.atUs),
    "its 'plan.faults[1].atUs' is missing",
  ],
  [
    'an operation at no time',
    changedItem('operations', (o) => (o.atUs = 'soon')),
    "its 'plan.operations[1].atUs' is not a whole number",
  ],
  [
    'an operation of nobody',
    changedItem('operations', (o) => delete o.client),
    "its 'plan.operations[1].client' is",
  ],
  [
    'a plan without choices',
    changed((_e, plan) => (plan.choices = 1)),
    "its 'plan.choices' is not an object",
  ],
];

describe('evidence', () => {
  it('is printed and read back as it was, in canonical text', () => {
    const text = printEvidence(EVIDENCE);
    expect(parseEvidence(text)).toEqual(EVIDENCE);
    expect(printEvidence(parseEvidence(text))).toBe(text);
    expect(text.endsWith('}\n')).toBe(true);
  });

  it('carries a plan only when the seed alone does not give the run', () => {
    expect(evidenceOf('e', RESULT, { edited: false })).not.toHaveProperty('plan');
    expect(evidenceOf('e', RESULT, { edited: false })).not.toHaveProperty('file');
    expect(EVIDENCE).toMatchObject({
      seed: 0,
      file: 'lab/local.ts',
      digest: RESULT.digest,
      status: 'violated',
    });
    expect(EVIDENCE.plan).toEqual(planRun(TWIN, 0));
  });

  it('names the promises that did not hold, with the reasons, and no others', () => {
    const findings = RESULT.verdicts.filter(({ status }) => status !== 'holds');
    expect(findings.length).toBeGreaterThan(0);
    expect(EVIDENCE.findings).toEqual(
      findings.map(({ promise, status, reason }) => ({ promise, status, reason })),
    );
  });

  it('gives the same run and the same verdicts when its plan is run again', () => {
    const { plan, digest } = parseEvidence(printEvidence(EVIDENCE));
    const again = simulatePlan(TWIN, plan as RunPlan);
    expect(again.digest).toBe(digest);
    expect(again.verdicts).toEqual(RESULT.verdicts);
  });

  for (const [what, text, words] of UNREADABLE) {
    it(`refuses ${what}, and says so`, () => {
      expect(() => parseEvidence(text)).toThrow(EvidenceError);
      expect(() => parseEvidence(text)).toThrow(`Cannot read this as evidence: ${words}`);
      expect(() => parseEvidence(text)).toThrow(
        /; (use a file that holdfast wrote, unchanged|this program reads)/,
      );
    });
  }
});
