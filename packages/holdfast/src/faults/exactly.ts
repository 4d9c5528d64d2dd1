import type { FaultKind } from '@holdfast/world';
import type { FaultDraft, FaultSpec } from './spec.ts';

/** Exactly these faults, as data: for regression runs and for schedules a paper gives. */
export function exactly(faults: readonly FaultDraft[]): FaultSpec {
  const kinds = [...new Set(faults.map((fault): FaultKind => fault.kind))];
  const hosts = [...new Set(faults.flatMap(namesIn))];
  return { name: `${faults.length} given faults`, kinds, hosts, plan: () => [...faults] };
}

/** Every host a fault mentions. */
function namesIn(fault: FaultDraft): readonly string[] {
  if ('host' in fault) return [fault.host];
  if ('groups' in fault) return fault.groups.flat();
  switch (fault.kind) {
    case 'one-way':
      return [...fault.from, ...fault.to];
    case 'bridge':
      return [...fault.left, ...fault.right];
    default:
      return fault.hosts;
  }
}
