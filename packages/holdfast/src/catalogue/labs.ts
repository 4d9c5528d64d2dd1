import type { LabDefect, LabTrouble, ProtocolLab } from '@holdfast/protocols';
import { linearizable, unclaimed } from '../experiment/contract.ts';
import { type Experiment, experiment } from '../experiment/experiment.ts';
import { drift } from '../faults/drift.ts';
import { lying } from '../faults/lying.ts';
import type { FaultSpec } from '../faults/spec.ts';
import { steady } from '../faults/steady.ts';
import { storm } from '../faults/storm.ts';
import { swarm } from '../faults/swarm.ts';
import { protocol } from '../subjects/protocol/subject.ts';
import { labLoad } from '../workloads/labLoad.ts';

/** A lab under its usual faults: it must hold. */
export function labExperiment(lab: ProtocolLab): Experiment {
  return build(lab, lab.name, undefined, undefined);
}

/** A broken twin under the faults that bring its defect out: `multi-paxos-leaves-gaps`. */
export function labTwin(lab: ProtocolLab, defect: LabDefect): Experiment {
  return build(lab, `${lab.name}-${defect.name}`, defect, defect.name);
}

/** The correct protocol in the very setting of a twin: it must hold there. */
export function labTwinControl(lab: ProtocolLab, defect: LabDefect): Experiment {
  return build(lab, `${lab.name}-${defect.name}-control`, defect, undefined);
}

function build(
  lab: ProtocolLab,
  name: string,
  setting: LabDefect | undefined,
  defect: string | undefined,
): Experiment {
  const promise = {
    duringPartition: 'reject',
    ...(lab.recovers === false ? { availability: 'none' as const } : {}),
  } as const;
  return experiment({
    name,
    subject: protocol(lab, {
      defect,
      ...(setting?.nodes === undefined ? {} : { nodes: setting.nodes.length }),
      ...(setting?.options === undefined ? {} : { options: setting.options }),
    }),
    workload: labLoad(lab, setting?.ratePerSecond),
    faults: troublesOf(lab, setting, defect).map(faultOf),
    contract: Object.fromEntries(
      lab.operations.map(({ f, judged }) => [f, judged ? linearizable(promise) : unclaimed(promise)]),
    ),
    bounds: {
      ...lab.bounds,
      ...(setting?.simulatedSeconds === undefined ? {} : { simulatedSeconds: setting.simulatedSeconds }),
    },
  });
}

/** A protocol holds where its assumptions do: the control of a twin that withdraws one runs under the lab's own faults. */
function troublesOf(
  lab: ProtocolLab,
  setting: LabDefect | undefined,
  defect: string | undefined,
): readonly LabTrouble[] {
  const assumes = setting?.withdraws !== undefined && defect === undefined;
  return assumes ? lab.troubles : (setting?.troubles ?? lab.troubles);
}

function faultOf(trouble: LabTrouble): FaultSpec {
  switch (trouble.kind) {
    case 'steady':
      return steady(trouble);
    case 'storm':
      return storm(trouble);
    case 'swarm':
      return swarm(Object.fromEntries(trouble.classes.map((name) => [name, true])));
    case 'drift':
      return drift(trouble.ppm);
    case 'lies':
      return lying({ hosts: trouble.nodes.map((node) => `N${node}`), lie: trouble.lie });
  }
}
