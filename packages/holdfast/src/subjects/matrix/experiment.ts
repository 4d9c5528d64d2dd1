import type { Operation } from '@holdfast/check';
import { unclaimed } from '../../experiment/contract.ts';
import { type Experiment, experiment } from '../../experiment/experiment.ts';
import type { Subject } from '../../experiment/subject.ts';
import type { PlannedOperation, Workload } from '../../experiment/workload.ts';
import { exactly } from '../../faults/exactly.ts';
import type { SketchRun } from '../sketch/options.ts';
import { sketch } from '../sketch/sketch.ts';
import { judgeRow, PARTITION_MATRIX, SIDES } from './matrix.ts';
import { AUTHORITY, emptyShop, type MatrixDefect, ShopNode, type ShopState, STOCK } from './shop.ts';

const SPLIT = { fromUs: 2_000_000, untilUs: 6_000_000 };
const NODES = ['west-1', 'west-2', 'east'];
const EVERY_MS = 400;
/** Nobody is asked when the split is about to begin or to end: an answer would fall into another time. */
const CLEAR_US = 350_000;

/** Every operation on both sides, over and over, before the split, during it and after it. */
const workload: Workload = {
  name: 'five operations on two sides',
  clients: 2,
  operations: PARTITION_MATRIX.map(({ operation }) => operation),
  model: null,
  plan: ({ choices }): PlannedOperation[] => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    for (let ms = 500; ms < 8_000; ms += EVERY_MS)
      for (const [i, { operation: f }] of PARTITION_MATRIX.entries())
        for (const [client, side] of SIDES.entries()) {
          const atUs = (ms + 20 * i) * 1_000 + choices.below(10_000, 'offset');
          if ([SPLIT.fromUs, SPLIT.untilUs].some((us) => Math.abs(us - atUs) < CLEAR_US)) continue;
          // Both sides want to lead the same term, and stock is asked for only while there is some on the side of the authority.
          if (f === 'reserve-inventory' && ms % 1_200 !== 500) continue;
          const key = f === 'acquire-leadership' ? `term-${ms}` : `${f}-${side}-${ms}`;
          planned.push({ atUs, client, f, key, input: side });
        }
    return planned.toSorted((a, b) => a.atUs - b.atUs).map((one, id) => ({ ...one, id }));
  },
};

/** A shop on three nodes as a subject, right or wrong in one of its five operations. One promise for each row of the matrix. */
export function matrixShop(defect: MatrixDefect | null): Subject {
  return sketch({
    name: defect === null ? 'shop by the matrix' : `shop that ${defect}`,
    nodes: NODES,
    operations: workload.operations,
    survives: ['omission'],
    clients: { entry: (client) => [client === 0 ? 'west-1' : 'east'], timeoutMs: 900 },
    program: (node) => new ShopNode(node, defect),
    promises: PARTITION_MATRIX.map(({ operation }) => promiseOf(operation)),
    judge: (run) =>
      PARTITION_MATRIX.map((row) => {
        const { deviations, calls } = judgeRow(row, run.operations, SPLIT, brokenAfter(row.operation, run));
        const kept = deviations.length === 0;
        const reason = kept
          ? `${row.sides.majority} with a majority, ${row.sides['cut-off']} without; ${row.afterwards}`
          : deviations.join('; ');
        return { promise: promiseOf(row.operation), kept, reason, examined: calls };
      }),
  });
}

/** The promise that a row of the matrix makes. */
export function promiseOf(operation: string): string {
  return `${operation} follows the matrix`;
}

/** The five operations under one partition of four seconds. */
export function matrixExperiment(defect: MatrixDefect | null): Experiment {
  return experiment({
    name: `partition-matrix${defect === null ? '' : `-${defect}`}`,
    subject: matrixShop(defect),
    workload,
    faults: [
      exactly([
        {
          kind: 'partition',
          groups: [['west-1', 'west-2'], ['east']],
          unlisted: 'with-all',
          atUs: SPLIT.fromUs,
          forUs: SPLIT.untilUs - SPLIT.fromUs,
        },
      ]),
    ],
    contract: Object.fromEntries(
      workload.operations.map((f) => [f, unclaimed({ duringPartition: 'reject', availability: 'none' })]),
    ),
    bounds: { simulatedSeconds: 16, recoverWithinMs: 2_000 },
  });
}

/** What was not as it must be once the network had healed; undefined when all was. */
function brokenAfter(operation: string, { kept, effects, operations }: SketchRun): string | undefined {
  const states = kept.map((each) => (each['shop'] ?? emptyShop()) as ShopState);
  const confirmed = (f: string): Operation[] =>
    operations.filter((each) => each.f === f && each.outcome === 'ok');
  if (operation === 'read-catalogue') {
    const newest = states[AUTHORITY]?.version ?? 0;
    const late = states.findIndex(({ version }) => version < newest - 1);
    return late < 0 ? undefined : `${NODES[late]} is at version ${states[late]?.version} of ${newest}`;
  }
  if (operation === 'update-payment') {
    const lost = confirmed(operation).filter(({ key = '' }) => states[AUTHORITY]?.payments[key] !== true);
    return lost.length === 0 ? undefined : `${lost.length} confirmed updates are unknown to the authority`;
  }
  if (operation === 'reserve-inventory') {
    const sold = effects.filter(({ what }) => what === 'sells').length;
    return sold <= STOCK ? undefined : `${sold} were sold of ${STOCK}`;
  }
  if (operation === 'add-to-cart') {
    const all = confirmed(operation).map(({ key = '' }) => key);
    const lost = all.filter((key) => states.some(({ cart }) => cart[key] !== true));
    return lost.length === 0 ? undefined : `${lost.length} of ${all.length} items are missing from some cart`;
  }
  const leaders = new Map<string, Set<number>>();
  for (const { key, node } of effects.filter(({ what }) => what === 'leads'))
    leaders.set(key, (leaders.get(key) ?? new Set()).add(node));
  const two = [...leaders].filter(([, nodes]) => nodes.size > 1);
  return two.length === 0 ? undefined : `${two.length} terms had two leaders`;
}
