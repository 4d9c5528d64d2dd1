import { isConsistencyName } from '@holdfast/check';
import type { OperationDescription, ServiceDescription } from '../description.ts';
import { type Rehearsals, verdictOn } from '../rehearsed.ts';
import { held, metric, placeOf, rehearsed, type Rule, rule, undecided, violated } from '../rule.ts';
import { judgeCallGraph } from './callGraph.ts';
import { judgeClocks } from './clocks.ts';
import { judgeLag } from './lag.ts';
import { judgeRetries } from './retries.ts';

/** Ways in which servers are cut off from each other. */
const CUTS = ['partition', 'one-way', 'bridge', 'flapping', 'channel', 'black-hole'] as const;

/** Requests that a gate may keep waiting and still be called bounded: beyond it nobody is answered in time. */
const MOST_WAITING = 100_000;

/** The design review, DR1 to DR12 (S1.154). */
export const DESIGN_RULES: readonly Rule[] = [
  rule('design', 'DR1', 'Safety invariants are named', (service, runs) => {
    const writes = operationsOf(service).filter(([, { kind }]) => kind === 'write');
    const watched = writes.map(([name, { monitors }]) => {
      if (monitors.length === 0) violated(`operations.${name}.monitors`, `no promise watches '${name}'`);
      for (const promise of monitors) requireJudged(name, promise, runs);
      return `${name} (${monitors.join(', ')})`;
    });
    return ['operations', `every write is watched: ${watched.join('; ')}`];
  }),
  rule(
    'design',
    'DR2',
    'Every operation has a consistency model, and its checker passed',
    (service, runs) => {
      const checked = operationsOf(service).map(([name, operation]) => checkedAs(name, operation, runs));
      return ['operations', checked.join('; ')];
    },
  ),
  rule(
    'design',
    'DR3',
    "Timeouts are shorter than callers' deadlines, and nobody works in vain",
    (service, runs) => {
      const shortest = judgeCallGraph(service.calls);
      const run = rehearsed(runs, 'overload');
      const late = metric(run, 'lateWorks');
      if (late > 0) violated(placeOf(run), `work was begun ${late} times for callers that had gone`);
      return [placeOf(run), `${shortest}; ${metric(run, 'works')} works under overload, none of them late`];
    },
  ),
  rule('design', 'DR4', 'Retries have budgets and jitter', judgeRetries),
  rule('design', 'DR5', 'Operations with side effects carry keys', (service, runs) => {
    const effects = operationsOf(service).filter(([, { sideEffect }]) => sideEffect);
    for (const [name, { key }] of effects) {
      if (key === undefined) violated(`operations.${name}.key`, `'${name}' has a side effect and no key`);
    }
    const run = rehearsed(runs, 'duplicates', [['duplicate', 'loss', 'one-way']]);
    const doubled = metric(run, 'doubledEffects');
    if (doubled > 0) violated(placeOf(run), `${doubled} effects came a second time`);
    return [
      placeOf(run),
      `${effects.map(([name]) => name).join(', ')}: ${metric(run, 'effects')} effects, none twice`,
    ];
  }),
  rule(
    'design',
    'DR6',
    'Side effects that come later have an outbox, an inbox or a memory',
    ({ effects }, runs) => {
      const bare = effects.find(({ kept }) => kept.length === 0);
      if (bare !== undefined)
        violated(`effects.${bare.name}`, `nothing keeps '${bare.name}' from being lost or doubled`);
      const run = rehearsed(runs, 'crash-between', [['crash', 'amnesia']]);
      return [placeOf(run), seenOf(run.shows.map((promise) => held(run, promise)))];
    },
  ),
  rule('design', 'DR7', 'Replication lag is measured, and measured right', judgeLag),
  rule(
    'design',
    'DR8',
    'What failover does is written down, and what it loses is measured',
    ({ failover, runbooks }, runs) => {
      const { runbook, promise, losesAtMost } = failover;
      if (runbook === undefined || !runbooks.some(({ event }) => event === runbook))
        violated(
          'failover.runbook',
          `no runbook says who decides: current value is ${JSON.stringify(runbook ?? null)}`,
        );
      const run = rehearsed(runs, 'failover', [['crash', ...CUTS, 'pause']]);
      const verdict = verdictOn(run, promise);
      if (verdict === undefined)
        return violated(placeOf(run), `nobody counts what is lost: "${promise}" is not judged`);
      if (verdict.evidence.examined === 0)
        undecided(placeOf(run), `"${promise}" met nothing: ${verdict.reason}`);
      if (verdict.status === 'violated') {
        if (losesAtMost === 0) violated(placeOf(run), verdict.reason);
        undecided(placeOf(run), `at least one is lost, and ${losesAtMost} may be: ${verdict.reason}`);
      }
      return [placeOf(run), `runbook '${runbook}'; 0 acknowledged writes lost: ${verdict.reason}`];
    },
  ),
  rule('design', 'DR9', 'Prevention of split brain was tried', (_service, runs) => {
    const run = rehearsed(runs, 'split-brain', [CUTS, ['pause', 'suspend']]);
    return [
      placeOf(run),
      `under a cut and a pause ${seenOf(run.shows.map((promise) => held(run, promise)))}`,
    ];
  }),
  rule(
    'design',
    'DR10',
    'Assumptions about clocks are written down, and what follows when they fail',
    judgeClocks,
  ),
  rule('design', 'DR11', 'Every queue has a bound', ({ calls, memory }, runs) => {
    for (const { name, gate } of calls.tiers) {
      if (gate.queueLimit <= MOST_WAITING) continue;
      violated(
        `calls.tiers.${name}.gate`,
        `${gate.queueLimit} requests may wait at '${name}', which is no bound`,
      );
    }
    const run = rehearsed(runs, 'overload');
    const bytes = metric(run, 'longestQueue') * calls.tiers.length * memory.bytesPerRequest;
    const words = `${metric(run, 'longestQueue')} requests waited at most, ${bytes} bytes of ${memory.capBytes}`;
    if (bytes > memory.capBytes) violated(placeOf(run), words);
    return [placeOf(run), words];
  }),
  rule('design', 'DR12', 'What differs for a while is made to agree', ({ eventual }, runs) => {
    const bare = eventual.find(({ job }) => job === undefined);
    if (bare !== undefined)
      violated(`eventual.${bare.name}`, `no job makes the copies of '${bare.name}' agree`);
    const run = rehearsed(runs, 'divergence', [[...CUTS, 'loss', 'crash', 'disk-bit-rot']]);
    return [placeOf(run), seenOf(run.shows.map((promise) => held(run, promise)))];
  }),
];

