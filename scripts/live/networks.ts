import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NetworkName, readExperiment, runLive } from '@holdfast/live';
import { simulatedStage } from '../../packages/holdfast/src/node/simulatedLive/stage.ts';
import { lacking, type LiveCheck } from './liveCheck.ts';

const FOLDER = join(import.meta.dirname, '../../casebook/live');
const NETWORKS: readonly NetworkName[] = ['simulation', 'mesh', 'namespaces', 'vxlan'];
const MEASURES = ['leader stability', 'write latency p50 ms', 'write latency p99 ms'];

/** One file on every network, with one verdict; its control too, with the other. */
export function networkChecks(): LiveCheck[] {
  return [
    ...NETWORKS.map((network) => onNetwork('partial-partition.yaml', network)),
    ...(['simulation', 'vxlan'] as const).map((network) => onNetwork('combined-nemesis.yaml', network)),
  ];
}

function onNetwork(name: string, network: NetworkName): LiveCheck {
  return {
    name: `${name} holds with network: ${network}, and its control is violated`,
    skip: () => (network === 'simulation' ? undefined : lacking('etcd', network)),
    async run() {
      const file = readExperiment(readFileSync(join(FOLDER, name), 'utf8'), name);
      for (const { vars = {}, expect = 'holds' } of [{}, ...(file.controls ?? [])]) {
        const result = await runLive(file, {
          vars,
          network,
          simulate: (played) => simulatedStage(played, 1),
        });
        const told = result.verdicts.map(({ promise, status, reason }) => `${promise} ${status}: ${reason}`);
        assert.equal(result.status, expect, told.join('\n  '));
        assert.deepEqual(result.undoFailures, []);
        for (const measure of MEASURES) {
          const value = result.metrics.find((one) => one.name === measure)?.value;
          assert.ok(Number.isFinite(value), `${measure} was measured`);
        }
      }
    },
  };
}
