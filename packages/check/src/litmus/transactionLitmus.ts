import { HistoryBuilder } from '../history/builder.ts';
import type { History } from '../history/operation.ts';
import { judgeEveryModel } from '../transactions/everyModel.ts';
import { strongerThan, TRANSACTION_MODEL_NAMES, type TransactionModel } from '../transactions/models.ts';

/** A small history of transactions over lists that everybody who knows the models can judge by hand. */
export interface TransactionLitmus {
  readonly name: string;
  /** What it shows, in a sentence. */
  readonly about: string;
  /** Its transactions, as `readTransactions` takes them. */
  readonly lines: readonly string[];
  /** The weakest models that reject it: they and everything stronger do, everything else accepts it. */
  readonly rejectedFrom: readonly TransactionModel[];
}

const STEP = 10;
const DURATION = 5;
const LINE = /^(\d+)([!]?) (.*?)(?: @(\d+)-(\d+))?$/;

/**
 * A history from lines such as `0 a x 1, r y -` (process 0 appended 1 to x and read y empty), `1 r x 1 2` (process 1 read 1 and 2
 * from x) and `0! a x 1` (aborted). Transactions come one after the other, 10 us apart and 5 us long, unless a line says otherwise: `@0-99`.
 */
export function readTransactions(lines: readonly string[]): History {
  const drafts = lines.map((line, at) => {
    const [, process, aborted, steps = '', from, to] = LINE.exec(line) ?? [];
    if (process === undefined) {
      throw new SyntaxError(
        `Cannot read '${line}' as a transaction: expected '0 a x 1, r y -' or '1 r x 1 2 @0-99'`,
      );
    }
    return {
      process: Number(process),
      isAborted: aborted === '!',
      steps: steps.split(', ').map(stepOf),
      from: from === undefined ? at * STEP : Number(from),
      to: to === undefined ? at * STEP + DURATION : Number(to),
    };
  });
  const builder = new HistoryBuilder();
  for (const { process, isAborted, steps, from, to } of drafts.toSorted((a, b) => a.from - b.from)) {
    const asked = steps.map(([f, key, value]) => [f, key, f === 'r' ? null : value] as const);
    const id = builder.invoke(process, 'txn', asked, from);
    builder.complete(id, isAborted ? 'fail' : 'ok', isAborted ? null : steps, to);
  }
  return builder.finish(Math.max(...drafts.map(({ to }) => to)));
}

type Step =
  | readonly [f: 'append', key: string, value: number]
  | readonly [f: 'r', key: string, value: readonly number[]];

function stepOf(text: string): Step {
  const [f, key = '', ...values] = text.split(' ');
  if (f === 'a') return ['append', key, Number(values[0])];
  return ['r', key, values[0] === '-' ? [] : values.map(Number)];
}

