import { callOptionsOf } from '../../subjects/service/payments.ts';
import { encodePlain, type Plain } from '@holdfast/plain';
import { readRetryFile, RetryFileError } from '@holdfast/protocols';
import { rings } from '../alerts.ts';
import { leadsTo, type StateMachine } from '../../invariants/stateMachine.ts';
import type { Runbook, ServiceDescription } from '../description.ts';
import type { Rehearsals, Rehearsed } from '../rehearsed.ts';
import { held, metric, placeOf, rehearsed, type Rule, rule, struck, undecided, violated } from '../rule.ts';
import { attemptsOf } from './retries.ts';

/** What a protocol shows of itself, by the names its nodes give it (S3.20). */
const PROTOCOL_STATE = ['term', 'leader', 'commit', 'configVersion'] as const;

/** Operational notes, ON1 to ON6 (S3.27). */
export const OPERATION_RULES: readonly Rule[] = [
  rule(
    'operations',
    'ON1',
    'Retries are rate-limited, and admission acts before saturation',
    ({ calls, targets }, runs) => {
      const callers = [
        calls.client,
        ...calls.tiers.flatMap((tier) => (tier.calls ?? []).map(({ how }) => how)),
      ];
      if (callers.some(({ budget }) => budget.kind === 'unlimited'))
        violated('calls', 'some caller retries without a budget');
      const run = rehearsed(runs, 'overload');
      const refused = Object.entries(run.metrics).reduce(
        (sum, [name, value]) => sum + (name.startsWith('shed ') ? value : 0),
        0,
      );
      if (refused === 0) undecided(placeOf(run), 'nothing was refused: the load was none too much');
      const p99 = Math.round(metric(run, 'p99Ms'));
      const words = `${refused} requests were refused, and 99 of 100 of the others answered within ${p99} ms`;
      if (p99 > targets.overloadP99Ms)
        violated(placeOf(run), `${words}, which should be ${targets.overloadP99Ms}`);
      return [placeOf(run), words];
    },
  ),
  rule(
    'operations',
    'ON2',
    'Failover of a region and reconfiguration are rehearsed under load',
    (_service, runs) => {
      const lost = rehearsed(runs, 'region-failover', [['partition', 'crash', 'black-hole']]);
      if (metric(lost, 'leader_changes_per_minute') === 0) undecided(placeOf(lost), 'nobody was elected');
      const changed = rehearsed(runs, 'reconfiguration');
      if (metric(changed, 'config_version') === 0)
        violated(placeOf(changed), 'no configuration was changed there');
      return [
        placeOf(changed),
        [lost, changed]
          .map((run) => `${run.name}: ${metric(run, 'operations_ok')} operations done`)
          .join('; '),
      ];
    },
  ),
  rule('operations', 'ON3', 'The state of the protocol is exposed', judgeProtocolState),
  rule('operations', 'ON4', 'What clients do is part of the system, and written down', judgePolicy),
  rule(
    'operations',
    'ON5',
    'Leases are monotonic, and a clock that jumps is noticed',
    ({ alerts, clockAlert }, runs) => {
      const run = rehearsed(runs, 'clock-step', [['clock-step']]);
      const alert = alerts.find(({ name }) => name === clockAlert);
      if (alert === undefined) return violated('clockAlert', `no alert is named '${clockAlert ?? ''}'`);
      const atUs = rings(alert, run);
      if (atUs === undefined)
        return violated(placeOf(run), `'${alert.name}' does not ring when a clock is set`);
      const calm = struck(runs, 'failover', []);
      if (rings(alert, calm) !== undefined)
        violated(placeOf(calm), `'${alert.name}' rings where no clock is set`);
      const seen = run.shows.map((promise) => held(run, promise).reason).join('; ');
      return [
        placeOf(run),
        `'${alert.name}' rings at ${Math.round(atUs / 1_000)} ms, and nowhere else; ${seen}`,
      ];
    },
  ),
  rule('operations', 'ON6', 'Playbooks are protocols', ({ runbooks }, runs) => {
    if (runbooks.length === 0) violated('runbooks', 'there is none');
    for (const runbook of runbooks) requireMachine(runbook);
    const walked = runbooks.map((runbook) => walkOf(runbook, runs)).filter((walk) => walk.length > 0);
    if (walked.length === 0) undecided('runbooks', 'no rehearsal shows in which step it is');
    return [
      'runbooks',
      `${runbooks.length} state machines, each with an end; walked: ${walked.map((walk) => walk.join(' -> ')).join('; ')}`,
    ];
  }),
];

