import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CaseStudy, type Measured, tradeoffRows } from '../../casebook/index.ts';
import { kindOfFile } from '../../node/files.ts';
import type { LoadedCase } from './casebookFiles.ts';

const TABLE = /(<!-- measured -->\n)[\s\S]*?(<!-- \/measured -->)/;

/** Whether the page of a case shows another table than the one measured, or none. A folder without a page has nothing to be stale. */
export function tableIsStale({ study, folder }: LoadedCase, table: Measured): boolean {
  const page = pageOf(folder);
  return (
    page !== undefined &&
    !page.includes(`<!-- measured -->\n${markdownTable(study, table)}<!-- /measured -->`)
  );
}

/** Puts the measured table into the page. */
export function renewTable({ study, folder }: LoadedCase, table: Measured): void {
  const page = pageOf(folder);
  if (page === undefined) return;
  const renewed = page.replace(
    TABLE,
    (_, open: string, close: string) => `${open}${markdownTable(study, table)}${close}`,
  );
  writeFileSync(join(folder, 'README.md'), renewed);
}

function pageOf(folder: string): string | undefined {
  const path = join(folder, 'README.md');
  return kindOfFile(path) === 'file' ? readFileSync(path, 'utf8') : undefined;
}

function markdownTable(study: CaseStudy, table: Measured): string {
  const { head, rows } = tradeoffRows(study, table);
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('');
}
