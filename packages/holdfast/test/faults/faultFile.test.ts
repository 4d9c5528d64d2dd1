import { readFileSync } from 'node:fs';
import { faultOf, readExperiment } from '@holdfast/live';
import { exactly, experiment, linearizable, raftKv, registers } from 'holdfast';
import { runSeed } from 'holdfast/node';
import { expect, test } from 'vitest';

const FILE = new URL('../../../../casebook/live/etcd-partition.yaml', import.meta.url);

test('the faults of a file for a real cluster drive the simulator: the same partition, pause and crash strike', () => {
  const { faults = [] } = readExperiment(readFileSync(FILE, 'utf8'), 'etcd-partition.yaml');
  const promise = linearizable({ duringPartition: 'reject' });
  const outcome = runSeed(
    experiment({
      name: 'from-a-file',
      subject: raftKv({ nodes: 3 }),
      workload: registers({ keys: 4, clients: 3, ratePerSecond: 40, mix: { read: 5, write: 4, cas: 1 } }),
      faults: [exactly(faults.map(faultOf))],
      contract: { read: promise, write: promise, cas: promise },
      bounds: { simulatedSeconds: 16, recoverWithinMs: 4_000 },
    }),
    1,
  );
  expect(outcome.error).toBeUndefined();
  expect(outcome.status).toBe('holds');
  expect(outcome.metrics['faults_struck']).toBe(faults.length);
});
