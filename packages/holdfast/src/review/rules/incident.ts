import { auditFault } from '../../invariants/auditLog.ts';
import type { ServiceDescription } from '../description.ts';
import { followProcedure, hashBefore } from '../incident/procedure.ts';
import { type IncidentReport, investigateIncident, type TimelineEntry } from '../incident/report.ts';
import { loudestIn } from '../incident/suspects.ts';
import type { Rehearsals, Rehearsed } from '../rehearsed.ts';
import { metric, placeOf, type Rule, rule, struck, undecided, violated } from '../rule.ts';

/** Components between users and a service that dashboards of services leave out. */
const BETWEEN = ['dns', 'balancer', 'tls', 'pool'] as const;
/** Kinds of faults that stop one host. */
const STOPS = ['pause', 'crash', 'suspend'] as const;

/** Debugging an incident, IN1 to IN10 (S1.156): what the investigation of a rehearsed incident finds is compared with what was planted. */
export const INCIDENT_RULES: readonly Rule[] = [
  asked('IN1', 'The timeline is of monotonic time, with wall clocks beside it', ({ timeline }, run) => {
    if (timeline.some(({ atMs }, i) => atMs < (timeline[i - 1]?.atMs ?? 0)))
      return violated(placeOf(run), 'the timeline goes back');
    const bare = timeline.find(({ wallMs }) => wallMs === null);
    if (bare !== undefined)
      return violated(
        'incident.sources',
        `nobody knows what the wall clock of ${bare.host} showed at ${bare.atMs} ms`,
      );
    const off = timeline.filter(({ atMs, wallMs }) => wallMs !== null && Math.abs(wallMs - atMs) > 1);
    if (off.length === 0) return undecided(placeOf(run), 'every wall clock was right');
    return `${timeline.length} entries in order, ${off.length} of them by a wall clock that was wrong`;
  }),
  asked('IN2', 'When it happened is told apart from when it was heard of', ({ logs }, run) => {
    const bare = logs.find(({ ingestedMs }) => ingestedMs === null);
    if (bare !== undefined)
      return violated('incident.sources', `nobody knows when the log of ${bare.host} arrived`);
    const lags = logs.map(({ eventMs, ingestedMs }) => (ingestedMs ?? eventMs) - eventMs);
    if (lags.some((lag) => lag < 0))
      return violated(placeOf(run), 'a log was heard of before it was written');
    const inOrder = logs.every(({ ingestedMs }, i) => (ingestedMs ?? 0) >= (logs[i - 1]?.ingestedMs ?? 0));
    return `${logs.length} lines, heard of up to ${Math.round(Math.max(0, ...lags))} ms later, ${inOrder ? 'in' : 'not in'} the order in which they were written`;
  }),
  asked('IN3', 'The first dependency that failed is named, not the loudest', ({ suspects }, run) => {
    const planted = plantedIn(run);
    const [first] = suspects;
    if (first === undefined) return violated('incident.sources', 'nobody knows who called whom');
    if (first.component !== planted)
      return violated(placeOf(run), `${first.component} is named, ${planted} was it`);
    return `${planted} failed first, at ${Math.round(first.firstUs / 1_000)} ms; the loudest is ${loudestIn(run.trace) ?? 'nobody'}`;
  }),
  asked('IN4', 'Deploys, configuration and shifts of traffic are listed', ({ changes }, run) => {
    const deploys = run.plan.faults.filter(({ kind }) => kind === 'upgrade');
    if (deploys.length === 0) return undecided(placeOf(run), 'nothing was deployed');
    for (const { atUs } of deploys) {
      if (!changes.some(({ atMs, what }) => what.includes('deploy') && Math.abs(atMs - atUs / 1_000) < 1))
        return violated('incident.sources', `the deploy at ${atUs / 1_000} ms is not listed`);
    }
    const traffic = changes.filter(({ what }) => what.includes('traffic'));
    if (traffic.length === 0) return violated(placeOf(run), 'traffic rose, and nobody says so');
    return changes.map(({ atMs, what }) => `${Math.round(atMs)} ms: ${what}`).join('; ');
  }),
  rule('incident', 'IN5', 'Changes of leader, elections and lost quorums are listed', (service, runs) => {
    const run = struck(runs, 'failover', [['crash', 'pause', 'partition']]);
    const { leadership } = investigated(service, run);
    const shown = run.trace.events.filter(({ kind, data }) => kind === 'state' && isLeader(data));
    const terms = new Set(shown.map(({ data }) => (data as { readonly term: number }).term));
    const named = leadership.filter(({ what }) => what.includes('leader'));
    if (named.length !== terms.size)
      return violated(
        'incident.sources',
        `${named.length} changes of leader are listed, there were ${terms.size}`,
      );
    return [placeOf(run), words(leadership)];
  }),
  asked('IN6', 'Names, balancers, encryption and pools are looked at', ({ components }, run) => {
    for (const name of BETWEEN) {
      if (!components.some(({ component }) => component === name))
        return violated('incident.sources', `nobody has looked at '${name}'`);
    }
    const moved = components.filter(({ field, before, worst }) => field === 'failures' && worst > before);
    if (moved.length === 0) return undecided(placeOf(run), 'none of them failed');
    return moved
      .map(({ component, before, worst }) => `failures at ${component} went from ${before} to ${worst}`)
      .join('; ');
  }),
  asked('IN7', 'Retries, queues and the lag of consumers are looked at', ({ retries, load }, run) => {
    const truth = metric(run, 'retries');
    if (truth === 0) return undecided(placeOf(run), 'nothing was tried again');
    if (retries !== truth)
      return violated('incident.sources', `${retries} retries are told, there were ${truth}`);
    const lag = load.find(({ field }) => field === 'lag');
    const queue = load.find(({ field }) => field === 'queue');
    if (lag === undefined || queue === undefined)
      return violated('incident.sources', 'nobody knows how many wait');
    return `${retries} retries; queue of ${queue.component} up to ${queue.worst}; lag of ${lag.component} up to ${lag.worst}`;
  }),
  asked('IN8', 'Skew of clocks and pauses are listed, with the hosts', ({ clocks }, run) => {
    const wanted = run.plan.faults.flatMap((fault) =>
      fault.kind === 'clock-step' || fault.kind === 'pause' ? [[fault.kind, fault.host] as const] : [],
    );
    if (wanted.length < 2) return undecided(placeOf(run), 'no clock was set, or nobody stood still');
    for (const [kind, host] of wanted) {
      if (!clocks.some((entry) => entry.host === host))
        return violated('incident.sources', `${kind} of ${host} is not listed`);
    }
    return words(clocks);
  }),
  rule('incident', 'IN9', 'Logs are kept before anything is replayed or compacted', ({ incident }, runs) => {
    const run = struck(runs, 'incident', []);
    const { hash, log, head } = followProcedure(run.trace, incident.procedure);
    if (hash === undefined) return violated('incident.procedure', 'nobody keeps the logs');
    if (hash !== hashBefore(run.trace))
      return violated('incident.procedure', 'what is kept is not what was there: somebody changed it before');
    const fault = auditFault(log, head);
    if (fault !== undefined) return violated('incident.procedure', fault.message);
    return [
      'incident.procedure',
      `${log.map(({ action }) => action).join(', ')}: what is kept is what was there (${hash.slice(0, 12)})`,
    ];
  }),
  asked('IN10', 'Operations of unknown outcome are written down', ({ unknown }, run) => {
    const truth = run.history.operations.filter(({ outcome }) => outcome === 'unknown').map(({ id }) => id);
    if (truth.length === 0) return undecided(placeOf(run), 'the outcome of every operation is known');
    const missing = truth.find((id) => !unknown.includes(id));
    if (missing !== undefined || unknown.length !== truth.length)
      return violated(
        'incident.sources',
        `${unknown.length} operations of unknown outcome are listed, there are ${truth.length}`,
      );
    return `${unknown.length} operations: ${unknown.slice(0, 5).join(', ')}${unknown.length > 5 ? ', ...' : ''}`;
  }),
];