function operationsOf({ operations }: ServiceDescription): [string, OperationDescription][] {
  return Object.entries(operations);
}

/** Somebody must have looked for this promise to be broken, whatever came of it. */
function requireJudged(operation: string, promise: string, runs: Rehearsals): void {
  if (!runs.judges(promise))
    violated(`operations.${operation}.monitors`, `"${promise}" met something in no rehearsal`);
}

function checkedAs(name: string, { consistency, shown }: OperationDescription, runs: Rehearsals): string {
  const where = `operations.${name}.consistency`;
  if (consistency === null) return violated(where, `'${name}' claims no consistency model`);
  if (!isConsistencyName(consistency))
    return violated(where, `there is no checker for '${String(consistency)}'`);
  if (shown === undefined) return violated(`operations.${name}.shown`, `no rehearsal judges '${name}'`);
  const run = runs.of(shown.in);
  if (run === undefined) return violated(`operations.${name}.shown`, `there is no rehearsal '${shown.in}'`);
  const promised = run.experiment.contract[shown.as]?.consistency;
  const claims = promised === undefined ? [] : [promised].flat();
  if (!claims.some((claim) => claim === consistency))
    return violated(
      placeOf(run),
      `'${shown.as}' is judged there as ${claims.join(', ') || 'nothing'}, not as ${consistency}`,
    );
  const report = run.operations.find(({ f }) => f === shown.as);
  if (report === undefined || report.answered === 0)
    return undecided(placeOf(run), `no '${shown.as}' was answered`);
  if (report.consistency !== 'holds') return violated(placeOf(run), `'${shown.as}' is not ${consistency}`);
  return `${name} is ${consistency} (${report.answered} of ${report.operations} answered)`;
}

function seenOf(all: readonly { readonly reason: string }[]): string {
  return all.map(({ reason }) => reason).join('; ');
}
