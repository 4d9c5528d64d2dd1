import { type Verdict, type VerdictStatus, worstStatus } from '@holdfast/check';
import { escapeHtml } from '../text/escape.ts';

const SIGNS: Readonly<Record<VerdictStatus, string>> = { holds: '✓', violated: '✗', undecided: '?' };

/** A status as a word with a sign; colour only repeats it. */
export function statusBadge(status: VerdictStatus): string {
  return `<span class="badge ${status}"><span aria-hidden="true">${SIGNS[status]}</span> ${status}</span>`;
}

/** The status of a run as its badge; a run that nobody judged has none to show. */
export function runBadge(verdicts: readonly Verdict[]): string {
  if (verdicts.length > 0) return statusBadge(worstStatus(verdicts));
  return '<span class="badge none">not judged</span>';
}

/** A table of plain text; columns whose every cell is a number are set to the right. */
export function tableHtml(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const numeric = head.map(
    (_, i) => rows.length > 0 && rows.every((row) => /^-?[\d,]+(\.\d+)?$/.test(row[i] ?? '')),
  );
  const cell = (tag: 'th' | 'td', text: string, i: number): string => {
    const scope = tag === 'th' ? ' scope="col"' : '';
    return `<${tag}${scope}${numeric[i] === true ? ' class="number"' : ''}>${escapeHtml(text)}</${tag}>`;
  };
  const headRow = head.map((text, i) => cell('th', text, i)).join('');
  const body = rows
    .map((row) => `<tr>${head.map((_, i) => cell('td', row[i] ?? '', i)).join('')}</tr>`)
    .join('');
  return `<div class="wide" tabindex="0" role="group" aria-label="Table"><table><thead><tr>${headRow}</tr></thead><tbody>${body}</tbody></table></div>`;
}
