import type { Plain } from '@holdfast/plain';
import { eventsOf, type HistoryEvent } from '../history/events.ts';
import type { History } from '../history/operation.ts';
import { TRANSACTION } from '../history/transaction.ts';
import { encodeValue } from './encode.ts';
import { ednKeyword, printEdn, printEdnValue } from './ednPrint.ts';
import { HistoryPrintError } from './printError.ts';

const NANOSECONDS_PER_US = 1000;
const TYPES = { ok: 'ok', fail: 'fail', unknown: 'info' } as const;

/** What Jepsen says at one end of an operation. */
interface JepsenLine {
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly value: Plain;
  readonly error: Plain | undefined;
  /** Nanoseconds; undefined when the history has no times. */
  readonly time: number | undefined;
}

/** A completion repeats the argument, as Jepsen does, unless it has a result of its own. */
function lineOf(event: HistoryEvent, history: History, lastAt: number): JepsenLine {
  const { operation, isInvocation } = event;
  const at = event.at === Number.POSITIVE_INFINITY ? Math.max(lastAt, history.endedAt ?? 0) : event.at;
  const time = history.timeUnit === 'us' ? at * NANOSECONDS_PER_US : undefined;
  if (isInvocation) return { type: 'invoke', value: operation.input, error: undefined, time };
  const type = TYPES[operation.outcome];
  if (operation.outcome === 'ok')
    return { type, value: operation.output ?? operation.input, error: undefined, time };
  return { type, value: operation.input, error: operation.output ?? undefined, time };
}

function linesOf(
  history: History,
  format: string,
  print: (event: HistoryEvent, line: JepsenLine, index: number) => string,
): string {
  if (history.order === 'session') {
    throw new HistoryPrintError(
      format,
      -1,
      'its order is only known per session, and Jepsen wants one of all events',
    );
  }
  const lines: string[] = [];
  let lastAt = 0;
  for (const event of eventsOf(history)) {
    if (event.at !== Number.POSITIVE_INFINITY) lastAt = event.at;
    lines.push(print(event, lineOf(event, history, lastAt), lines.length));
  }
  lines.push('');
  return lines.join('\n');
}

/** A history as Jepsen's `history.edn`, one operation map per line. Throws `HistoryPrintError` for one ordered by session only. */
export function printJepsenEdn(history: History): string {
  return linesOf(history, 'jepsen-edn', ({ operation }, { type, value, error, time }, index) => {
    const { process, f, key, node } = operation;
    let line = `{:index ${index}, :type :${type}, :process ${process}, :f ${ednKeyword(f)}`;
    if (key !== undefined) line += `, :key ${printEdn(key)}`;
    line += `, :value ${printEdnValue(value, f === TRANSACTION)}`;
    if (error !== undefined) line += `, :error ${printEdn(error)}`;
    if (time !== undefined) line += `, :time ${time}`;
    if (node !== undefined) line += `, :node ${node}`;
    return `${line}}`;
  });
}

/** A history as the JSON array of elle-cli, one operation per line. Throws `HistoryPrintError` for one ordered by session only. */
export function printElleJson(history: History): string {
  const text = linesOf(history, 'elle-json', ({ operation }, { type, value, error, time }, index) => {
    const { process, f, key, node } = operation;
    return `${encodeValue({ index, type, process, f, key, value, error, time, node })},`;
  });
  return text === '' ? '[]\n' : `[${text.slice(0, -2)}]\n`;
}

/**
 * A history as the lines Jepsen logs. They have no place for times, keys or nodes: a history with keys cannot be printed
 * (`HistoryPrintError`), and reading it back gives line numbers as times.
 */
export function printJepsenLog(history: History): string {
  return linesOf(history, 'jepsen-log', ({ operation }, { type, value, error }) => {
    const { id, process, f, key } = operation;
    if (key !== undefined)
      throw new HistoryPrintError('jepsen-log', id, 'it has a key, for which a log line has no place');
    const line = `INFO  jepsen.util - ${process}\t:${type}\t${ednKeyword(f)}\t`;
    return `${line}${printEdnValue(value, f === TRANSACTION)}${error === undefined ? '' : `\t${printEdn(error)}`}`;
  });
}
