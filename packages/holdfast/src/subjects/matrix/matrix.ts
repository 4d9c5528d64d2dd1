import type { Operation } from '@holdfast/check';

/** The two sides of a partition: that of the authority and of a majority, and the one that is cut off. */
export const SIDES = ['majority', 'cut-off'] as const;
/** One of them. */
export type Side = (typeof SIDES)[number];

/** What is done on a side while the network is split: answered, or turned away. */
export type SideBehaviour = 'served' | 'refused';

/** One operation's row of the partition response matrix (S1.127): what each side does, and what must be so once the network has healed. */
export interface MatrixRow {
  readonly operation: string;
  readonly sides: Readonly<Record<Side, SideBehaviour>>;
  readonly afterwards: string;
  readonly why: string;
}

/** Five operations, each with the behaviour that its data can bear. */
export const PARTITION_MATRIX: readonly MatrixRow[] = [
  {
    operation: 'read-catalogue',
    sides: { majority: 'served', 'cut-off': 'served' },
    afterwards: 'no copy is older than what was published',
    why: 'a stale page sells as well as a fresh one',
  },
  {
    operation: 'update-payment',
    sides: { majority: 'served', 'cut-off': 'refused' },
    afterwards: 'the authority has every update that was confirmed',
    why: 'a wrong card is charged',
  },
  {
    operation: 'reserve-inventory',
    sides: { majority: 'served', 'cut-off': 'refused' },
    afterwards: 'no more was sold than there was',
    why: 'what is sold twice cannot be delivered',
  },
  {
    operation: 'add-to-cart',
    sides: { majority: 'served', 'cut-off': 'served' },
    afterwards: 'every cart holds all that was put into it on either side',
    why: 'a customer who cannot fill a cart buys nothing',
  },
  {
    operation: 'acquire-leadership',
    sides: { majority: 'served', 'cut-off': 'refused' },
    afterwards: 'no term had two leaders',
    why: 'two leaders are worse than none',
  },
];

/** When the network was split, microseconds. */
export interface SplitTime {
  readonly fromUs: number;
  readonly untilUs: number;
}

/** What was observed of one row, and where it differs from it. */
export interface RowOutcome {
  readonly row: MatrixRow;
  readonly calls: number;
  readonly deviations: readonly string[];
}

/**
 * Holds the operations that were called and answered during a split against a row. The side of an operation is its input. `broken`: what was not as it must be
 * afterwards, in a sentence.
 */
export function judgeRow(
  row: MatrixRow,
  operations: readonly Operation[],
  { fromUs, untilUs }: SplitTime,
  broken: string | undefined,
): RowOutcome {
  const during = operations.filter(
    ({ f, invokedAt }) => f === row.operation && invokedAt >= fromUs && invokedAt < untilUs,
  );
  const deviations = SIDES.flatMap((side) => {
    const here = during.filter(({ input }) => input === side);
    const other = here.filter(({ outcome }) => (outcome === 'ok' ? 'served' : 'refused') !== row.sides[side]);
    if (here.length === 0) return [`${row.operation}, ${side}: nobody asked during the split`];
    if (other.length === 0) return [];
    const did = row.sides[side] === 'served' ? 'refused' : 'served';
    return [
      `${row.operation}, ${side}: ${did} ${other.length} of ${here.length}, should be ${row.sides[side]}`,
    ];
  });
  if (broken !== undefined)
    deviations.push(`${row.operation}, afterwards: ${broken}; must be: ${row.afterwards}`);
  return { row, calls: during.length, deviations };
}
