import type { Operation, VerdictStatus } from '@holdfast/check';
import { readContractTestPlan } from '@holdfast/report';
import { evidenceOf, printEvidence } from '../../evidence/evidence.ts';
import type { RunResult } from '../../simulate/simulate.ts';
import type { CaseRuns, DocumentRecipe, FieldSource } from '../case.ts';
import { askedBy } from './raftRun.ts';
import { staleReads } from './staleness.ts';

/** One way to read. */
export interface ReadApi {
  readonly name: string;
  /** How a caller asks for it. */
  readonly call: string;
  readonly promised: string;
  /** Key of the case's experiments. */
  readonly experiment: string;
  /** How old what is read may be, ms. */
  readonly acceptableMs: number;
}

/** How a case puts its read APIs to the test. Spans are in ms of simulated time. */
export interface ReadProbes {
  readonly apis: readonly ReadApi[];
  readonly seeds: readonly number[];
  /** A client bound to the server that leads when it is cut off, and one bound to a follower. */
  readonly leaderClient: string;
  readonly followerClient: string;
  readonly calm: readonly [number, number];
  readonly cutOff: readonly [number, number];
  readonly asleep: readonly [number, number];
}

/** What probing one API showed, over all seeds. */
interface Probed {
  readonly api: ReadApi;
  readonly calmReads: number;
  readonly calmAtFollower: boolean;
  /** How long after the cut the leader's client, and the follower's, were last answered, ms; 0: never. */
  readonly leaderUntilMs: number;
  readonly followerUntilMs: number;
  /** Whether the leader's machine slept at all, and its client was answered once it woke. */
  readonly slept: boolean;
  readonly answersAwake: boolean;
  readonly staleInCut: number;
  readonly staleInSleep: number;
  readonly worstMs: number;
  readonly status: VerdictStatus;
  /** The first seed whose history fails. */
  readonly failing: number | undefined;
}

const PROMISE = 'linearizability';
/** Answers that were on their way when the cut came. */
const IN_FLIGHT_MS = 5;
/** A measured age is given to the next so many ms. */
const ROUGHLY_MS = 100;
/** A lease is over after this long at the latest: longer answers rely on nothing. */
const LEASE_MS = 1_000;

/** Fills a read-contract test plan (S0.33) by probing every API: the audit of S0.31 is its third field. */
export function readContract(probes: ReadProbes): DocumentRecipe {
  return {
    form: readContractTestPlan,
    attachments: (runs) => {
      const failing = probes.apis
        .map((api) => probe(runs, api, probes))
        .filter((each) => each.failing !== undefined);
      return Object.fromEntries(failing.map((each) => [failureFile(each.api), failureOf(each, runs)]));
    },
    fill: (runs) => {
      const probed = probes.apis.map((api) => probe(runs, api, probes));
      return {
        ...declared(probed, probes),
        ...behaviour(probed, probes),
        ...judged(probed, probes, runs),
      };
    },
  };
}

function probe(runs: CaseRuns, api: ReadApi, probes: ReadProbes): Probed {
  const results = probes.seeds.map((seed) => runs.run(api.experiment, seed));
  const { leaderClient, followerClient, calm, cutOff, asleep } = probes;
  const reads = (client: string, span: readonly [number, number]): Operation[] =>
    results.flatMap((result) => answeredReads(result, client, span));
  const stale = results.flatMap((result) => staleReads(result));
  const staleIn = (span: readonly [number, number]): number =>
    stale.filter(({ read }) => within(read.invokedAt, span)).length;
  const lastMs = (client: string): number =>
    Math.max(
      0,
      ...reads(client, cutOff)
        .map(({ completedAt }) => completedAt / 1_000 - cutOff[0])
        .filter((ms) => ms > IN_FLIGHT_MS),
    );
  const failing = results.find((result) => linearizability(result) === 'violated');
  return {
    api,
    calmReads: results.reduce((sum, result) => sum + calmReads(result, calm), 0),
    calmAtFollower: reads(followerClient, calm).length > 0,
    leaderUntilMs: lastMs(leaderClient),
    followerUntilMs: lastMs(followerClient),
    slept: results.some(({ plan }) => plan.faults.some(({ kind }) => kind === 'suspend')),
    answersAwake: reads(leaderClient, asleep).some(
      ({ completedAt }) => completedAt / 1_000 > asleep[0] + IN_FLIGHT_MS,
    ),
    staleInCut: staleIn(cutOff),
    staleInSleep: staleIn(asleep),
    worstMs: Math.max(0, ...stale.map(({ behindMs }) => behindMs)),
    status: failing === undefined ? 'holds' : 'violated',
    failing: failing?.plan.seed,
  };
}

function linearizability({ verdicts }: RunResult): VerdictStatus {
  return verdicts.find(({ promise }) => promise === PROMISE)?.status ?? 'undecided';
}

function calmReads({ history }: RunResult, calm: readonly [number, number]): number {
  const answered = history.operations.filter(({ f, outcome }) => f === 'read' && outcome === 'ok');
  return answered.filter(({ invokedAt }) => within(invokedAt, calm)).length;
}

/** Reads of one client that were asked and answered within a span. */
function answeredReads(result: RunResult, client: string, span: readonly [number, number]): Operation[] {
  return askedBy(result, [client]).filter(
    ({ f, outcome, invokedAt, completedAt }) =>
      f === 'read' && outcome === 'ok' && within(invokedAt, span) && within(completedAt, span),
  );
}

