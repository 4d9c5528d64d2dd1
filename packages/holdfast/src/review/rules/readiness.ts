import type { Operation } from '@holdfast/check';
import { rings } from '../alerts.ts';
import type { Rehearsed } from '../rehearsed.ts';
import { held, metric, placeOf, rehearsed, type Rule, rule, struck, undecided, violated } from '../rule.ts';
import { moves, type SeriesOf } from '../series.ts';
import { runbookFindings } from '../runbook.ts';

/** What dashboards of load show, and those of replication (PR1, PR2). */
const LOAD_SERIES = ['request rate', 'errors', 'saturation', 'tail latency'] as const;
const REPLICA_SERIES = ['quorum health', 'leader changes', 'replication lag'] as const;

/** Events that somebody is woken for (PR4). */
export const RUNBOOK_EVENTS = ['leader loss', 'partition', 'lag', 'replay', 'bad deploy'] as const;

/** Production readiness, PR1 to PR11 (S1.155). */
export const READINESS_RULES: readonly Rule[] = [
  rule(
    'readiness',
    'PR1',
    'Request rate, errors, saturation and tail latency are on dashboards',
    ({ dashboards }, runs) => {
      const run = struck(runs, 'overload', []);
      const seen = LOAD_SERIES.map((name) => `${name} (${pointsOf(dashboards, name, run)} points)`);
      return [placeOf(run), seen.join(', ')];
    },
  ),
  rule(
    'readiness',
    'PR2',
    'Quorum health, leader changes and replication lag are on dashboards, and move',
    ({ dashboards }, runs) => {
      const run = struck(runs, 'failover', [['crash', 'pause', 'partition']]);
      for (const name of REPLICA_SERIES) {
        pointsOf(dashboards, name, run);
        if (!moves(dashboards[name]?.(run) ?? []))
          violated(`dashboards.${name}`, `'${name}' does not move while a leader is lost`);
      }
      return [placeOf(run), `${REPLICA_SERIES.join(', ')} move when a leader is lost`];
    },
  ),
  rule(
    'readiness',
    'PR3',
    'Alerts tell what users feel from what is only less redundant',
    ({ alerts }, runs) => {
      const down = rehearsed(runs, 'replica-down', [['crash', 'pause']]);
      const busy = struck(runs, 'overload', []);
      const ringing = (run: Rehearsed, means: string): string[] =>
        alerts
          .filter((alert) => alert.means === means && rings(alert, run) !== undefined)
          .map(({ name }) => name);
      const cry = ringing(down, 'user impact');
      if (cry.length > 0)
        violated(
          `alerts.${cry[0]}`,
          `'${cry[0]}' says that users suffer while one replica is down and nobody does`,
        );
      const redundancy = ringing(down, 'lost redundancy');
      if (redundancy.length === 0) violated(placeOf(down), 'a replica is down, and nobody is told');
      const impact = ringing(busy, 'user impact');
      if (impact.length === 0) violated(placeOf(busy), 'users suffer under overload, and nobody is told');
      return [
        placeOf(down),
        `one replica down: ${redundancy.join(', ')} alone; overload: ${impact.join(', ')}`,
      ];
    },
  ),
  rule(
    'readiness',
    'PR4',
    'There are runbooks for leader loss, partition, lag, replay and a bad deploy',
    (service, runs) => {
      for (const event of RUNBOOK_EVENTS) {
        const runbook = service.runbooks.find((one) => one.event === event);
        if (runbook === undefined) return violated('runbooks', `there is none for '${event}'`);
        const wrong = runbookFindings(service, runbook, runs).find(({ status }) => status !== 'holds');
        if (wrong !== undefined) violated(`runbooks.${event}.${wrong.field}`, wrong.reason);
      }
      return ['runbooks', `${RUNBOOK_EVENTS.length} documents say what their rehearsals show`];
    },
  ),
  rule('readiness', 'PR5', 'Load was tried with a slow dependency and lost packets', ({ calls }, runs) => {
    const run = rehearsed(runs, 'degraded-load', [['slow-link', 'disk-slow', 'slow-cpu'], ['loss']]);
    const dependencies = new Set(calls.tiers.flatMap((tier) => (tier.calls ?? []).map(({ to }) => to)));
    const slow = run.plan.faults.flatMap((fault) => {
      if (fault.kind === 'slow-link') return fault.hosts;
      return fault.kind === 'disk-slow' || fault.kind === 'slow-cpu' ? [fault.host] : [];
    });
    if (!slow.some((host) => dependencies.has(host)))
      violated(placeOf(run), `no dependency is slow there: ${slow.join(', ')}`);
    return [placeOf(run), run.shows.map((promise) => held(run, promise).reason).join('; ')];
  }),
  rule('readiness', 'PR6', 'Chaos was tried with pauses and cuts of one direction', (_service, runs) => {
    const run = rehearsed(runs, 'chaos', [['pause', 'suspend'], ['one-way']]);
    return [placeOf(run), run.shows.map((promise) => held(run, promise).reason).join('; ')];
  }),
  rule('readiness', 'PR7', 'Backups are restored, again and again', ({ backups }, runs) => {
    const run = rehearsed(runs, 'restore');
    const ageMs = metric(run, backups.ageMetric);
    const words = `the last restore is ${Math.round(ageMs)} ms old, ${backups.restoredEveryMs} ms is stated`;
    if (ageMs > backups.restoredEveryMs) violated(placeOf(run), words);
    return [placeOf(run), `${words}; ${run.shows.map((promise) => held(run, promise).reason).join('; ')}`];
  }),
  rule('readiness', 'PR8', 'Changes of the schema bear old and new writers', (_service, runs) => {
    const run = rehearsed(runs, 'mixed-versions', [['upgrade']]);
    return [placeOf(run), run.shows.map((promise) => held(run, promise).reason).join('; ')];
  }),
  rule(
    'readiness',
    'PR9',
    'Keys are kept longer than anybody retries, within a bound',
    ({ idempotency, calls }, runs) => {
      const { keepMs, capBytes, bytesMetric } = idempotency;
      const longestMs = Math.max(calls.patienceMs, calls.client.deadlineMs);
      if (keepMs <= longestMs)
        violated('idempotency.keepMs', `keys are kept ${keepMs} ms, and are sent again for ${longestMs} ms`);
      const run = struck(runs, 'retries', [['duplicate', 'loss', 'one-way']]);
      const bytes = metric(run, bytesMetric);
      if (bytes === 0) undecided(placeOf(run), 'no key was kept');
      // What a day of such load leaves when each key is kept for its time.
      const seconds = (run.plan.endUs / 1_000_000) * 1_000;
      const kept = Math.round((bytes / seconds) * keepMs);
      if (kept > capBytes)
        violated('idempotency.capBytes', `at this rate ${kept} bytes of keys are kept, ${capBytes} may be`);
      return [
        placeOf(run),
        `kept ${keepMs} ms against ${longestMs} ms of retries; at this rate ${kept} bytes of ${capBytes}`,
      ];
    },
  ),
  rule(
    'readiness',
    'PR10',
    'What could not be done has an owner, and can be done again',
    ({ deadLetters }, runs) => {
      const orphan = deadLetters.find(({ owner }) => owner === undefined || owner === '');
      if (orphan !== undefined)
        violated(`deadLetters.${orphan.queue}.owner`, `nobody owns '${orphan.queue}'`);
      const run = rehearsed(runs, 'replay');
      const seen = run.shows.map((promise) => held(run, promise).reason).join('; ');
      return [
        placeOf(run),
        `${deadLetters.map(({ queue, owner }) => `${queue} (${owner})`).join(', ')}: ${seen}`,
      ];
    },
  ),
  rule('readiness', 'PR11', 'Manual override respects fencing', ({ overrides }, runs) => {
    const run = rehearsed(runs, 'forced-promotion', [
      ['partition', 'one-way', 'bridge', 'black-hole', 'pause'],
    ]);
    const forced = run.history.operations.filter(({ f }) =>
      overrides.some(({ operation }) => operation === f),
    );
    const count = (outcome: Operation['outcome']): number =>
      forced.filter((one) => one.outcome === outcome).length;
    if (count('fail') === 0) undecided(placeOf(run), 'nobody gave an order to promote that was answered');
    const seen = run.shows.map((promise) => held(run, promise).reason).join('; ');
    return [placeOf(run), `${count('fail')} orders to promote were refused without a fence; ${seen}`];
  }),
];

function pointsOf(dashboards: Readonly<Record<string, SeriesOf>>, name: string, run: Rehearsed): number {
  const series = dashboards[name];
  if (series === undefined) return violated('dashboards', `no dashboard shows '${name}'`);
  const points = series(run).filter(({ value }) => Number.isFinite(value));
  if (points.length === 0) violated(`dashboards.${name}`, `'${name}' has no value in ${placeOf(run)}`);
  return points.length;
}
