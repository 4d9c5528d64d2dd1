import { backoff, startAdmission, startBreaker, startRetryBudget, retryPolicy } from '@holdfast/protocols';
import { linkPolicy } from '@holdfast/world';
import { ExperimentError } from '../../experiment/errors.ts';
import type { Subject } from '../../experiment/subject.ts';
import { serviceLabel } from './messages.ts';
import type { CallOptions, ServiceOptions } from './options.ts';
import { promisesOf } from './promises.ts';
import { hostNames, RunningService } from './running.ts';

/** Most hosts of a tier, and most tiers. */
const MAX_REPLICAS = 100;
const MAX_TIERS = 20;

/**
 * A service of several tiers under load, with its users: queues, workers, timeouts and retries at each layer, and what a run says of them (goodput,
 * amplification, queues, recovery). The first tier is what users call. Throws `ExperimentError` or `PolicyError`.
 */
export function service(options: ServiceOptions): Subject {
  check(options);
  return {
    name: options.name,
    nodes: options.tiers.flatMap(hostNames),
    failureModels: ['omission', 'timing'],
    operations: options.operations,
    promises: promisesOf(options.bounds),
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 1_000 } }),
    messageLabel: serviceLabel,
    start: (context) => new RunningService(context, options),
  };
}

function check({ name, tiers, operations, client, patienceMs }: ServiceOptions): void {
  const names = tiers.map((tier) => tier.name);
  const refuse = (field: string, problem: string, mend: string): never => {
    throw new ExperimentError(`service '${name}'.${field}`, problem, mend);
  };
  if (tiers.length < 1 || tiers.length > MAX_TIERS) {
    refuse('tiers', `must be from 1 to ${MAX_TIERS}: current value is ${tiers.length}`, 'name the tiers');
  }
  if (new Set(names).size !== names.length) refuse('tiers', 'names a tier twice', 'give each its own name');
  if (!(patienceMs > 0))
    refuse('patienceMs', `must be above 0: current value is ${patienceMs}`, 'say how long users wait');
  checkCall(client);
  for (const [i, { name: tier, calls = [], gate, replicas = 1, effect }] of tiers.entries()) {
    startAdmission(gate);
    if (!Number.isInteger(replicas) || replicas < 1 || replicas > MAX_REPLICAS) {
      refuse(
        `${tier}.replicas`,
        `must be from 1 to ${MAX_REPLICAS}: current value is ${replicas}`,
        'choose a number',
      );
    }
    for (const { to, how } of calls) {
      if (names.indexOf(to) <= i) {
        refuse(
          `${tier}.calls`,
          `names '${to}', which is not a later tier`,
          `the tiers are ${names.join(', ')}`,
        );
      }
      checkCall(how);
    }
    const unknown = effect?.operations.find((f) => !operations.includes(f));
    if (unknown !== undefined)
      refuse(`${tier}.effect`, `names operation '${unknown}'`, `there are ${operations.join(', ')}`);
  }
}

function checkCall({ retry, budget, breaker }: CallOptions): void {
  retryPolicy(retry);
  backoff(retry.backoff);
  startRetryBudget(budget);
  if (breaker !== undefined) startBreaker(breaker);
}
