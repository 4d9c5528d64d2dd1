/** The six gray failures of S2.24: something is wrong with one node of ten, and it is alive. */
export const GRAY_FAULTS = [
  /** The processor runs at half its speed. */
  'half-speed',
  /** One of the node's ten disks is a hundred times slower. */
  'slow-disk',
  /** Bits flip, and the process dies now and then; it is back at once. */
  'memory-faults',
  /** One packet of a hundred is lost, each way. */
  'packet-loss',
  /** One input of ten thousand keeps the process busy for seconds. */
  'input-bug',
  /** What is collected takes ever longer, until the process is killed. */
  'memory-leak',
] as const;
/** One of them. */
export type GrayFault = (typeof GRAY_FAULTS)[number];