function judgeProtocolState(
  { protocolState }: ServiceDescription,
  runs: Rehearsals,
): readonly [string, string] {
  const run = struck(runs, 'failover', []);
  const leader = metric(run, protocolState.leader ?? '');
  for (const field of PROTOCOL_STATE) {
    const name = protocolState[field];
    if (name === undefined) return violated(`protocolState.${field}`, `no metric shows it`);
    const views = run.trace.events.filter(
      ({ kind, data }) => kind === 'state' && typeof data === 'object' && data !== null,
    );
    const own = views
      .filter(({ node }) => node === leader - 1)
      .map(({ data }) => (data as Readonly<Record<string, unknown>>)[field]);
    if (own.length === 0 || own.some((value) => typeof value !== 'number'))
      return violated(placeOf(run), `nodes do not show '${field}'`);
    if (own.at(-1) !== metric(run, name))
      return violated(
        placeOf(run),
        `metric '${name}' is ${metric(run, name)} while the leader shows ${String(own.at(-1))}`,
      );
  }
  return [placeOf(run), `${PROTOCOL_STATE.join(', ')}: nodes and metrics agree`];
}

function judgePolicy({ policy, calls }: ServiceDescription, runs: Rehearsals): readonly [string, string] {
  if (policy === undefined) return violated('policy', 'nothing is written down of what clients do');
  const where = `policy ${policy.file}`;
  let written: ReturnType<typeof callOptionsOf>;
  try {
    written = callOptionsOf(readRetryFile(policy.text, policy.file));
  } catch (error) {
    if (error instanceof RetryFileError) return violated(where, error.message);
    throw error;
  }
  const plain = (options: typeof written): string =>
    encodePlain(JSON.parse(JSON.stringify(options)) as Plain);
  if (plain(written) !== plain(calls.client))
    return violated(where, 'clients do something else than is written there');
  const run = rehearsed(runs, 'retries');
  const { maxAttempts, attemptTimeoutMs, backoff } = calls.client.retry;
  const calledOften = attemptsOf(run);
  const most = Math.max(0, ...calledOften.map((attempts) => attempts.length));
  if (most < 2) return undecided(placeOf(run), 'nothing was tried twice');
  if (most > maxAttempts)
    return violated(placeOf(run), `a call was tried ${most} times, ${maxAttempts} are written down`);
  const longest = Math.max(
    ...calledOften.flatMap((all) => all.slice(1).map((at, i) => (at - (all[i] ?? at)) / 1_000)),
  );
  const allowed = attemptTimeoutMs + backoff.capMs;
  if (longest > allowed + 1)
    return violated(placeOf(run), `a retry came ${longest} ms after what it repeats, ${allowed} is the most`);
  return [
    placeOf(run),
    `clients are made of ${policy.file}; at most ${most} attempts, ${Math.round(longest)} ms apart`,
  ];
}

function requireMachine({ event, steps }: Runbook): void {
  const where = `runbooks.${event}.steps`;
  const machine: StateMachine<string> = steps;
  const states = Object.keys(machine.moves);
  if (!states.includes(machine.initial))
    violated(where, `it begins at '${machine.initial}', which is no step`);
  const ends = states.filter((state) => machine.moves[state]?.length === 0);
  for (const state of states) {
    if (steps.does[state] === undefined) violated(where, `nothing is said of what to do in '${state}'`);
    const stray = machine.moves[state]?.find((next) => !states.includes(next));
    if (stray !== undefined) violated(where, `'${state}' leads to '${stray}', which is no step`);
    if (!ends.some((end) => leadsTo(machine, state, end)))
      violated(where, `from '${state}' no way leads to an end`);
  }
}

/** The steps that a rehearsal went through, where a host of it shows them; each must be a move. */
function walkOf({ event, steps, rehearsal, shownBy }: Runbook, runs: Rehearsals): string[] {
  if (shownBy === undefined) return [];
  const run = runs.of(rehearsal);
  if (run === undefined) return violated('rehearsals', `there is no rehearsal '${rehearsal}'`);
  const walk = statesShown(run, shownBy);
  let at = steps.initial;
  for (const next of walk) {
    if (next !== at && steps.moves[at]?.includes(next) !== true)
      violated(placeOf(run), `'${event}' went from '${at}' to '${next}', which the runbook does not have`);
    at = next;
  }
  return walk;
}

function statesShown({ trace }: Rehearsed, { server, field }: NonNullable<Runbook['shownBy']>): string[] {
  const all = trace.events.flatMap(({ kind, node, data }) => {
    if (kind !== 'state' || trace.nodes[node]?.name !== server) return [];
    const state = (data as Readonly<Record<string, unknown>>)[field];
    return typeof state === 'string' ? [state] : [];
  });
  return all.filter((state, i) => state !== all[i - 1]);
}
