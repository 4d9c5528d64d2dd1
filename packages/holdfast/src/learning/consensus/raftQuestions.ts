import type { Trace, TraceEvent } from '@holdfast/trace';
import type { RunResult } from '../../simulate/simulate.ts';
import { Draws } from '../draws.ts';
import { ExerciseError } from '../errors.ts';
import { type BeliefAnswer, type Mark, markText, textIn } from '../marks.ts';
import { logText, RaftLogs, type ServerLog } from './raftLogs.ts';

/** A question about a run, with the answer the run gives. */
export interface RaftQuestion {
  readonly id: string;
  readonly question: string;
  readonly expected: string;
  readonly because: string;
  readonly beliefs: readonly BeliefAnswer[];
}

/** What a learner is shown of a Raft run, and asked. */
export interface RaftTask {
  readonly text: string;
  readonly questions: readonly RaftQuestion[];
}

const MOST_FATES = 5;
const FIRST = 'whoever asks first is elected: a vote goes only to a log that is at least as far on';
const OLD = 'the old leader goes on leading: without a majority it commits nothing, and another is elected';
const WRITTEN = 'what a leader has written is committed: only what a majority holds is';
const SWEPT =
  'a new leader sweeps away the entries of the old one: those that a majority holds are in its own log';

/** Questions from the trace of any Raft run: who leads after each crash and cut, and what becomes of entries. Throws `ExerciseError` for a run without them. */
export function raftTask(result: RunResult, seed: number): RaftTask {
  const { trace } = result;
  if (trace === undefined) throw new ExerciseError('raft', 'the run kept no trace', 'run it with its trace');
  const moments = momentsOf(trace);
  const logs = new RaftLogs(trace);
  const tables = moments.map(({ event }) => logs.upTo(event.id).all());
  const elections = moments.map(({ event }, i) =>
    electionIn(trace, event.id, moments[i + 1]?.event.id ?? Number.POSITIVE_INFINITY),
  );
  // The story stops where its end is open: what is told later would give the answers away.
  const open = tables.findLastIndex(isDisputed);
  const stop = open < 0 ? elections.findLastIndex((election) => election !== undefined) : open;
  if (stop < 0)
    throw new ExerciseError('raft', 'nothing happens to the run', 'crash its leader, or cut it off');
  const told: string[] = [];
  const questions: RaftQuestion[] = [];
  for (const [i, moment] of moments.slice(0, stop + 1).entries()) {
    const [table = [], election] = [tables[i], elections[i]];
    told.push(`${ms(moment.event)}: ${moment.words}`, ...tableOf(table, moment));
    if (election !== undefined) {
      questions.push(leaderQuestion(`leader-${questions.length + 1}`, election, table));
      told.push(...election.asked, `  (leader-${questions.length})`);
    }
    told.push('');
  }
  questions.push(...fateQuestions(tables[stop] ?? [], trace, seed));
  return {
    text: [...told, ...questions.map(({ id, question }) => `${id}: ${question}`)].join('\n'),
    questions,
  };
}

/** Whether two servers have different entries at one index. */
function isDisputed(servers: readonly ServerLog[]): boolean {
  return servers.some(({ terms }) =>
    servers.some((other) => terms.some((term, i) => term > 0 && (other.terms[i] ?? term) !== term)),
  );
}

/** Marks the answers to a task. */
export function markRaft({ questions }: RaftTask, given: Readonly<Record<string, unknown>>): readonly Mark[] {
  return questions.map(({ id, expected, because, beliefs }) =>
    markText(id, textIn(given, id), { expected, because, beliefs }),
  );
}

interface Moment {
  readonly event: TraceEvent;
  readonly words: string;
  /** Servers that are down. */
  readonly down: ReadonlySet<number>;
}

/** Crashes, restarts, cuts and heals, with what can be reached then. */
function momentsOf(trace: Trace): Moment[] {
  const down = new Set<number>();
  const moments: Moment[] = [];
  for (const event of trace.events) {
    const { kind, node, label, data } = event;
    const name = trace.nodes[node]?.name ?? '';
    if (trace.nodes[node] !== undefined && trace.nodes[node].role !== 'server') continue;
    const add = (words: string): void => void moments.push({ event, words, down: new Set(down) });
    if (kind === 'crash') {
      down.add(node);
      add(`${name} crashes`);
    } else if (kind === 'restart') {
      down.delete(node);
      add(`${name} is back, with what it had stored`);
    } else if (kind === 'fault' && label.startsWith('partition')) {
      const { reach } = data as { readonly reach?: string };
      add(`the network is cut: ${reach ?? label}`);
    } else if (kind === 'heal' && label.startsWith('partition')) add('the cut is mended');
  }
  return moments;
}

