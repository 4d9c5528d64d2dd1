import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { lacking } from '../liveCheck.ts';
import { audited, planOf } from '../readPaths.ts';
import type { Figure } from './figure.ts';

const PLAN = join(import.meta.dirname, '../../../casebook/live/etcd-read-contract.md');

/** Fills the read-contract test plan, and writes it. */
export const reads: Figure = {
  name: 'reads',
  skip: () => lacking('etcd', 'namespaces'),
  async run() {
    const audits = [await audited('linearizable'), await audited('serializable')];
    writeFileSync(PLAN, planOf(audits));
    return audits.flatMap(({ mode, paths }) =>
      paths.map(({ condition, asked, answered, stalestMs }) => ({
        what: `${mode} reads, ${condition}`,
        measured: `${answered} of ${asked} answered, oldest ${stalestMs.toFixed(0)} ms`,
        floor: mode === 'linearizable' ? 'never old' : '',
        kept: mode !== 'linearizable' || stalestMs === 0,
      })),
    );
  },
};
