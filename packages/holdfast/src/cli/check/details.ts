import {
  drawOperations,
  type History,
  labelOf,
  type NamedVerdict,
  type Operation,
  strongerThan,
  TRANSACTION_MODEL_NAMES,
  TRANSACTION_MODELS,
  type TransactionModel,
  weakerThan,
} from '@holdfast/check';
import type { HistoryEntry } from '../document.ts';
import type { Io } from '../io.ts';
import { columns, counted, indented, painted, spent } from '../text.ts';

/** Findings and anomalies told beside the one the reason tells. */
const MOST_OTHERS = 5;
const DRAWN_WIDTH = 100;

/** What there is to say of one history, beside its entry. */
export interface Judged {
  readonly entry: HistoryEntry;
  readonly history: History;
  readonly verdict: NamedVerdict;
}

/** Everything about a single history. `order` asks for the order found, or for how far one goes. */
export function details(io: Io, { entry, history, verdict }: Judged, order: boolean): string {
  const head = `${painted(io, entry.verdict, entry.verdict.toUpperCase())}  ${entry.promise ?? entry.file}\n${indented(entry.reason)}`;
  const parts = [
    head,
    contradiction(io, history, verdict),
    rest(verdict),
    explanation(entry, history, verdict, order),
  ];
  const notes = entry.warnings.map((text) => `  note: ${text}`);
  const size = counted(entry.operations ?? 0, 'operation');
  const foot = `${entry.file}: ${size}, read as ${entry.format ?? 'nothing'}, ${spent(entry.ms)}`;
  return [...parts.filter((part) => part !== ''), [...notes, foot].join('\n')].join('\n\n');
}

function contradiction(io: Io, history: History, { evidence, status }: NamedVerdict): string {
  const { minimal = [], blocking } = evidence;
  if (status !== 'violated' || minimal.length === 0) return '';
  const width = Math.min(io.width ?? DRAWN_WIDTH, DRAWN_WIDTH) - 4;
  const drawing = drawOperations(minimal, history.order, { width, blocking });
  const lines = drawing ?? table(minimal);
  const blocked =
    blocking === undefined
      ? []
      : [`  blocked at: process ${blocking.process}, ${labelOf(blocking)} (${when(blocking)})`];
  return ['  smallest contradiction:', ...lines.map((line) => `    ${line}`), ...blocked].join('\n');
}

/** Operations as rows, where there are too many to draw. */
function table(operations: readonly Operation[]): string[] {
  return columns(operations.map((o) => [`process ${o.process}`, labelOf(o), o.outcome, when(o)]));
}

function when({ invokedAt, completedAt }: Operation): string {
  return `${invokedAt} to ${Number.isFinite(completedAt) ? completedAt : 'never'}`;
}

/** What a checker tells beside its verdict. */
function rest(verdict: NamedVerdict): string {
  const { anomalies, ruledOut, notRuledOut, findings, counts, measures } = verdict;
  const lines: string[] = [];
  const anomalous = (anomalies ?? []).filter(({ sentence }) => !verdict.reason.includes(sentence));
  if (anomalous.length > 0) {
    lines.push(
      '  other anomalies:',
      ...anomalous.slice(0, MOST_OTHERS).map(({ sentence }) => `    ${sentence}`),
    );
    if (anomalous.length > MOST_OTHERS) lines.push(`    ${anomalous.length - MOST_OTHERS} more`);
  }
  if (ruledOut !== undefined && notRuledOut !== undefined) {
    lines.push(`  ruled out: ${ruledOut.length === 0 ? 'nothing' : weakest(ruledOut)}`);
    lines.push(`  not ruled out: ${notRuledOut.length === 0 ? 'nothing' : strongest(notRuledOut)}`);
  }
  const others = (findings ?? []).filter(({ sentence }) => !verdict.reason.includes(sentence));
  if (others.length > 0) {
    lines.push(
      '  also:',
      ...others.slice(0, MOST_OTHERS).map(({ kind, sentence }) => `    ${kind}: ${sentence}`),
    );
  }
  const numbers = Object.entries({ ...counts, ...measures });
  if (numbers.length > 0) lines.push(`  ${numbers.map(([name, n]) => `${name} ${rounded(n)}`).join(', ')}`);
  return lines.join('\n');
}

function rounded(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(4).replace(/\.?0+$/, '');
}

/** The models that stand for all that are ruled out: each of the others is stronger than one of them. */
function weakest(ruledOut: readonly TransactionModel[]): string {
  const out = new Set(ruledOut);
  const least = TRANSACTION_MODEL_NAMES.filter(
    (name) =>
      out.has(name) &&
      !TRANSACTION_MODELS[name].implies.some((weaker) => out.has(weaker) && !mutual(name, weaker)),
  );
  const spared = strongerThan(least).filter((name) => !out.has(name));
  const but = spared.length === 0 ? '' : ` but ${spared.join(', ')}`;
  return `${least.join(', ')} and everything stronger${but} (${ruledOut.length} of ${TRANSACTION_MODEL_NAMES.length} models)`;
}

/** The models that stand for all that are left: each of the others is weaker than one of them. */
function strongest(left: readonly TransactionModel[]): string {
  const some = new Set(left);
  const most = left.filter(
    (name) =>
      !left.some(
        (other) =>
          some.has(other) && TRANSACTION_MODELS[other].implies.includes(name) && !mutual(other, name),
      ),
  );
  const isExact = most.every((name) => weakerThan(name).every((weaker) => some.has(weaker)));
  return `${most.join(', ')} and everything weaker${isExact ? '' : ' that is not ruled out'}`;
}

/** Two names for what is one model where nobody scans. */
function mutual(a: TransactionModel, b: TransactionModel): boolean {
  return TRANSACTION_MODELS[a].implies.includes(b) && TRANSACTION_MODELS[b].implies.includes(a);
}

/** The order found, or the longest one there is, when it is asked for; that there is one, when not. */
function explanation(
  entry: HistoryEntry,
  history: History,
  { evidence }: NamedVerdict,
  isAsked: boolean,
): string {
  const { order, prefixes } = evidence;
  const found = order ?? prefixes?.[0];
  if (found === undefined || found.length === 0) return isAsked ? '  this checker finds no order' : '';
  if (!isAsked) return order === undefined ? '' : '  an order that explains it was found; --order prints it';
  const byId = new Map(history.operations.map((operation) => [operation.id, operation]));
  const rows = found.flatMap((id, place) => {
    const operation = byId.get(id);
    if (operation === undefined) return [];
    return [[`    ${place + 1}`, `process ${operation.process}`, labelOf(operation), when(operation)]];
  });
  const title =
    order === undefined
      ? `  the longest beginning that can be explained (${found.length} of ${entry.operations ?? 0} operations):`
      : '  an order that explains it:';
  return [title, ...columns(rows)].join('\n');
}
