import type { PlannedOperation } from '../experiment/workload.ts';
import type { Call } from '../experiment/subject.ts';

/**
 * The few calls of a plan that an exploration makes, each by a client of its own, all on one key: first one that changes something, then one
 * that reads, then one of each further kind, then more. Kinds that the plan asks for more often come first.
 */
export function chooseCalls(planned: readonly PlannedOperation[], count: number): Call[] {
  const key = planned[0]?.key;
  const own = planned.filter((operation) => operation.key === key);
  const kinds = [...new Set(own.map(({ f }) => f))].map((f) => own.filter((operation) => operation.f === f));
  kinds.sort((a, b) => b.length - a.length);
  const changes = kinds.find(([first]) => first !== undefined && first.input !== null);
  const reads = kinds.find(([first]) => first !== undefined && first.input === null);
  const others = kinds.filter((kind) => kind !== changes && kind !== reads);
  const chosen: PlannedOperation[] = [];
  for (let round = 0; chosen.length < Math.min(count, own.length); round++)
    // Two reads that disagree tell more than two changes.
    for (const kind of round === 0 ? [changes, reads, ...others] : [reads, ...others, changes]) {
      const operation = kind?.[round];
      if (operation !== undefined && chosen.length < count) chosen.push(operation);
    }
  return chosen.map(({ f, key: of, input }, process) => ({ process, sequence: 1, f, key: of, input }));
}
