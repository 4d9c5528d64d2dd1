import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NetworkName, type PlayedFile, readExperiment, type SimulatedStage } from '@holdfast/live';
import { simulatedStage } from '../../packages/holdfast/src/node/simulatedLive/stage.ts';
import { expectRun, lacking, type LiveCheck } from './liveCheck.ts';

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
        const simulate = (played: PlayedFile): SimulatedStage => simulatedStage(played, 1);
        const result = await expectRun(file, { vars, network, simulate, expect });
        for (const measure of MEASURES) {
          const value = result.metrics.find((one) => one.name === measure)?.value;
          assert.ok(Number.isFinite(value), `${measure} was measured`);
        }
      }
    },
  };
}
