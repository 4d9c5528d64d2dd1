import { resolve } from 'node:path';
import type { ReportPage, ReportTable } from '@holdfast/report';
import { shownPath } from '../../node/command.ts';
import { InputError } from '../../node/inputError.ts';
import { didYouMean } from '../../node/nearest.ts';
import { runReport, writeReport } from '../../node/report.ts';
import { resolveService } from '../../node/resolveService.ts';
import { versions } from '../../node/versions.ts';
import { type Rehearsed, Rehearsals, RunCache } from '../../review/rehearsed.ts';
import { type Review, review } from '../../review/review.ts';
import { REVIEW_LISTS, type ReviewList } from '../../review/rule.ts';
import type { RehearsalName, ServiceDescription } from '../../review/description.ts';
import { printDocument, RESULT_VERSION } from '../document.ts';
import { EXIT_CODES, type ExitCode } from '../exitCodes.ts';
import type { Io } from '../io.ts';
import { columns, counted, painted, spent } from '../text.ts';
import { dashboardTable, incidentTables } from './reviewTables.ts';

/** What `holdfast review` takes. */
export interface ReviewOptions {
  readonly lists: readonly string[];
  readonly json: boolean;
  readonly report?: string;
}

/** Runs that a report shows at most. */
const MOST_RUNS = 4;

/** `holdfast review`: 0 when all rules hold, 1 when one is violated, 2 for a file without a service, 3 when one is undecided. */
export async function reviewService(file: string, options: ReviewOptions, io: Io): Promise<ExitCode> {
  const start = performance.now();
  const lists = options.lists.map(listNamed);
  const service = await resolveService(file, io.cwd);
  const cache = new RunCache();
  const reviewed = review(service, { ...(lists.length === 0 ? {} : { lists }), cache });
  const report =
    options.report === undefined
      ? null
      : writePage(service, reviewed, new Rehearsals(service, cache), {
          file,
          folder: resolve(io.cwd, options.report),
        });
  const totalMs = Math.round(performance.now() - start);
  const exitCode = EXIT_CODES[reviewed.status];
  if (options.json) {
    printDocument(io, {
      format: 'holdfast-result',
      version: RESULT_VERSION,
      command: 'review',
      verdict: reviewed.status,
      exitCode,
      service: reviewed.service,
      rules: reviewed.rules,
      runs: Object.entries(reviewed.runs).map(([rehearsal, digest]) => ({ rehearsal, digest })),
      report: report === null ? null : shownPath(report, io.cwd),
      timings: { totalMs },
      versions: versions(),
    });
  } else
    io.out(
      `${inWords(io, reviewed, totalMs)}${report === null ? '' : `Report: ${shownPath(report, io.cwd)}\n`}`,
    );
  return exitCode;
}

function listNamed(word: string): ReviewList {
  const list = REVIEW_LISTS.find((name) => name === word);
  if (list !== undefined) return list;
  throw new InputError(
    `Cannot review by list '${word}': there is none of that name`,
    didYouMean(word, REVIEW_LISTS) ?? `the lists are ${REVIEW_LISTS.join(', ')}`,
  );
}

function inWords(io: Io, { service, status, rules, runs }: Review, totalMs: number): string {
  const rows = rules.flatMap(({ id, status: one, text, reason, where }) => [
    [`  ${id}`, painted(io, one, one === 'holds' ? 'holds' : one.toUpperCase()), text],
    ['', '', `  ${reason}${one === 'holds' ? '' : ` [${where}]`}`],
  ]);
  const open = rules.filter(({ status: one }) => one !== 'holds').map(({ id }) => id);
  const sum = `${counted(rules.length, 'rule')}${open.length === 0 ? '' : `, open: ${open.join(', ')}`}; ${counted(Object.keys(runs).length, 'run')}, ${spent(totalMs)}`;
  return `${service}\n${columns(rows).join('\n')}\n${painted(io, status, status.toUpperCase())}  ${sum}\n`;
}

function writePage(
  service: ServiceDescription,
  reviewed: Review,
  runs: Rehearsals,
  { file, folder }: { readonly file: string; readonly folder: string },
): string {
  const made = Object.keys(reviewed.runs).flatMap((name) => runs.of(name as RehearsalName) ?? []);
  // Runs that decided against the service first; of one that is well, the first there are.
  const shown = made.toSorted((a, b) => Number(isBlamed(reviewed, b)) - Number(isBlamed(reviewed, a)));
  const page: ReportPage = {
    title: `Review of ${service.name}`,
    generatedFor: service.about,
    runs: shown.slice(0, MOST_RUNS).map((run) =>
      runReport(run, {
        experiment: run.experiment.name,
        title: `Rehearsal: ${run.name}`,
        command: `npx holdfast review ${file}`,
      }),
    ),
    tables: [...tablesOf(reviewed), ...dashboardTable(service, made), ...incidentTables(service, made)],
  };
  return writeReport(folder, `review-${service.name}`, page);
}

function isBlamed({ rules }: Review, { name }: Rehearsed): boolean {
  return rules.some(({ status, where }) => status !== 'holds' && where.startsWith(`rehearsal ${name} `));
}

function tablesOf({ rules }: Review): ReportTable[] {
  return REVIEW_LISTS.flatMap((list): ReportTable[] => {
    const rows = rules
      .filter((rule) => rule.list === list)
      .map(({ id, status, text, reason, where }) => [id, status, text, reason, where]);
    return rows.length === 0
      ? []
      : [
          {
            title: `Rules of ${list}`,
            head: ['rule', 'status', 'what it asks', 'what was seen', 'where'],
            rows,
          },
        ];
  });
}
