import {
  compareDocuments,
  DocumentError,
  type FieldFinding,
  type FilledField,
  fillDocument,
  type GeneratedDocument,
  parseDocument,
  runbookForm,
} from '@holdfast/report';
import { rings } from './alerts.ts';
import type { Runbook, ServiceDescription } from './description.ts';
import { type Rehearsals, type Rehearsed, verdictOn } from './rehearsed.ts';

/** Of the steps of a runbook the one that follows another. */
function stepsOf({ steps }: Runbook): string[] {
  return Object.entries(steps.moves).map(([state, next]) => {
    const does = steps.does[state] ?? 'nothing is said of it';
    return next.length === 0
      ? `${state}: ${does}. The end.`
      : `${state}: ${does}. Then ${next.join(' or ')}.`;
  });
}

/** The document of a runbook, filled from its rehearsal as it is now; undefined where the service has no such rehearsal. */
export function runbookDocument(
  service: ServiceDescription,
  runbook: Runbook,
  runs: Rehearsals,
): GeneratedDocument | undefined {
  const run = runs.of(runbook.rehearsal);
  if (run === undefined) return undefined;
  return fillDocument(runbookForm, filledFrom(service, runbook, run), {
    source: runbook.source,
    anchor: service.about,
    runs: [{ experiment: run.experiment.name, seed: run.plan.seed, digest: run.digest }],
  });
}

function filledFrom(
  service: ServiceDescription,
  runbook: Runbook,
  run: Rehearsed,
): Readonly<Record<string, FilledField>> {
  const { event, signal, end, owner } = runbook;
  const alert = service.alerts.find(({ name }) => name === signal);
  const rang = alert !== undefined && rings(alert, run) !== undefined;
  const verdict = verdictOn(run, end);
  const ended = verdict?.status === 'holds' && verdict.evidence.examined > 0;
  const command = `npx holdfast review ${runbook.source} --list readiness`;
  const seen = (text: string): FilledField['evidence'] => [
    { text: `rehearsal '${run.name}', seed ${run.plan.seed}: ${text}`, command },
  ];
  return {
    'What happens': { facts: { event, owner }, evidence: seen(`${run.plan.faults.length} faults struck`) },
    'How it shows': {
      facts: { signal, rang },
      evidence: seen(rang ? 'the alert rings' : 'the alert does not ring'),
    },
    'What to do': {
      facts: { steps: stepsOf(runbook) },
      evidence: seen('no step is left without one after it but the last'),
    },
    'How it ends': { facts: { end, ended }, evidence: seen(verdict?.reason ?? 'nobody judges it') },
  };
}

/** The document of a runbook judged by its rehearsal, as `holdfast verify` judges documents. */
export function runbookFindings(
  service: ServiceDescription,
  runbook: Runbook,
  runs: Rehearsals,
): readonly FieldFinding[] {
  const now = runbookDocument(service, runbook, runs);
  if (now === undefined) return [wrong('false', `there is no rehearsal '${runbook.rehearsal}'`)];
  const untrue = now.fields.find(({ facts }) => facts['rang'] === false || facts['ended'] === false);
  if (untrue !== undefined) return [wrong('false', untrue.says)];
  try {
    return compareDocuments(runbookForm, parseDocument(runbook.document), now);
  } catch (error) {
    if (error instanceof DocumentError) return [wrong('missing', error.message)];
    throw error;
  }
}

function wrong(status: FieldFinding['status'], reason: string): FieldFinding {
  return { field: 'document', status, reason };
}
