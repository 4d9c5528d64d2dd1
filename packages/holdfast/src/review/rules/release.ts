import type { ServiceDescription } from '../description.ts';
import { ROLLOUT_PROMISES } from '../rollout/judge.ts';
import { rolloutPlan, RolloutPlanError } from '../rollout/plan.ts';
import { held, metric, placeOf, rehearsed, type Rule, rule, struck, undecided, violated } from '../rule.ts';

/** Metrics that tell of correctness (S3.15 to S3.19). */
export const CORRECTNESS_METRICS = [
  'leader_changes_per_minute',
  'commit_index_monotonic',
  'snapshot_install_failures',
  'quorum_acks_latency_p99',
  'rejected_requests_due_to_admission_control',
] as const;

/** The rollback plan, RB1 to RB5 (S3.28), and what must be so before a release, RC1 to RC6 (S3.30). */
export const RELEASE_RULES: readonly Rule[] = [
  rule('release', 'RB1', 'Old and new versions bear each other: there is no flag day', (service, runs) => {
    requirePlan(service);
    const run = struck(runs, 'good-deploy', []);
    if (metric(run, 'out') === 0) violated(placeOf(run), 'the new version did not go out');
    return [placeOf(run), held(run, ROLLOUT_PROMISES.compatible).reason];
  }),
  rule('release', 'RB2', 'Both are written for a while, and compared', (_service, runs) => {
    const run = struck(runs, 'planted-mismatch', []);
    const { reason } = held(run, ROLLOUT_PROMISES.verified);
    if (metric(run, 'rows that differ') === 0) undecided(placeOf(run), 'no mismatch was planted there');
    return [placeOf(run), reason];
  }),
  rule('release', 'RB3', 'Evidence of a rollback is kept', (_service, runs) => {
    const run = struck(runs, 'bad-deploy', []);
    return [placeOf(run), held(run, ROLLOUT_PROMISES.evidence).reason];
  }),
  rule('release', 'RB4', 'What takes a version back is a metric and a threshold', (service, runs) => {
    const { trigger } = requirePlan(service);
    if (trigger === null) return violated('rollout.trigger', 'nothing takes a version back by itself');
    const run = struck(runs, 'bad-deploy', []);
    const { reason } = held(run, ROLLOUT_PROMISES.trigger);
    if (metric(run, 'went back') === 0) undecided(placeOf(run), `it did not trip: ${reason}`);
    return [placeOf(run), reason];
  }),
  rule('release', 'RB5', 'Versions go out in stages, a few servers first', (_service, runs) => {
    const run = struck(runs, 'bad-deploy', []);
    return [placeOf(run), held(run, ROLLOUT_PROMISES.staged).reason];
  }),
  rule('release', 'RC1', 'Telemetry tells of correctness', ({ exports }, runs) => {
    const run = struck(runs, 'failover', []);
    for (const name of CORRECTNESS_METRICS) {
      if (!exports.includes(name)) violated('exports', `'${name}' is not exported`);
      metric(run, name);
    }
    const changes = metric(run, 'leader_changes_per_minute');
    return [
      placeOf(run),
      `${CORRECTNESS_METRICS.length} metrics; ${changes.toFixed(1)} changes of leader a minute`,
    ];
  }),
  rule('release', 'RC2', 'Safety properties are written as invariants', ({ properties }, runs) => {
    if (properties.length === 0) violated('properties', 'there is none');
    const unseen = properties.find((property) => !runs.judges(property));
    if (unseen !== undefined) violated(`properties.${unseen}`, 'no rehearsal gave it anything to judge');
    return ['properties', `${properties.length} properties, each judged in a rehearsal`];
  }),
  rule('release', 'RC3', 'Rollback is rehearsed, and nobody does it by hand', (_service, runs) => {
    const run = rehearsed(runs, 'bad-deploy');
    if (metric(run, 'went back') === 0) violated(placeOf(run), 'the bad version was not taken back');
    return [placeOf(run), held(run, ROLLOUT_PROMISES.ended).reason];
  }),
  rule('release', 'RC4', 'Assumptions are listed, and somebody has looked at them', ({ model }) => {
    const { assumptions, reviewer, reviewedOn } = model;
    if (assumptions.length === 0) violated('model.assumptions', 'there is none');
    if (reviewer === undefined || reviewer.trim() === '')
      violated('model.reviewer', 'nobody has looked at them');
    if (reviewedOn === undefined || !/^\d{4}-\d{2}-\d{2}$/.test(reviewedOn))
      violated('model.reviewedOn', 'nobody knows when');
    return ['model', `${assumptions.length} assumptions, reviewed by ${reviewer} on ${reviewedOn}`];
  }),
  rule(
    'release',
    'RC5',
    'Failure modes are listed, each with what is done about it',
    ({ failureModes }, runs) => {
      const kinds = new Set(runs.faults().map(({ kind }) => kind));
      if (kinds.size === 0) undecided('rehearsals', 'no rehearsal has a fault');
      for (const kind of kinds) {
        const mitigation = failureModes[kind];
        if (mitigation === undefined || mitigation.trim() === '')
          violated(`failureModes.${kind}`, `rehearsals inject '${kind}', and nothing is said of it`);
      }
      return ['failureModes', `${kinds.size} kinds of faults are injected, each with a mitigation`];
    },
  ),
  rule('release', 'RC6', 'Costs stay bounded whatever comes in', ({ memory, calls }, runs) => {
    const run = rehearsed(runs, 'adversarial', [['slow-cpu'], ['narrow-link']]);
    const bytes =
      metric(run, 'longestQueue') * calls.tiers.length * memory.bytesPerRequest + metric(run, 'keyBytes');
    if (bytes > memory.capBytes)
      violated(placeOf(run), `${bytes} bytes were kept, ${memory.capBytes} may be`);
    const seen = run.shows.map((promise) => held(run, promise).reason).join('; ');
    return [
      placeOf(run),
      `under caps of processor and bandwidth ${bytes} of ${memory.capBytes} bytes; ${seen}`,
    ];
  }),
];

function requirePlan({ rollout }: ServiceDescription): ReturnType<typeof rolloutPlan> {
  try {
    return rolloutPlan(rollout);
  } catch (error) {
    if (error instanceof RolloutPlanError) return violated(`rollout.${error.field}`, error.message);
    throw error;
  }
}
