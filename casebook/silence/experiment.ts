import {
  exactly,
  type Experiment,
  experiment,
  type PlannedOperation,
  unclaimed,
  type Workload,
} from 'holdfast';
import { ASKED_MS, EXPLANATIONS, type Explanation, FAULTS, type Reading, shop, SILENT } from './service.ts';

/** A payment every half a second; one of them meets silence. */
const payments: Workload = {
  name: 'payments',
  clients: 1,
  operations: ['pay'],
  model: null,
  plan: ({ choices }) => {
    const planned: Omit<PlannedOperation, 'id'>[] = [];
    for (let ms = 1_000; ms < 6_000; ms += 500) {
      const isSilent = ms === ASKED_MS;
      // The shop asks the bank at once, so a client that asks a millisecond before is heard at the instant.
      const atUs = isSilent ? (ASKED_MS - 1) * 1_000 : ms * 1_000 + choices.below(50_000, 'offset');
      planned.push({ atUs, client: 0, f: 'pay', key: isSilent ? SILENT : `pay-${ms}`, input: null });
    }
    return planned.map((operation, id) => ({ ...operation, id }));
  },
};

/** The key of an explanation under a reading: `the-answer-was-lost, not done`. */
export type Key = `${Explanation}: ${Reading}`;

function run(explanation: Explanation, reading: Reading): Experiment {
  return experiment({
    name: `${explanation} ${reading}`.replaceAll(' ', '-'),
    subject: shop(reading),
    workload: payments,
    faults: [exactly([FAULTS[explanation]])],
    contract: { pay: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 8, recoverWithinMs: 1_000 },
  });
}

const READINGS: readonly Reading[] = ['not done', 'done', 'not known'];

const all = Object.fromEntries(
  EXPLANATIONS.flatMap((explanation) =>
    READINGS.map((reading) => [`${explanation}: ${reading}`, run(explanation, reading)]),
  ),
) as Record<Key, Experiment>;

const experiments = {
  wrong: all['the answer was lost: not done'],
  better: all['the answer was lost: not known'],
  ...all,
};

export default experiments;
