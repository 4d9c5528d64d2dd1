import type { ParsedHistory } from '@holdfast/check';
import type { JudgedHistory } from '../../node/judgeHistory.ts';
import type { HistoryEntry } from '../document.ts';

/** What `--json` says of one history that was judged. */
export function entryOf(
  file: string,
  { parsed, size, verdict }: JudgedHistory,
  order: boolean,
  ms: number,
): HistoryEntry {
  const { status, reason, evidence } = verdict;
  return {
    file,
    format: parsed.format,
    operations: size,
    // A history without operations says nothing.
    verdict: status === 'holds' && evidence.examined === 0 ? 'undecided' : status,
    promise: verdict.promise,
    reason:
      evidence.examined === 0 && !reason.startsWith('nothing was')
        ? `nothing was examined: ${reason}`
        : reason,
    blocking: evidence.blocking ?? null,
    minimal: evidence.minimal ?? [],
    order: order ? (evidence.order ?? null) : null,
    anomalies: (verdict.anomalies ?? []).map(({ name, title, sentence }) => ({ name, title, sentence })),
    ruledOut: verdict.ruledOut ?? [],
    findings: (verdict.findings ?? []).map(({ kind, violates, sentence }) => ({ kind, violates, sentence })),
    counts: verdict.counts ?? {},
    measures: finite(verdict.measures ?? {}),
    examined: evidence.examined,
    steps: evidence.steps,
    warnings: notesOf(parsed, verdict.assumed),
    ms,
  };
}

function notesOf({ warnings }: ParsedHistory, assumed: readonly string[] = []): readonly string[] {
  return [...assumed, ...warnings];
}

/** JSON has no infinity: a measure that is infinite (an answer that never came) is left out. */
function finite(measures: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(measures).filter(([, value]) => Number.isFinite(value)));
}

/** What `--json` says of one that could not be read or judged. */
export function unread(file: string, reason: string, ms: number): HistoryEntry {
  return {
    file,
    format: null,
    operations: null,
    verdict: 'error',
    promise: null,
    reason,
    blocking: null,
    minimal: [],
    order: null,
    anomalies: [],
    ruledOut: [],
    findings: [],
    counts: {},
    measures: {},
    examined: 0,
    steps: 0,
    warnings: [],
    ms,
  };
}