/** A rule about the investigation of the rehearsed incident. */
function asked(id: string, text: string, look: (report: IncidentReport, run: Rehearsed) => string): Rule {
  return rule('incident', id, text, (service, runs) => {
    const run = incidentRun(runs);
    return [placeOf(run), look(investigated(service, run), run)];
  });
}

function incidentRun(runs: Rehearsals): Rehearsed {
  return struck(runs, 'incident', [STOPS, ['clock-step'], ['upgrade']]);
}

function investigated({ incident }: ServiceDescription, { trace, history }: Rehearsed): IncidentReport {
  return investigateIncident({ trace, operations: history.operations }, incident.sources);
}

/** The host that was stopped: where the incident was planted. */
function plantedIn({ plan }: Rehearsed): string {
  const stopped = plan.faults.find(({ kind }) => STOPS.some((stop) => stop === kind));
  return stopped !== undefined && 'host' in stopped ? stopped.host : 'nobody';
}

function isLeader(data: unknown): boolean {
  return typeof data === 'object' && data !== null && (data as { readonly role?: unknown }).role === 'leader';
}

function words(entries: readonly TimelineEntry[]): string {
  return entries.map(({ atMs, host, what }) => `${Math.round(atMs)} ms ${host}: ${what}`).join('; ');
}
