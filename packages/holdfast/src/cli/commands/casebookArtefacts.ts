import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildModel,
  firstView,
  type GeneratedDocument,
  layoutSpaceTime,
  printJsonDocument,
  printMarkdownDocument,
  type ReportSection,
  sceneToSvgFile,
  verdictMarks,
} from '@holdfast/report';
import { anchorOf, type CaseStudy, tradeoffRows } from '../../casebook/index.ts';
import { printEvidence } from '../../evidence/evidence.ts';
import { replayCommand, seedCommand } from '../../node/command.ts';
import { writeOnce } from '../../node/files.ts';
import { artefactName, evidenceFor } from '../../node/finding.ts';
import { type Investigation, shownRun } from '../../node/investigate.ts';
import { investigationReport, runReport, writeReport } from '../../node/report.ts';
import { simulate } from '../../simulate/simulate.ts';
import { caseReference, type LoadedCase } from './casebookFiles.ts';
import type { CaseOutcome } from './casebookOutcome.ts';
import { renewTable } from './casebookPage.ts';

/** What a case left behind. Paths are absolute. */
export interface CaseFiles {
  /** Markdown, by file name; each has a JSON twin beside it. */
  readonly documents: ReadonlyMap<string, string>;
  readonly report?: string;
}

/** Where to. */
interface Place {
  readonly folder: string;
  readonly cwd: string;
}

const PICTURE_WIDTH = 1190;

/** Writes the documents, as Markdown and JSON, and a report of both approaches. */
export async function writeCaseFiles(
  loaded: LoadedCase,
  outcome: CaseOutcome,
  { folder, cwd }: Place,
): Promise<CaseFiles> {
  const { study } = loaded;
  const documents = new Map<string, string>();
  for (const { now, fileName, attachments } of outcome.documents) {
    const base = `${study.name}-${fileName.replace(/\.md$/, '')}`;
    documents.set(fileName, writeOnce(folder, base, '.md', printMarkdownDocument(now)));
    writeOnce(folder, base, '.json', printJsonDocument(now));
    for (const [name, text] of Object.entries(attachments)) {
      const dot = name.indexOf('.');
      writeOnce(folder, `${study.name}-${name.slice(0, dot)}`, name.slice(dot), text);
    }
  }
  const report = writeCaseReport(loaded, outcome, { folder, cwd });
  return { documents, ...(report === undefined ? {} : { report }) };
}

function writeCaseReport(loaded: LoadedCase, outcome: CaseOutcome, place: Place): string | undefined {
  const { study } = loaded;
  const { investigation, table, documents } = outcome;
  if (investigation === undefined) return undefined;
  const { cwd } = place;
  const { seed } = investigation;
  const [wrong, better] = [caseReference(loaded, 'wrong'), caseReference(loaded, 'better')];
  const evidence = printEvidence(evidenceFor(investigation, wrong, cwd));
  const base = `${study.name}-${artefactName('wrong', investigation)}`;
  const command = replayCommand(writeOnce(place.folder, base, '.json', evidence), cwd);
  const wrongRun = investigationReport(investigation, {
    experiment: study.experiments.wrong.name,
    title: `The wrong approach, seed ${seed}${investigation.shrunk === undefined ? '' : ', shrunk'}`,
    command,
    originalCommand: seedCommand(wrong, seed, cwd),
    living: { reference: wrong, cwd },
  });
  const betterRun = runReport(simulate(study.experiments.better, seed, { trace: true }), {
    experiment: study.experiments.better.name,
    title: `The better approach, the same seed ${seed}`,
    command: seedCommand(better, seed, cwd),
    living: { reference: better, cwd },
  });
  return writeReport(place.folder, `${study.name}-${shownRun(investigation).digest.slice(0, 8)}`, {
    title: study.title,
    generatedFor: `Case ${study.name}, anchored in ${anchorOf(study.anchor).title}`,
    runs: [
      { ...wrongRun, sections: [storyOf(study), ...(wrongRun.sections ?? [])] },
      {
        ...betterRun,
        sections: [...documents.map(({ now }) => sectionOf(now)), ...(betterRun.sections ?? [])],
      },
    ],
    tables:
      table === undefined
        ? []
        : [
            {
              title: `Trade-offs, measured in ${study.tradeoffs.seeds.length} seeds`,
              ...tradeoffRows(study, table),
            },
          ],
  });
}

function storyOf(study: CaseStudy): ReportSection {
  const text = [
    study.scenario,
    `What may go wrong: ${study.failureModel.join(' ')}`,
    `The wrong approach: "${study.wrong.belief}"`,
    `The better one: ${study.better}`,
  ].join('\n\n');
  return { title: 'The case', text };
}

function sectionOf({ title, fields }: GeneratedDocument): ReportSection {
  return { title, text: fields.map(({ name, says }) => `${name} ${says}`).join('\n\n') };
}

/** Renews what stands beside a case's page: its documents, the table within it, and the picture of the wrong approach's run. */
export function renewPage(
  { study, folder }: LoadedCase,
  { documents, table, investigation }: CaseOutcome,
): void {
  for (const { now, fileName, attachments } of documents) {
    writeFileSync(join(folder, fileName), printMarkdownDocument(now));
    for (const [name, text] of Object.entries(attachments)) writeFileSync(join(folder, name), text);
  }
  // A run that was not made small would hide what it shows.
  if (investigation?.shrunk !== undefined) {
    writeFileSync(join(folder, 'picture.svg'), pictureOf(investigation));
  }
  if (table !== undefined) renewTable({ study, folder }, table);
}

function pictureOf(investigation: Investigation): string {
  const { trace, history, verdicts } = shownRun(investigation);
  const model = buildModel({
    trace: trace ?? { nodes: [], events: [], faults: [], endedAt: 0 },
    history,
    verdicts: verdicts.map(verdictMarks),
    ...(investigation.slice === undefined ? {} : { slice: investigation.slice }),
  });
  return sceneToSvgFile(layoutSpaceTime(model, firstView(model, PICTURE_WIDTH)));
}