function within(us: number, [fromMs, untilMs]: readonly [number, number]): boolean {
  return us >= fromMs * 1_000 && us < untilMs * 1_000;
}

const yes = (is: boolean): string => (is ? 'yes' : 'no');

type Rows = (row: (probed: Probed) => readonly string[]) => FieldSource['facts'];

function rowsOf(probed: readonly Probed[]): Rows {
  return (row) => ({ rows: probed.map((each) => [each.api.name, ...row(each)]) });
}

function cites(
  probed: readonly Probed[],
  { seeds }: ReadProbes,
  text: (probed: Probed) => string,
): FieldSource['evidence'] {
  return probed.map((each) => ({
    text: text(each),
    experiment: each.api.experiment,
    seed: each.failing ?? seeds[0] ?? 1,
  }));
}

/** What is claimed before anything is run. */
function declared(probed: readonly Probed[], probes: ReadProbes): Record<string, FieldSource> {
  const rows = rowsOf(probed);
  const evidence = cites(
    probed,
    probes,
    ({ calmReads: made }) => `${made} reads were answered this way before any fault`,
  );
  return {
    'Read API': { facts: rows(({ api }) => [api.call]), evidence },
    'Expected consistency': { facts: rows(({ api }) => [api.promised]), evidence },
  };
}

/** What the probes showed. */
function behaviour(probed: readonly Probed[], probes: ReadProbes): Record<string, FieldSource> {
  const rows = rowsOf(probed);
  return {
    'Leader/follower behavior': {
      facts: rows(({ calmAtFollower, leaderUntilMs }) => [
        yes(calmAtFollower),
        yes(leaderUntilMs === 0),
        yes(leaderUntilMs > 0 && leaderUntilMs < LEASE_MS),
      ]),
      evidence: cites(
        probed,
        probes,
        ({ leaderUntilMs }) => `a leader cut off answered until ${leaderUntilMs.toFixed(0)} ms after the cut`,
      ),
    },
    'Partition injected': {
      facts: rows(({ leaderUntilMs, followerUntilMs, staleInCut }) => [
        how(leaderUntilMs),
        how(followerUntilMs),
        yes(staleInCut > 0),
      ]),
      evidence: cites(
        probed,
        probes,
        ({ staleInCut }) => `${staleInCut} stale reads while cut off from ${probes.cutOff.join(' to ')} ms`,
      ),
    },
    'Pause injected': {
      facts: rows(({ slept, answersAwake, staleInSleep }) =>
        slept ? [yes(answersAwake), yes(staleInSleep > 0)] : ['not injected', '-'],
      ),
      evidence: cites(
        probed,
        probes,
        ({ staleInSleep }) => `${staleInSleep} stale reads from ${probes.asleep.join(' to ')} ms`,
      ),
    },
  };
}

function how(untilMs: number): string {
  if (untilMs === 0) return 'no';
  return untilMs < LEASE_MS ? 'for a moment' : 'as long as it lasts';
}

/** What the checker said of the histories, and how old reads were. */
function judged(probed: readonly Probed[], probes: ReadProbes, runs: CaseRuns): Record<string, FieldSource> {
  const rows = rowsOf(probed);
  const failing = probed.filter(({ status }) => status === 'violated');
  const sound = probed.filter(({ status }) => status !== 'violated');
  return {
    'History checker': {
      facts: rows(({ status }) => [PROMISE, String(probes.seeds.length), status]),
      evidence: cites(probed, probes, ({ status, failing: seed }) =>
        seed === undefined ? `its history ${status}` : `the first history that fails is of seed ${seed}`,
      ),
    },
    'Acceptable stale window': {
      facts: rows(({ api, worstMs }) => [
        String(api.acceptableMs),
        String(Math.ceil(worstMs / ROUGHLY_MS) * ROUGHLY_MS),
        yes(worstMs <= api.acceptableMs),
      ]),
      evidence: cites(probed, probes, ({ worstMs }) => `the oldest read was ${worstMs.toFixed(1)} ms behind`),
    },
    'Failure evidence': {
      facts: { failing: failing.map(({ api }) => api.name), sound: sound.map(({ api }) => api.name) },
      evidence:
        failing.length === 0
          ? cites(probed, probes, () => 'no history failed')
          : failing.map((each) => smallFailure(each, runs)),
    },
  };
}

/** The file beside the document that holds an API's failing run, made small. */
function failureFile({ name }: ReadApi): string {
  return `failure-${name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}.json`;
}

function smallFailure({ api, failing = 1 }: Probed, runs: CaseRuns): FieldSource['evidence'][number] {
  const { result, fromEvents, toEvents } = runs.shrunk(api.experiment, failing, PROMISE);
  const reason = result.verdicts.find(({ promise }) => promise === PROMISE)?.reason ?? '';
  return {
    text: `${api.experiment}, seed ${failing}, shrunk from ${fromEvents} to ${toEvents} events: ${reason}`,
    command: `npx holdfast replay ${runs.place}/${failureFile(api)}`,
  };
}

function failureOf({ api, failing = 1 }: Probed, runs: CaseRuns): string {
  const { result } = runs.shrunk(api.experiment, failing, PROMISE);
  return printEvidence(
    evidenceOf(api.experiment, result, { edited: true, file: `${runs.place}/experiment.ts` }),
  );
}
