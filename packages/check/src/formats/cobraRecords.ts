/** The letters and reserved ids of Cobra's logs. */
export const COBRA = {
  start: 0x53,
  commit: 0x43,
  write: 0x57,
  read: 0x52,
  /** Of a read of the initial value: transaction and write both. */
  initial: 0xbebeebeen,
  /** Of reads of the initial value and of a missing key. */
  initialIds: [0xbebeebeen, 0xdeadbeefn] as readonly bigint[],
  /** Write ids of Cobra's own garbage collector. */
  collectorIds: [0x23332333n, 0x66666666n] as readonly bigint[],
} as const;
