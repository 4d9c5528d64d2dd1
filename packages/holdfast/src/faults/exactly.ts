import type { FaultKind } from '@holdfast/world';
import type { FaultDraft, FaultSpec } from './spec.ts';

/** Exactly these faults, as data: for regression runs and for schedules a paper gives. */
export function exactly(faults: readonly FaultDraft[]): FaultSpec {
  const kinds = [...new Set(faults.map((fault): FaultKind => fault.kind))];
  const hosts = [...new Set(faults.flatMap((fault) => ('host' in fault ? [fault.host] : [])))];
  return { name: `${faults.length} given faults`, kinds, hosts, plan: () => [...faults] };
}
