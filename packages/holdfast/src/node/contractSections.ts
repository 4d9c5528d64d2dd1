import { labelOf, type Operation, type OperationReport } from '@holdfast/check';
import type { ReportSection } from '@holdfast/report';
import type { RunResult } from '../simulate/simulate.ts';

/** Operations of an order that are told one by one. */
const MOST_ORDERED = 200;

/** What a report says of the contract beside its verdicts: each kind of operation by itself, and the order that explains the history. */
export function contractSections(
  result: Pick<RunResult, 'operations' | 'verdicts' | 'history'>,
): ReportSection[] {
  const sections: ReportSection[] = [];
  if (result.operations.length > 0) {
    const text = result.operations.map(operationLine).join('\n\n');
    sections.push({ title: 'What each operation had', text });
  }
  const explained = result.verdicts.find(
    ({ status, evidence }) => status === 'holds' && (evidence.order?.length ?? 0) > 0,
  );
  if (explained !== undefined) {
    const { promise, evidence } = explained;
    sections.push({
      title: `An order that explains ${promise}`,
      text: orderText(evidence.order ?? [], result.history.operations),
    });
  }
  return sections;
}

/** Which of consistency and availability a kind of operation had, also while something was cut off. */
function operationLine({ f, consistency, operations, answered, duringPartition }: OperationReport): string {
  const claimed =
    consistency === 'unclaimed' ? 'claims nothing about consistency' : `consistency ${consistency}`;
  const all = `${f}: ${claimed}; ${answered} of ${operations} answered`;
  if (duringPartition.operations === 0) return `${all}; none was open during a partition.`;
  const cut = `${duringPartition.answered} of ${duringPartition.operations} that were open during a partition`;
  return `${all}, ${cut}: ${duringPartition.isAvailable ? 'available' : 'not available'} during partitions.`;
}

function orderText(order: readonly number[], operations: readonly Operation[]): string {
  const byId = new Map(operations.map((operation) => [operation.id, operation]));
  const told = order.slice(0, MOST_ORDERED).flatMap((id, place) => {
    const operation = byId.get(id);
    return operation === undefined
      ? []
      : [`${place + 1}. ${labelOf(operation)} (process ${operation.process})`];
  });
  const rest = order.length - told.length;
  return `${told.join('; ')}${rest > 0 ? `; and ${rest} more` : ''}.`;
}
