import type { Operation } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { TraceEvent } from '@holdfast/trace';
import {
  type Experiment,
  experiment,
  type FaultDraft,
  linearizable,
  type PlannedOperation,
  raftKv,
  type RaftKvOptions,
  type RunResult,
  type Subject,
  simulatePlan,
} from 'holdfast';

/** One operation of a schedule: when (ms), which client (from 0), and what. */
export type Step = readonly [
  atMs: number,
  client: number,
  f: 'read' | 'write' | 'cas',
  key: string,
  input: Plain,
];

/** A run with nothing left to the seed but latencies, sync times and timeouts. */
export interface Scenario {
  /** Five servers unless it says otherwise. */
  readonly raft?: Partial<RaftKvOptions>;
  /** Instead of what `raft` describes. */
  readonly subject?: Subject;
  readonly clients?: number;
  readonly steps: readonly Step[];
  readonly faults?: readonly FaultDraft[];
  /** When everything heals; at the end unless it says otherwise. */
  readonly healMs?: number;
  readonly endMs: number;
  readonly recoverMs?: number;
  readonly seed?: number;
  readonly trace?: boolean;
}

const CONTRACT = linearizable({ duringPartition: 'reject' });

/** The experiment a scenario is a run of. */
export function stage(scenario: Scenario): Experiment {
  const { raft, clients = 2, endMs, recoverMs = Math.min(1_000, endMs / 4) } = scenario;
  return experiment({
    name: 'scenario',
    subject: scenario.subject ?? raftKv({ nodes: 5, ...raft }),
    workload: {
      name: 'script',
      clients,
      operations: ['read', 'write', 'cas'],
      model: 'cas-register',
      plan: () => [],
    },
    faults: [],
    contract: { read: CONTRACT, write: CONTRACT, cas: CONTRACT },
    bounds: { simulatedSeconds: endMs / 1_000, recoverWithinMs: recoverMs },
  });
}

/** Plays a scenario, with its trace. */
export function play(scenario: Scenario): RunResult {
  const { steps, faults = [], endMs, healMs = endMs, seed = 0, trace = true } = scenario;
  const staged = stage(scenario);
  const operations = [...steps]
    .sort((a, b) => a[0] - b[0])
    .map(([atMs, client, f, key, input], id): PlannedOperation => {
      return { id, atUs: Math.round(atMs * 1_000), client, f, key, input };
    });
  const plan = {
    seed,
    nodes: staged.subject.nodes.length,
    operations,
    faults: faults.map((draft, id) => ({ ...draft, id })),
    healAtUs: Math.round(healMs * 1_000),
    endUs: Math.round(endMs * 1_000),
    choices: {},
  };
  return simulatePlan(staged, plan, { trace });
}

/** Writes of distinct values to one key, one every `everyMs`. */
export function writes(
  client: number,
  key: string,
  {
    fromMs,
    untilMs,
    everyMs,
    first = 1,
  }: { fromMs: number; untilMs: number; everyMs: number; first?: number },
): Step[] {
  const steps: Step[] = [];
  for (let atMs = fromMs, value = first; atMs < untilMs; atMs += everyMs, value++) {
    steps.push([atMs, client, 'write', key, value]);
  }
  return steps;
}

/** Times of a fault, in ms. */
export const during = (fromMs: number, untilMs: number): { atUs: number; forUs: number } => ({
  atUs: Math.round(fromMs * 1_000),
  forUs: Math.round((untilMs - fromMs) * 1_000),
});

/** What a server showed of itself from some moment on. */
export interface Seen {
  readonly event: TraceEvent;
  readonly at: number;
  /** From 1. */
  readonly node: number;
  readonly role: string;
  readonly term: number;
  readonly leader: number;
  readonly commit: number;
  readonly applied: number;
  readonly lastIndex: number;
  readonly lastTerm: number;
  readonly snapshotIndex: number;
  readonly voters: string;
  readonly configVersion: number;
}

/** Every state a server showed, in order. */
export function statesOf(result: RunResult, node: number): Seen[] {
  return events(result, 'state')
    .filter((event) => event.node === node - 1)
    .map((event) => ({ ...(event.data as unknown as Seen), event, at: event.at, node }));
}

/** What a server showed last at or before an instant. */
export function stateAt(result: RunResult, node: number, atMs: number): Seen {
  const found = statesOf(result, node).findLast(({ at }) => at <= atMs * 1_000);
  if (found === undefined)
    throw new RangeError(`Cannot show N${node} at ${atMs} ms: it has shown nothing yet`);
  return found;
}

/** Every election won, in order. */
export function elections(result: RunResult): Seen[] {
  const servers = result.trace?.nodes.filter(({ role }) => role === 'server').length ?? 0;
  const won = Array.from({ length: servers }, (_, i) => statesOf(result, i + 1)).flatMap((states) =>
    states.filter(({ role, term }, i) => {
      const before = states[i - 1];
      return role === 'leader' && !(before?.role === 'leader' && before.term === term);
    }),
  );
  return won.sort((a, b) => a.event.id - b.event.id);
}

/** Who leads at an instant: of several that think so, the one of the highest term. */
export function leaderAt(result: RunResult, atMs: number): Seen | undefined {
  const seen = result.plan.nodes;
  const leaders = Array.from({ length: seen }, (_, i) => i + 1)
    .map((node) => statesOf(result, node).findLast(({ at }) => at <= atMs * 1_000))
    .filter((state) => state?.role === 'leader');
  return leaders.sort((a, b) => (b?.term ?? 0) - (a?.term ?? 0))[0];
}

/** An entry as some node applied it. */
export interface AppliedEntry {
  readonly node: number;
  readonly at: number;
  readonly index: number;
  readonly term: number;
  readonly client: number;
  readonly sequence: number;
  readonly operation: Plain;
}

/** Every application of an entry, in order. */
export function applied(result: RunResult): AppliedEntry[] {
  return events(result, 'note')
    .filter(({ label }) => label === 'apply')
    .map(({ at, node, data }) => ({ ...(data as unknown as AppliedEntry), at, node: node + 1 }));
}

/** Events of one kind. */
export function events(result: RunResult, kind: TraceEvent['kind']): TraceEvent[] {
  if (result.trace === undefined) throw new RangeError('Cannot look at the events as the run has no trace');
  return result.trace.events.filter((event) => event.kind === kind);
}

/** The operation a step became: steps are numbered in order of time. */
export function operation(result: RunResult, id: number): Operation {
  const found = result.history.operations[id];
  if (found === undefined) throw new RangeError(`Cannot find operation ${id}: there are fewer`);
  return found;
}

/** Operations asked by one client, from 0, within a span. */
export function askedBy(result: RunResult, client: number, fromMs: number, untilMs: number): Operation[] {
  const host = result.plan.nodes + client;
  const ids = new Set(
    events(result, 'invoke')
      .filter(({ node, at }) => node === host && at >= fromMs * 1_000 && at < untilMs * 1_000)
      .map((event) => event.operation),
  );
  return result.history.operations.filter(({ id }) => ids.has(id));
}

/** The promises that did not hold. */
export function broken(result: RunResult): string[] {
  return result.verdicts
    .filter(({ status }) => status !== 'holds')
    .map(({ promise, reason }) => `${promise}: ${reason}`);
}
