import {
  type ConflictRule,
  editor,
  type EditorOptions,
  edits,
  exactly,
  type Experiment,
  experiment,
  swarm,
  unclaimed,
} from 'holdfast';

const CONTRACT = {
  save: unclaimed({ duringPartition: 'accept-and-merge', availability: 'none' }),
  open: unclaimed({ duringPartition: 'accept-and-merge', availability: 'none' }),
};

/** The clock of the first region jumps forward by five seconds, as after a wrong synchronisation. */
const JUMP = { kind: 'clock-step', host: 'N1', amount: 5_000_000, forUs: 0 } as const;

/** Three regions edit three fields, eight edits a second; packets may be lost, doubled and late, and replicas restart. */
function edited(name: string, rule: ConflictRule): Experiment {
  return experiment({
    name,
    subject: editor({ regions: 3, rule }),
    workload: edits({ clients: 3, fields: 3, ratePerSecond: 8 }),
    faults: [
      exactly([{ ...JUMP, atUs: 4_000_000 }]),
      swarm({ loss: true, duplication: true, reordering: true, crashes: true }),
    ],
    contract: CONTRACT,
    bounds: { simulatedSeconds: 20, recoverWithinMs: 2_000 },
  });
}

/** As many writers as regions, all of one field. */
function written(name: string, writers: number, rule: ConflictRule): Experiment {
  return experiment({
    name,
    subject: editor({ regions: writers, rule }),
    workload: edits({ clients: writers, fields: 1, ratePerSecond: 12 }),
    faults: [exactly([{ ...JUMP, atUs: 1_000_000 }])],
    contract: CONTRACT,
    bounds: { simulatedSeconds: 6, recoverWithinMs: 800 },
  });
}

/** A run small enough to be drawn by hand. */
function traced(name: string, options: Partial<EditorOptions> = {}): Experiment {
  return experiment({
    name,
    subject: editor({ regions: 3, rule: 'version-vectors', ...options }),
    workload: edits({ clients: 3, fields: 1, ratePerSecond: 4 }),
    faults: [
      exactly([
        { ...JUMP, amount: 400_000, atUs: 350_000 },
        { kind: 'slow-link', hosts: [], amount: 4, atUs: 0, forUs: 0 },
      ]),
    ],
    contract: CONTRACT,
    bounds: { simulatedSeconds: 2, recoverWithinMs: 400 },
  });
}

const experiments = {
  wrong: edited('wrong', 'wall-clock'),
  better: edited('better', 'version-vectors'),
  hybrid: edited('hybrid', 'hybrid'),
  'wall-3': written('wall-3', 3, 'wall-clock'),
  'wall-50': written('wall-50', 50, 'wall-clock'),
  'lamport-3': written('lamport-3', 3, 'lamport'),
  'lamport-50': written('lamport-50', 50, 'lamport'),
  'hybrid-3': written('hybrid-3', 3, 'hybrid'),
  'hybrid-50': written('hybrid-50', 50, 'hybrid'),
  'versions-3': written('versions-3', 3, 'version-vectors'),
  'versions-50': written('versions-50', 50, 'version-vectors'),
  'crdt-3': written('crdt-3', 3, 'crdt'),
  'crdt-50': written('crdt-50', 50, 'crdt'),
  'three-nodes': traced('three-nodes'),
  'three-nodes-deaf': traced('three-nodes-deaf', { defect: 'deaf-clocks' }),
};

export default experiments;
