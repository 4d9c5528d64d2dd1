import { type VerdictStatus, worstStatus } from '@holdfast/check';
import type { ReportPage, ReportTable, RunReport } from '../run.ts';
import { sceneDefs } from '../scene/style.ts';
import { escapeHtml } from '../text/escape.ts';
import { counted } from '../text/format.ts';
import type { RenderOptions } from './options.ts';
import { pageScript, pageScriptHash } from '../page/bundle.generated.ts';
import { packedText } from './packed.ts';
import { pageStyle } from './pageStyle.ts';
import { runHtml } from './run.ts';
import { runBadge, tableHtml } from './tables.ts';
import { withTerms } from './terms.ts';

/**
 * The page loads nothing: no network, no frame, no plugin, no form. Its own script runs, by its hash, and a worker made from the
 * code the page carries, under the same policy: nothing else, and nothing is evaluated.
 */
export const CONTENT_POLICY: string =
  `default-src 'none'; script-src '${pageScriptHash}'; worker-src blob:; style-src 'unsafe-inline'; ` +
  "img-src data:; base-uri 'none'; form-action 'none'";

/** A report as one HTML file: opens from disk, offline, loads nothing. Equal pages give equal text. */
export function renderReport(page: ReportPage, options: RenderOptions = {}): string {
  const made = page.runs.map((run, i) => runHtml(run, i, options)).join('\n');
  const tables = (page.tables ?? []).map(sectionOfTable).join('\n');
  const { html: runs, glossary } = withTerms(made);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${CONTENT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>${escapeHtml(page.title)}</title>
<style>${pageStyle}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the report</a>
<svg class="defs" width="0" height="0" aria-hidden="true">${sceneDefs}</svg>
<header class="page"><h1>${escapeHtml(page.title)}</h1><p class="for">${escapeHtml(page.generatedFor)}</p>
${overviewOfRuns(page)}</header>
<p id="stale" class="refused" role="alert" hidden></p>
<main id="main">
${runs}
${tables}
${glossary}</main>
${codeHtml(page, options)}<script>${pageScript}</script>
</body>
</html>
`;
}

/** The code of the runs, each once however many runs it makes. */
function codeHtml(page: ReportPage, options: RenderOptions): string {
  const codes = new Map(
    page.runs.flatMap(({ rerun }) => (rerun === undefined ? [] : [[rerun.codeDigest, rerun.code]])),
  );
  return [...codes]
    .map(([digest, code]) => {
      const mark = `data-code="${escapeHtml(digest)}"`;
      return `${packedText(JSON.stringify(code), 'application/json', mark, options)}\n`;
    })
    .join('');
}

/** What the whole page says, first thing: one line for each run. */
function overviewOfRuns(page: ReportPage): string {
  if (page.runs.length === 0) return '';
  const items = page.runs.map((run, i) => {
    const reason = worstReason(run);
    const events = counted(run.trace.events.length, 'event');
    return (
      `<li>${runBadge(run.verdicts)} <a href="#run-${i}">${escapeHtml(run.title)}</a> ` +
      `<span class="muted">${events}</span><br><span class="reason">${escapeHtml(reason)}</span></li>`
    );
  });
  return `<nav aria-label="Runs"><ol class="runs">${items.join('')}</ol></nav>`;
}

/** Why a run has its status: the promises that hold, or the first that does not. */
function worstReason(run: RunReport): string {
  const status = statusOf(run);
  const telling = run.verdicts.filter((verdict) => verdict.status === status);
  const [first] = telling;
  if (first === undefined) return 'No promise was judged.';
  if (status !== 'holds' || telling.length === 1) return `${first.promise}: ${first.reason}`;
  return `${counted(telling.length, 'promise')} held: ${telling.map((verdict) => verdict.promise).join(', ')}`;
}

/** The worst verdict of a run; a run that judged nothing is undecided. */
export function statusOf(run: RunReport): VerdictStatus {
  return run.verdicts.length === 0 ? 'undecided' : worstStatus(run.verdicts);
}

function sectionOfTable(table: ReportTable): string {
  return `<section class="card"><h2>${escapeHtml(table.title)}</h2>${tableHtml(table.head, table.rows)}</section>`;
}