/** The textbook histories of transactions. Where the order of sessions and real time must not decide, all overlap. */
export const transactionLitmus: readonly TransactionLitmus[] = [
  {
    name: 'serial',
    about: 'One after the other, each seeing all before it.',
    lines: ['0 a x 1, r y -', '1 r x 1, a y 2', '2 r x 1, r y 2'],
    rejectedFrom: [],
  },
  {
    name: 'own write unseen',
    about: 'A transaction does not see what it has itself appended.',
    lines: ['0 a x 1, r x -'],
    rejectedFrom: ['read-uncommitted'],
  },
  {
    name: 'write cycle',
    about: 'Two transactions append to two lists in opposite orders.',
    lines: ['0 a x 1, a y 1 @0-99', '1 a x 2, a y 2 @0-99', '2 r x 1 2, r y 2 1 @0-99'],
    rejectedFrom: ['read-uncommitted'],
  },
  {
    name: 'session reversed',
    about: 'What one session appended first comes second.',
    lines: ['0 a x 1', '0 a x 2', '1 r x 2 1 @0-99'],
    rejectedFrom: ['strong-session-read-uncommitted'],
  },
  {
    name: 'time reversed',
    about: 'What was appended first, by another session, comes second.',
    lines: ['0 a x 1', '1 a x 2', '2 r x 2 1 @0-99'],
    rejectedFrom: ['strong-read-uncommitted'],
  },
  {
    name: 'aborted read',
    about: 'A transaction sees what an aborted one appended.',
    lines: ['0! a x 1 @0-99', '1 r x 1 @0-99'],
    rejectedFrom: ['read-committed'],
  },
  {
    name: 'intermediate read',
    about: 'A transaction sees one half of what another appended to a list.',
    lines: ['0 a x 1, a x 2 @0-99', '1 r x 1 @0-99'],
    rejectedFrom: ['read-committed'],
  },
  {
    name: 'circular information flow',
    about: 'Two transactions see each what the other appended.',
    lines: ['0 a x 1, r y 1 @0-99', '1 a y 1, r x 1 @0-99'],
    rejectedFrom: ['read-committed'],
  },
  {
    name: 'effect before its cause',
    about: 'A session sees what only its own next transaction leads to.',
    lines: ['0 r y 1', '0 a x 1', '1 r x 1, a y 1 @0-99'],
    rejectedFrom: ['strong-session-read-committed'],
  },
  {
    name: 'read from the future',
    about: 'A transaction is over before what it saw was begun.',
    lines: ['0 r x 1', '1 a x 1'],
    rejectedFrom: ['strong-read-committed'],
  },
  {
    name: 'vanished',
    about: 'A transaction sees one list with what another appended, and then the other list without.',
    lines: ['0 a x 1, a y 1 @0-99', '1 r x 1, r y - @0-99'],
    rejectedFrom: ['monotonic-atomic-view'],
  },
  {
    name: 'fractured read',
    about: 'The same the other way round: first without, then with.',
    lines: ['0 a x 1, a y 1 @0-99', '1 r y -, r x 1 @0-99'],
    rejectedFrom: ['read-atomic'],
  },
  {
    name: 'lost update',
    about: 'Two transactions read the same and both append.',
    lines: ['0 r x -, a x 1 @0-99', '1 r x -, a x 2 @0-99', '2 r x 1 2 @0-99'],
    rejectedFrom: ['cursor-stability'],
  },
  {
    name: 'view moves on and back',
    about: 'A transaction sees what followed a write, and then not the write.',
    lines: ['0 a x 1 @0-99', '1 r x 1, a y 1 @0-99', '2 r y 1, r x - @0-99'],
    rejectedFrom: ['monotonic-view', 'causal'],
  },
  {
    name: 'read skew',
    about: 'The same the other way round: a transaction misses a write, and then sees what followed it.',
    lines: ['0 a x 1 @0-99', '1 r x 1, a y 1 @0-99', '2 r x -, r y 1 @0-99'],
    rejectedFrom: ['causal', 'consistent-view'],
  },
  {
    name: 'own session unseen',
    about: 'A session does not see what its own transaction before has appended.',
    lines: ['0 a x 1', '0 r x -'],
    rejectedFrom: ['strong-session-read-atomic'],
  },
  {
    name: 'stale',
    about: 'A transaction does not see what another session had committed before it began.',
    lines: ['0 a x 1', '1 r x -'],
    rejectedFrom: ['strong-consistent-view'],
  },
  {
    name: 'long fork',
    about: 'Two transactions see two unrelated writes in different orders.',
    lines: ['0 a x 1 @0-99', '1 a y 1 @0-99', '2 r x 1, r y - @0-99', '3 r x -, r y 1 @0-99'],
    rejectedFrom: ['prefix', 'snapshot-isolation'],
  },
  {
    name: 'write skew',
    about: 'Two transactions each read what the other then appends to.',
    lines: ['0 a x 1, r y - @0-99', '1 a y 1, r x - @0-99'],
    rejectedFrom: ['update-serializable'],
  },
];

/** The models that reject a litmus history, as the checkers find it. */
export function judgeTransactionLitmus({
  lines,
}: TransactionLitmus): ReadonlyMap<TransactionModel, 'yes' | 'no' | '?'> {
  const CELLS = { holds: 'yes', violated: 'no', undecided: '?' } as const;
  const found = judgeEveryModel(readTransactions(lines), 'list-append');
  return new Map(TRANSACTION_MODEL_NAMES.map((name) => [name, CELLS[found.get(name) ?? 'undecided']]));
}

/** The models that are to reject it. */
export function expectedRejections({ rejectedFrom }: TransactionLitmus): readonly TransactionModel[] {
  return strongerThan(rejectedFrom);
}

/** Every model against every litmus history of transactions, as the checkers find it: a Markdown table, columns by number. */
export function transactionLitmusTable(): string {
  const columns = transactionLitmus.map(judgeTransactionLitmus);
  const width = Math.max(...TRANSACTION_MODEL_NAMES.map((name) => name.length));
  const row = (first: string, cells: readonly string[]): string =>
    `| ${first.padEnd(width)} | ${cells.map((cell) => cell.padEnd(3)).join(' | ')} |`;
  return [
    row(
      'model',
      columns.map((_, i) => String(i + 1)),
    ),
    row(
      '-'.repeat(width),
      columns.map(() => '---'),
    ),
    ...TRANSACTION_MODEL_NAMES.map((name) =>
      row(
        name,
        columns.map((column) => column.get(name) ?? '?'),
      ),
    ),
  ].join('\n');
}
