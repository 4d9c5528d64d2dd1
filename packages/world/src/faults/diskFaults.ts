import type { DiskFault as DiskDefect } from '../disk/diskFault.ts';
import type { Host } from '../world/host.ts';
import type { DiskFault } from './fault.ts';

/** Puts a disk fault in force on a host; returns how to end it, or undefined when there was no record to strike. */
export function strikeDisk(host: Host, fault: DiskFault): (() => void) | undefined {
  if (fault.kind === 'disk-lost-writes') {
    host.losesUnsyncedWrites = true;
    return () => {
      host.losesUnsyncedWrites = false;
    };
  }
  const defect = defectOf(fault);
  if (host.disk.inject(defect, host.choices) === undefined) return undefined;
  return () => host.disk.heal(defect.kind);
}

function defectOf(fault: DiskFault): DiskDefect {
  switch (fault.kind) {
    case 'disk-misdirected':
      return { kind: 'disk-misdirected', operation: 'read' };
    case 'disk-fsync-fails':
      return { kind: 'disk-fsync-fails', losesPages: true };
    case 'disk-slow':
      return { kind: 'disk-slow', factor: Math.max(1, fault.amount ?? 10) };
    case 'disk-lost-writes':
      throw new TypeError(
        "Cannot make 'disk-lost-writes' a defect of the disk: it is a property of its host's crashes",
      );
    default:
      return { kind: fault.kind };
  }
}
