import type { LabOperation, ProtocolLab } from '@holdfast/protocols';
import type { Stream } from '@holdfast/world';
import type { PlannedOperation, PlanningContext, Workload } from '../experiment/workload.ts';

/** The usual load of a lab: open-loop arrivals over its keys and clients, then final reads. */
export function labLoad(lab: ProtocolLab, ratePerSecond: number = lab.load.ratePerSecond): Workload {
  return {
    name: `${lab.name} load`,
    clients: lab.load.clients,
    operations: lab.operations.map(({ f }) => f),
    model: lab.model,
    plan: (context) => planLoad(lab, ratePerSecond, context),
  };
}

function planLoad(lab: ProtocolLab, ratePerSecond: number, context: PlanningContext): PlannedOperation[] {
  const { clients, keys } = lab.load;
  if (clients === 0 || lab.operations.length === 0) return [];
  const { choices } = context;
  const planned: PlannedOperation[] = [];
  const latest = new Array<number>(keys).fill(0);
  let unique = 0;
  const halfGapUs = Math.max(1, Math.round(500_000 / ratePerSecond));
  for (let atUs = context.fromUs; ; ) {
    // A sum of four uniform draws: irregular arrivals with the right mean from integer arithmetic alone.
    for (let i = 0; i < 4; i++) atUs += choices.below(halfGapUs, 'gap');
    atUs++;
    if (atUs >= context.untilUs) break;
    const key = choices.below(keys, 'key');
    const operation = pick(lab.operations, choices);
    const input = operation.input?.({
      latest: latest[key] ?? 0,
      unique: () => (latest[key] = ++unique),
      below: (among, label) => choices.below(among, label),
    });
    const client = choices.below(clients, 'client');
    planned.push({ id: planned.length, atUs, client, f: operation.f, key: `k${key}`, input: input ?? null });
  }
  addFinal(lab, context, planned);
  return planned;
}

function pick(operations: readonly LabOperation[], choices: Stream): LabOperation {
  const total = operations.reduce((sum, { weight }) => sum + weight, 0);
  let at = choices.below(total, 'operation');
  for (const operation of operations) {
    if (at < operation.weight) return operation;
    at -= operation.weight;
  }
  return operations[operations.length - 1] as LabOperation;
}

function addFinal(lab: ProtocolLab, context: PlanningContext, planned: PlannedOperation[]): void {
  const final = lab.operations.filter(({ atTheEnd }) => atTheEnd === true);
  const { clients, keys } = lab.load;
  const gap = Math.floor((context.finalUntilUs - context.untilUs) / (final.length * clients * keys + 1));
  let atUs = context.untilUs;
  for (const { f } of final) {
    for (let key = 0; key < keys; key++) {
      for (let client = 0; client < clients; client++) {
        atUs += Math.max(1, gap);
        planned.push({ id: planned.length, atUs, client, f, key: `k${key}`, input: null });
      }
    }
  }
}
