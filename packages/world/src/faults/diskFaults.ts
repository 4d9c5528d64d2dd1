import type { DiskFault as DiskDefect } from '../disk/diskFault.ts';
import type { DiskFault } from './fault.ts';

/** A slow disk without a stated amount is this many times slower. */
const SLOW_DISK_FACTOR = 10;

/** What a fault of a run's plan does to the disk itself; undefined for `disk-lost-writes`, which is a matter of crashes. */
export function defectOf(fault: DiskFault): DiskDefect | undefined {
  switch (fault.kind) {
    case 'disk-lost-writes':
      return undefined;
    case 'disk-misdirected':
      return { kind: 'disk-misdirected', operation: 'read' };
    case 'disk-fsync-fails':
      return { kind: 'disk-fsync-fails', losesPages: true };
    case 'disk-slow':
      return { kind: 'disk-slow', factor: fault.amount ?? SLOW_DISK_FACTOR };
    default:
      return { kind: fault.kind };
  }
}
