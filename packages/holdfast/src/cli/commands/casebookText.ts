import { anchorOf, type CaseStudy, type Measured, tradeoffRows } from '../../casebook/index.ts';
import { shownPath } from '../../node/command.ts';
import type { Summary } from '../../node/summary.ts';
import type { Io } from '../io.ts';
import { columns, counted, indented, painted, spent } from '../text.ts';
import type { CaseFiles } from './casebookArtefacts.ts';
import type { CaseOutcome } from './casebookOutcome.ts';

/** `holdfast casebook`: what there is. */
export function listCases(studies: readonly CaseStudy[]): string {
  const rows = studies.map(({ name, title, anchor }) => [`  ${name}`, title, anchorOf(anchor).title]);
  return `${columns(rows).join('\n')}\n\nRun one with 'holdfast casebook run <name>', all with 'holdfast casebook run'.\n`;
}

/** A case that has been run, for people: promised, held, broken, and where everything is. */
export function describeCase(
  io: Io,
  study: CaseStudy,
  outcome: CaseOutcome,
  files: CaseFiles,
  place: string,
): string {
  const { better, wrong, broke, pairs, table, claims, problems, documents, conclusion, interrupted, ms } =
    outcome;
  const line = `${study.name}: ${study.title}`;
  const parts = [`${line}\n${'='.repeat(line.length)}`];
  parts.push(`promised  ${study.guaranteed.join('\n          ')}`);
  if (better !== undefined) parts.push(`held      ${held(io, better)}\n          ${study.better}`);
  if (wrong !== undefined) {
    const reason = broke === undefined ? 'nothing' : `${broke.promise}, seed ${broke.seed}: ${broke.reason}`;
    const because = broke?.because === undefined ? '' : `\n          because ${broke.because}`;
    parts.push(
      `broke     "${study.wrong.belief}"\n          violated in ${wrong.violated.length} of the same ${counted(wrong.seeds, 'seed')}; ${reason}${because}`,
    );
  }
  for (const { pair, broken, seeds, seed, reason, problems: bad } of pairs) {
    const words = seed === undefined ? 'not seen broken' : `${pair.breaks}, seed ${seed}: ${reason}`;
    const rest = bad.length === 0 ? `\n          held in the same: "${pair.defence}"` : '';
    parts.push(
      `pair      ${pair.name}\n          broke in ${broken} of ${counted(seeds, 'seed')}: "${pair.approach}"; ${words}${rest}`,
    );
  }
  if (table !== undefined) {
    parts.push(tableText(study, table));
    const claimed = claims.map(({ sentence, holds }) => `${holds ? 'shown' : 'NOT shown'}: ${sentence}`);
    parts.push(indented(claimed.join('\n')));
  }
  for (const { fileName, findings, kept } of documents) {
    const bad = findings.filter(({ status }) => status !== 'holds').length;
    const state =
      kept === undefined
        ? 'new'
        : bad === 0
          ? `verified, ${counted(findings.length, 'claim')}`
          : `${bad} not true any more`;
    const path =
      kept === undefined
        ? shownPath(files.documents.get(fileName) ?? fileName, io.cwd)
        : `${place}/${fileName}`;
    parts.push(`document  ${path}  (${state})`);
  }
  parts.push(`page      ${place}/README.md`);
  if (files.report !== undefined) parts.push(`report    ${shownPath(files.report, io.cwd)}`);
  for (const problem of problems) parts.push(`${painted(io, 'violated', 'NOT AS IT MUST BE')}  ${problem}`);
  const word = interrupted ? 'interrupted' : conclusion === 'holds' ? 'as it must be' : 'not as it must be';
  parts.push(`${painted(io, conclusion, conclusion.toUpperCase())}  ${word}, ${spent(ms)}`);
  return `${parts.join('\n')}\n`;
}

/** The table with its columns under letters, which a legend explains: their names are longer than their numbers. */
function tableText(study: CaseStudy, table: Measured): string {
  const { head, rows } = tradeoffRows(study, table);
  const last = head.length - 2;
  const letter = (i: number): string => `(${String.fromCodePoint(96 + i)})`;
  const numbered = head.slice(0, last).map((name, i) => (i === 0 ? name : letter(i)));
  const legend = head.slice(1, last).map((name, i) => `${letter(i + 1)} ${name}`);
  const right = numbered.map((_, i) => i).slice(1);
  const lines = columns([numbered, ...rows.map((row) => row.slice(0, last))], right);
  return indented([...lines, ...legend].join('\n'));
}

function held(io: Io, summary: Summary): string {
  const good = summary.checks.filter(({ status }) => status === 'holds').length;
  const word = painted(io, summary.conclusion, summary.conclusion);
  return `${word}: ${good} of ${counted(summary.checks.length, 'promise')} in ${counted(summary.seeds, 'seed')}, ${counted(summary.operations, 'operation')}, ${counted(summary.faults, 'fault')}`;
}
