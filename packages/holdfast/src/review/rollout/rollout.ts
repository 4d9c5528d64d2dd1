import { experiment, type Experiment } from '../../experiment/experiment.ts';
import { unclaimed } from '../../experiment/contract.ts';
import type { Subject } from '../../experiment/subject.ts';
import type { PlannedOperation, Workload } from '../../experiment/workload.ts';
import { exactly } from '../../faults/exactly.ts';
import type { FaultDraft } from '../../faults/spec.ts';
import { sketch } from '../../subjects/sketch/sketch.ts';
import { differing, judgeRollout, recordOf, ROLLOUT_PROMISES, type RolloutPlaces } from './judge.ts';
import { type OperatorDefect, rolloutOperator } from './operator.ts';
import type { RolloutPlan } from './plan.ts';
import { database, type NewVersion, server } from './servers.ts';

/** A new version with nothing wrong. */
export const SOUND: NewVersion = { failing: 0, wrongEvery: 0 };

/** Servers before one database, and somebody who carries out a plan: the new version renames a column. */
export function rollout(plan: RolloutPlan, version: NewVersion = SOUND, defect?: OperatorDefect): Subject {
  const count = plan.stages.at(-1) ?? 1;
  const names = Array.from({ length: count }, (_, i) => `server-${i + 1}`);
  const servers = names.map((_, i) => i + 2);
  const places: RolloutPlaces = { operator: 0, database: 1, servers };
  return sketch({
    name: `rollout of ${plan.to}`,
    nodes: ['operator', 'database', ...names],
    operations: ['write', 'read'],
    survives: ['omission', 'crash-recovery'],
    clients: { entry: (client) => [names[client % count] ?? 'server-1'], timeoutMs: 400 },
    program: (node) => {
      if (node.index === places.operator) return rolloutOperator(node, plan, places, defect);
      if (node.index === places.database) return database(node);
      return server(node, { database: places.database, version, dualWrite: plan.dualWrite });
    },
    promises: Object.values(ROLLOUT_PROMISES),
    judge: (run) => judgeRollout(run, plan, places),
    metrics: (run) => {
      const { exposed, state, stage, samples } = recordOf(run, places);
      return {
        exposed,
        stage,
        looks: samples.length,
        'went back': state === 'back' ? 1 : 0,
        out: state === 'out' ? 1 : 0,
        'rows that differ': differing(run, places).differ,
      };
    },
  });
}

const EVERY_US = 12_500;

/** Each row is written at one server, and read at the next soon after. */
function rows(clients: number): Workload {
  return {
    name: 'rows',
    clients,
    operations: ['write', 'read'],
    model: null,
    plan: ({ fromUs, untilUs }) =>
      Array.from({ length: Math.floor((untilUs - fromUs) / EVERY_US) }, (_, id): PlannedOperation => {
        const row = id >> 1;
        const isWrite = id % 2 === 0;
        const client = (row + (isWrite ? 0 : 1)) % clients;
        const key = `row-${isWrite || row < 2 ? row : row - 2}`;
        return {
          id,
          atUs: fromUs + id * EVERY_US,
          client,
          f: isWrite ? 'write' : 'read',
          key,
          input: isWrite ? key : null,
        };
      }),
  };
}

/** The plan carried out under load. */
export function rolloutExperiment(
  name: string,
  plan: RolloutPlan,
  how: {
    readonly version?: NewVersion;
    readonly faults?: readonly FaultDraft[];
    readonly defect?: OperatorDefect;
  } = {},
): Experiment {
  const any = unclaimed({ duringPartition: 'reject', availability: 'none' });
  return experiment({
    name,
    subject: rollout(plan, how.version, how.defect),
    workload: rows(plan.stages.at(-1) ?? 1),
    faults: [exactly(how.faults ?? [])],
    contract: { write: any, read: any },
    bounds: { simulatedSeconds: 6, recoverWithinMs: 500 },
  });
}
