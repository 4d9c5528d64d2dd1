import { gunzipSync } from 'node:zlib';
import { type Annotation, type History, HistoryFormatError, parseHistory } from '@holdfast/check';
import {
  decodeRun,
  isChromeTrace,
  isRunDocument,
  readChromeTrace,
  readRunDocument,
  readShiviz,
  TraceFormatError,
  UnreadableRunError,
  type VerdictMarks,
} from '@holdfast/report';
import type { FaultSpan, Trace } from '@holdfast/trace';
import { InputError } from './inputError.ts';

/** A run read from a file, whoever wrote it. */
export interface ReadRun {
  /** What the file was taken for: `a report`, `a ShiViz log`. */
  readonly kind: string;
  readonly trace: Trace;
  readonly history: History;
  readonly verdicts: readonly VerdictMarks[];
  readonly warnings: readonly string[];
}

const NO_HISTORY: History = { operations: [], timeUnit: 'us' };

/**
 * Reads a run from a file of any kind but evidence, which has to be run: a report of Holdfast, a `holdfast-trace` document, a
 * Chrome trace, a ShiViz log, or a history in any format that `holdfast check` reads. Throws `InputError`.
 */
export function readRun(content: Uint8Array, name: string): ReadRun {
  try {
    return readAny(content, name);
  } catch (error) {
    const known =
      error instanceof TraceFormatError ||
      error instanceof UnreadableRunError ||
      error instanceof HistoryFormatError;
    if (!known) throw error;
    throw new InputError(`${name}: ${error.message}`, 'nothing was drawn', { cause: error });
  }
}

function readAny(content: Uint8Array, name: string): ReadRun {
  const text = new TextDecoder().decode(content);
  if (/^<!doctype html>/i.test(text)) return readReport(text, name);
  const value = jsonIn(text);
  if (isRunDocument(value)) {
    return { kind: 'a trace', verdicts: [], warnings: [], ...readRunDocument(value) };
  }
  if (isChromeTrace(value)) {
    return { kind: 'a Chrome trace', history: NO_HISTORY, verdicts: [], ...readChromeTrace(value) };
  }
  if (isShiviz(text)) return { kind: 'a ShiViz log', history: NO_HISTORY, verdicts: [], ...readShiviz(text) };
  const { history, annotations, warnings, format } = parseHistory(content, { fileName: name });
  return {
    kind: `a history (${format})`,
    trace: traceOf(annotations, history),
    history,
    verdicts: [],
    warnings,
  };
}

function jsonIn(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    // Lines of JSON, or something else that begins like it: a reader of histories knows.
    return undefined;
  }
}

/** Its own two header lines, or an entry as ShiViz expects it: a host and a clock, then a line that says what happened. */
function isShiviz(text: string): boolean {
  const [first = ''] = text.split('\n', 1);
  return /\(\?<(host|clock|event)>/.test(first) || /^\S+ \{"[^"]+" ?: ?\d+/.test(first);
}

/** The first run of a report. */
function readReport(html: string, name: string): ReadRun {
  const [, packing, body] =
    /<script[^>]* data-trace data-packing="(none|gzip)">([^<]*)<\/script>/.exec(html) ?? [];
  if (body === undefined) {
    throw new InputError(
      `Cannot read ${name} as a report: it carries no run`,
      'give a report that holdfast wrote',
    );
  }
  const json = packing === 'gzip' ? gunzipSync(Buffer.from(body, 'base64')).toString('utf8') : body;
  return { kind: 'a report', warnings: [], ...decodeRun(json) };
}

/** A history has no trace, but its nemesis says what was wrong when: that is drawn as bands. */
function traceOf(annotations: readonly Annotation[], history: History): Trace {
  const endedAt = history.operations.reduce(
    (end, { invokedAt, completedAt }) =>
      Math.max(end, invokedAt, Number.isFinite(completedAt) ? completedAt : 0),
    annotations.at(-1)?.at ?? 0,
  );
  return { nodes: [], events: [], faults: faultsOf(annotations, endedAt), endedAt };
}

/** From each `start-x` (or `x`) to its `stop-x` or `heal`; what was never ended lasts to the end. */
function faultsOf(annotations: readonly Annotation[], endedAt: number): readonly FaultSpan[] {
  const open = new Map<string, { readonly from: number; readonly text: string }>();
  const spans: FaultSpan[] = [];
  const close = (kind: string, until: number): void => {
    const begun = open.get(kind);
    if (begun === undefined) return;
    open.delete(kind);
    spans.push({ kind, from: begun.from, until, nodes: [], text: begun.text });
  };
  for (const { f, at } of annotations) {
    const ending = /^(?:stop|heal|end|resume|restart|recover)(?:-(.+))?$/.exec(f);
    if (ending === null) {
      const kind = f.replace(/^start-?/, '') || 'fault';
      if (!open.has(kind)) open.set(kind, { from: at, text: f });
    } else if (ending[1] === undefined) for (const kind of open.keys()) close(kind, at);
    else close(ending[1], at);
  }
  for (const kind of open.keys()) close(kind, endedAt);
  return spans.sort((a, b) => a.from - b.from);
}
