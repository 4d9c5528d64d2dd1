import {
  calls,
  type Experiment,
  exactly,
  experiment,
  payments,
  type PaymentsOptions,
  readRetryFields,
  service,
  unclaimed,
} from 'holdfast';
import budget from './budget.json' with { type: 'json' };

/** The file that configures the careful client. */
const CONTRACT = readRetryFields(budget, 'casebook/retry-storm/budget.json');

/**
 * Users pay 28 times a second; the risk service can do 43. From the third second on one packet in fifty is lost; from the sixth the disk of the
 * risk service is six times slower. At 12 seconds everything heals, and users go on for another eight.
 */
function storm(name: string, options: PaymentsOptions): Experiment {
  return experiment({
    name,
    subject: service(
      payments({
        ...options,
        bounds: {
          amplification: 1.3,
          recoverWithinMs: 4_000,
          lateWorkSlackMs: 10,
          oneEffect: true,
          queue: 50,
        },
      }),
    ),
    workload: calls({ clients: 6, ratePerSecond: 28, mix: { charge: 1 } }),
    faults: [
      exactly([
        { kind: 'loss', hosts: [], probability: 0.02, atUs: 3_000_000, forUs: 0 },
        { kind: 'disk-slow', host: 'risk', amount: 6, atUs: 6_000_000, forUs: 0 },
      ]),
    ],
    contract: { charge: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 24, recoverWithinMs: 4_000 },
  });
}

const experiments = {
  wrong: storm('wrong', { client: 'retry-at-once', admission: false }),
  better: storm('better', { client: CONTRACT }),
  'no-retries': storm('no-retries', { client: 'no-retries', admission: false }),
  'backoff-without-keys': storm('backoff-without-keys', { client: CONTRACT, admission: false, keyed: false }),
  'backoff-with-keys': storm('backoff-with-keys', { client: CONTRACT, admission: false }),
};

export default experiments;
