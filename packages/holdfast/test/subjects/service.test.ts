import { answerRetryQuestions, policyOf, readRetryFile, type RetryContract } from '@holdfast/protocols';
import { Choices, linkPolicy, World } from '@holdfast/world';
import {
  calls,
  exactly,
  type Experiment,
  experiment,
  type FaultDraft,
  payments,
  type PaymentsOptions,
  planRun,
  type RunResult,
  service,
  type ServiceBounds,
  simulate,
  simulateTwice,
  swarm,
  unclaimed,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { RunningService } from '../../src/subjects/service/running.ts';

const CONTRACT: RetryContract = readRetryFile(
  `Operation: POST /payments
Side effect?: yes
Timeout: 450 ms each, 1.5 s in all
Max attempts: 3
Backoff: from 100 ms, times 2, at most 2 s
Jitter: full
Idempotency key: Idempotency-Key, kept 24 h
Circuit/degrade rule: retries 10 % of calls and 1 a second over 10 s; then answer "pending"
Metrics: load multiplier <= 1.3
`,
  'budget.txt',
);

const BOUNDS: ServiceBounds = {
  amplification: 1.3,
  recoverWithinMs: 4_000,
  lateWorkSlackMs: 10,
  oneEffect: true,
  queue: 50,
};

/** Messages are lost from the third second on, and the risk service's disk is slow for six seconds. */
const STORM: readonly FaultDraft[] = [
  { kind: 'loss', hosts: [], probability: 0.02, atUs: 3_000_000, forUs: 0 },
  { kind: 'disk-slow', host: 'risk', amount: 6, atUs: 6_000_000, forUs: 0 },
];

function storm(options: PaymentsOptions, faults = [exactly(STORM)]): Experiment {
  return experiment({
    name: 'storm',
    subject: service(payments({ bounds: BOUNDS, ...options })),
    workload: calls({ clients: 6, ratePerSecond: 28, mix: { charge: 1 } }),
    faults,
    contract: { charge: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 24, recoverWithinMs: 4_000 },
  });
}

const CARELESS: PaymentsOptions = { client: 'retry-at-once', admission: false };

function broken({ verdicts }: RunResult): string[] {
  return verdicts.filter(({ status }) => status === 'violated').map(({ promise }) => promise);
}

describe('a retry storm', () => {
  it('S0.16 retrying at once keeps the service down after the trigger; a budget brings it back, on the same seeds', () => {
    for (const seed of [2]) {
      const careless = simulate(storm(CARELESS), seed);
      expect(careless.metrics['offeredAfter']).toBeGreaterThan(2);
      expect(careless.metrics['goodputAfter']).toBeLessThan(0.1);
      expect(careless.metrics['recoveryMs']).toBeUndefined();
      expect(broken(careless)).toEqual([
        'recovery after the fault',
        'bounded amplification',
        'no work for users who have gone',
        'one effect for each call',
        'bounded queues',
      ]);
      const careful = simulate(storm({ client: CONTRACT }), seed);
      expect(careful.status).toBe('holds');
      expect(careful.metrics['recoveryMs']).toBeLessThanOrEqual(4_000);
      expect(careful.metrics['goodputAfter']).toBeGreaterThan(0.95);
      expect(careful.metrics['offeredAfter']).toBeLessThan(1.3);
    }
  });

  it('S0.19 an answer lost after the charge is charged twice without keys, and once with them, on the same seed', () => {
    const loss = [exactly([{ kind: 'loss', hosts: [], probability: 0.05, atUs: 2_000_000, forUs: 0 }])];
    const without = simulate(storm({ client: CONTRACT, keyed: false }, loss), 1);
    expect(broken(without)).toEqual(['one effect for each call']);
    const keyed = simulate(storm({ client: CONTRACT }, loss), 1);
    expect([keyed.status, keyed.metrics['doubledEffects']]).toEqual(['holds', 0]);
    expect(keyed.metrics['effects']).toBeGreaterThan(400);
  });

  it('each promise is broken by the design that lacks its mechanism, and by nothing else of the careful one', () => {
    const unlimited = { ...CONTRACT, budget: { kind: 'unlimited' as const }, maxAttempts: 6 };
    const slow = [exactly([STORM[1] as FaultDraft])];
    expect(broken(simulate(storm({ client: unlimited }, slow), 1))).toEqual(['bounded amplification']);
    const patient = { ...CONTRACT, timeoutMs: 4_000, deadlineMs: 12_000, maxAttempts: 1 };
    expect(broken(simulate(storm({ client: patient, admission: false }, slow), 1))).toContain(
      'no work for users who have gone',
    );
  });

  it('S0.16 holds over seeds also when servers crash and pause, and packets are lost, doubled and late', () => {
    const faults = [swarm({ crashes: true, pauses: true, loss: true, duplication: true, reordering: true })];
    const bounds: ServiceBounds = { oneEffect: true, queue: 50, recoverWithinMs: 4_000 };
    for (let seed = 1; seed <= 5; seed++) {
      const { verdicts, metrics } = simulate(storm({ client: CONTRACT, bounds }, faults), seed);
      expect(
        verdicts.filter(({ status }) => status !== 'holds'),
        `seed ${seed}`,
      ).toEqual([]);
      expect(metrics['effects']).toBeGreaterThan(100);
    }
    const experiment = storm({ client: CONTRACT }, faults);
    const twice = simulateTwice(experiment, planRun(experiment, 1));
    expect(twice.second).toBe(twice.digest);
  });
});

/** The payment API in a world of its own, with one client host; so many packets are lost. */
function running(options: PaymentsOptions, loss = 0): { world: World; subject: RunningService } {
  const chosen = payments(options);
  const hosts = [...chosen.tiers.map(({ name }) => name), 'C1'];
  const link = linkPolicy({ ...service(chosen).link, loss });
  const world = new World({ choices: new Choices({ seed: 1 }), hosts, link });
  const servers = chosen.tiers.map((_, i) => i);
  const subject = new RunningService({ world, servers, clients: [3], healAtUs: 0 }, chosen);
  return { world, subject };
}

describe('a client that keeps to its budget', () => {
  it('S0.20 once the budget is spent nothing more is attempted until it fills, and the declared answer is given', () => {
    const budget = { kind: 'ratio', ratio: 0, floorPerSecond: 0.5, windowMs: 4_000 } as const;
    const { world, subject } = running({ client: { ...CONTRACT, budget } });
    world.crash(world.host(0));
    const ends: unknown[] = [];
    const issue = (sequence: number): void => {
      const call = { process: sequence, sequence, f: 'charge', key: `k${sequence}`, input: null };
      subject.issue(3, call, ({ output }) => ends.push(output));
    };
    for (let second = 0; second < 6; second++) {
      world.at(second * 1_000_000, 'issue', () => issue(second));
    }
    world.run(3_900_000);
    const attempts = () => subject.retryTrace().attempts.length;
    // Two retries in four seconds for all calls; each call has its first attempt.
    expect(attempts()).toBe(4 + 2);
    world.run(8_000_000);
    expect(attempts()).toBe(6 + 4);
    expect(ends).toEqual(new Array(6).fill('pending'));
    const closed = running({ client: { ...CONTRACT, budget, exhausted: { kind: 'fail-closed' } } });
    closed.world.crash(closed.world.host(0));
    const call = { process: 1, sequence: 1, f: 'charge', key: 'k', input: null };
    closed.subject.issue(3, call, (end) => ends.push(end));
    closed.world.run(5_000_000);
    expect(ends.at(-1)).toEqual({ outcome: 'unknown', output: 'attempts' });
  });

  it('S1.113 answers the eight questions from its configuration and its run', () => {
    const ask = (contract: RetryContract, options: Partial<PaymentsOptions> = {}): Record<string, string> => {
      const { world, subject } = running({ client: contract, ...options }, 0.05);
      for (let i = 0; i < 200; i++) {
        const call = { process: i, sequence: 1, f: 'charge', key: `k${i}`, input: null };
        world.at(i * 40_000, 'issue', () => subject.issue(3, call, () => undefined));
      }
      world.run(20_000_000);
      const { budget, deadlineMs } = contract;
      const setup = { policy: policyOf(contract), budget, deadlineMs, callerTimeoutMs: 2_000 };
      const answers = answerRetryQuestions(setup, subject.retryTrace());
      return Object.fromEntries(answers.map(({ question, answer }) => [question, answer]));
    };
    // No answer is final here, and no user cancels: the run cannot tell.
    const unseen = { RT7: 'not seen', RT8: 'not seen' };
    const yes = { RT1: 'yes', RT2: 'yes', RT3: 'yes', RT4: 'yes', RT5: 'yes', RT6: 'yes', ...unseen };
    expect(ask({ ...CONTRACT, maxAttempts: 4 })).toEqual({ ...yes, RT3: 'not seen' });
    const unkeyed = ask(CONTRACT, { keyed: false });
    expect([unkeyed['RT1'], unkeyed['RT2']]).toEqual(['no', 'no']);
    const unlimited = { ...CONTRACT, budget: { kind: 'unlimited' } as const, deadlineMs: 2_500 };
    const careless = ask({ ...unlimited, backoff: { ...CONTRACT.backoff, jitter: 'none' } });
    expect([careless['RT4'], careless['RT5'], careless['RT6']]).toEqual(['no', 'no', 'no']);
  });
});