function tableOf(servers: readonly ServerLog[], { down }: Moment): string[] {
  return servers.map((server, i) => {
    const state = down.has(i) ? 'down' : `term ${server.term}, committed up to ${server.commit}`;
    return `  ${server.server}: ${state}; log ${logText(server)}`;
  });
}

interface Election {
  readonly leader: string;
  readonly term: number;
  /** Who asked for votes, first come first. */
  readonly candidates: readonly string[];
  /** The same in words. */
  readonly asked: readonly string[];
}

/** The last election between two events, with everybody who asked for votes since the first. */
function electionIn(trace: Trace, from: number, until: number): Election | undefined {
  const between = trace.events.filter(({ id }) => id > from && id < until);
  const wins = between.filter(
    ({ kind, label, data }) =>
      kind === 'note' && label === 'role' && (data as { readonly role?: string }).role === 'leader',
  );
  const won = wins.at(-1);
  if (won === undefined) return undefined;
  const asked = new Map<string, string>();
  for (const { kind, label, node, data, id } of between) {
    if (kind !== 'send' || id > won.id || (label !== 'PreVote' && label !== 'RequestVote')) continue;
    const name = trace.nodes[node]?.name ?? '';
    const { lastIndex, lastTerm } = data as { readonly lastIndex: number; readonly lastTerm: number };
    if (!asked.has(name))
      asked.set(name, `  then ${name} asks for votes; its last entry is ${lastIndex} of term ${lastTerm}`);
  }
  const { term = 0 } = won.data as { readonly term?: number };
  const leader = trace.nodes[won.node]?.name ?? '';
  return { leader, term, candidates: [...asked.keys()], asked: [...asked.values()] };
}

function leaderQuestion(
  id: string,
  { leader, term, candidates }: Election,
  servers: readonly ServerLog[],
): RaftQuestion {
  const before = servers.filter(({ role }) => role === 'leader').map(({ server }) => server);
  const [first] = candidates;
  return {
    id,
    question: `Who is the next leader, where it is marked? (one of ${servers.map(({ server }) => server).join(', ')})`,
    expected: leader,
    because: `it asked, its log is as far on as that of a majority that hears it, and it leads in term ${term}`,
    beliefs: [
      ...(first === undefined || first === leader ? [] : [{ answer: first, belief: FIRST }]),
      ...before.filter((server) => server !== leader).map((answer) => ({ answer, belief: OLD })),
    ],
  };
}

/** Entries that stood at one index with different terms, and their neighbours: which were committed, which overwritten. */
function fateQuestions(last: readonly ServerLog[], trace: Trace, seed: number): RaftQuestion[] {
  const end = new RaftLogs(trace).upTo(Number.POSITIVE_INFINITY).all();
  const furthest = end.reduce<ServerLog | undefined>(
    (best, each) => (best === undefined || each.commit > best.commit ? each : best),
    undefined,
  );
  const entries = new Map<string, { readonly index: number; readonly term: number }>();
  for (const { terms } of last) {
    for (const [i, term] of terms.entries())
      if (term > 0) entries.set(`${i + 1}/${term}`, { index: i + 1, term });
  }
  const fates = [...entries.values()].flatMap(({ index, term }) => {
    if (furthest === undefined || index > furthest.commit) return [];
    const holders = last.filter(({ terms }) => terms[index - 1] === term).length;
    return [{ index, term, isKept: furthest.terms[index - 1] === term, holders }];
  });
  const draws = new Draws(seed, 'fates');
  const lost = draws.shuffled(fates.filter(({ isKept }) => !isKept)).slice(0, MOST_FATES - 2);
  const rivals = fates.filter(({ isKept, index }) => isKept && lost.some((other) => other.index === index));
  const others = draws.shuffled(fates.filter(({ isKept }) => isKept)).slice(0, 1);
  const chosen = new Map(
    [...lost, ...rivals.slice(0, 1), ...others].map((fate) => [`${fate.index}/${fate.term}`, fate]),
  );
  return [...chosen.values()]
    .toSorted((a, b) => a.index - b.index || a.term - b.term)
    .map(({ index, term, isKept, holders }): RaftQuestion => {
      const expected = isKept ? 'committed' : 'overwritten';
      return {
        id: `entry ${index} of term ${term}`,
        question: 'Is it "committed" or "overwritten" in the end?',
        expected,
        because: isKept
          ? `a majority came to hold it under a leader of term ${term} or later: every later leader has it`
          : `${holders} of ${last.length} held it last, and the log of a later leader has another entry there`,
        beliefs: isKept
          ? [{ answer: 'overwritten', belief: SWEPT }]
          : [{ answer: 'committed', belief: WRITTEN }],
      };
    });
}

function ms({ at }: TraceEvent): string {
  return `at ${Math.round(at / 1_000)} ms`;
}
