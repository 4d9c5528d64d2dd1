import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readExperiment } from '@holdfast/live';
import { expectRun, lacking, type LiveCheck } from './liveCheck.ts';

const FOLDER = join(import.meta.dirname, '../../casebook/live');
const FILES = ['etcd-set', 'postgres-list-append', 'postgres-serializable-g2', 'rabbitmq-queue'];

/** Loads other than registers, each on a system that has such a thing; with their controls. */
export function loadChecks(): LiveCheck[] {
  return FILES.map((name) => {
    const file = readExperiment(readFileSync(join(FOLDER, `${name}.yaml`), 'utf8'), name);
    const { system, network = 'loopback' } = file.subject;
    return {
      name: `${name}.yaml shows what it is about, and so do its controls`,
      skip: () => lacking(system, network),
      async run() {
        const runs = [{ vars: {}, expect: file.expect ?? ('holds' as const) }, ...(file.controls ?? [])];
        for (const { vars, expect = 'holds' } of runs) await expectRun(file, { vars, expect });
      },
    };
  });
}
