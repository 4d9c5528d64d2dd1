import { raftTrace } from '@holdfast/report';
import type { Trace, TraceEvent } from '@holdfast/trace';
import type { RunResult } from '../../simulate/simulate.ts';
import type { DocumentRecipe, FieldSource } from '../case.ts';
import { type ServerState, serversOf, statesOf, traceOf } from './raftRun.ts';

/** Something that happened to the group as a whole. */
interface GroupStep {
  readonly atUs: number;
  readonly event: number;
  readonly words: string;
}

interface Group {
  readonly trace: Trace;
  readonly servers: readonly string[];
  readonly states: ReadonlyMap<string, readonly ServerState[]>;
}

/** Most steps told in a document. */
const MOST_STEPS = 24;

/** Fills a Raft trace (S4.36) from one seed of an experiment with a crash and a partition. */
export function raftStepTrace(experiment: string, seed: number): DocumentRecipe {
  return {
    form: raftTrace,
    fill: (runs) => {
      const result = runs.run(experiment, seed);
      const trace = traceOf(result);
      const servers = serversOf(trace);
      const group: Group = {
        trace,
        servers,
        states: new Map(servers.map((server) => [server, statesOf(trace, server)])),
      };
      const cite = (text: string): FieldSource['evidence'][number] => ({ text, experiment, seed });
      return fieldsOf(result, group, cite);
    },
  };
}

function fieldsOf(
  { plan }: RunResult,
  group: Group,
  cite: (text: string) => FieldSource['evidence'][number],
): Readonly<Record<string, FieldSource>> {
  const { trace, servers } = group;
  const steps = stepsOf(group);
  const crash = trace.events.find(({ kind, node }) => kind === 'crash' && node >= 0);
  const victim = trace.nodes[crash?.node ?? -1]?.name ?? '';
  const crashUs = crash?.at ?? 0;
  const cut = plan.faults.find(({ kind }) => kind === 'partition');
  const cutUs = cut?.atUs ?? 0;
  const near = leadersBefore(group, cutUs).at(-1);
  const side =
    cut !== undefined && 'groups' in cut ? (cut.groups.find((names) => names.includes('leader')) ?? []) : [];
  const crashed = stateBefore(group, victim, crashUs);
  const elected = (afterUs: number, untilUs: number, term: number): boolean =>
    servers.some((server) =>
      group.states
        .get(server)
        ?.some(
          (state) =>
            state.atUs > afterUs && state.atUs < untilUs && state.role === 'leader' && state.term > term,
        ),
    );
  const lead = near === undefined ? undefined : stateBefore(group, near, cutUs);
  return {
    Nodes: { facts: { nodes: servers.length }, evidence: [cite(servers.join(', '))] },
    'Leader crash': {
      facts: { led: crashed?.role === 'leader' },
      evidence: [cite(`${victim} crashes at ${ms(crashUs)}, in term ${crashed?.term ?? 0}`)],
    },
    Partition: {
      facts: { led: lead?.role === 'leader', near: side.length, nodes: servers.length },
      evidence: [cite(`${near ?? 'nobody'} is cut off at ${ms(cutUs)}, in term ${lead?.term ?? 0}`)],
    },
    'Re-election': {
      facts: {
        afterCrash: elected(crashUs, cutUs, crashed?.term ?? 0),
        afterCut: elected(cutUs, cutUs + (cut?.forUs ?? 0), lead?.term ?? 0),
      },
      evidence: steps
        .filter(({ words }) => words.includes('leads'))
        .map((step) => cite(`${ms(step.atUs)}: ${step.words}`)),
    },
    'Terms and logs at every step': {
      facts: {
        termsGrow: termsGrow(group),
        commitsGrow: commitsGrow(group),
        logsEqual: logsEqual(group),
      },
      evidence: steps
        .slice(0, MOST_STEPS)
        .map((step) => cite(`${ms(step.atUs)} ${step.words}: ${logsAt(group, step)}`)),
    },
  };
}

/** Crashes, restarts, partitions and elections, in order. */
function stepsOf({ trace, servers, states }: Group): GroupStep[] {
  const happened = trace.events.flatMap((event): GroupStep[] => {
    const words = wordsOf(event, trace);
    return words === undefined ? [] : [{ atUs: event.at, event: event.id, words }];
  });
  const elections = servers.flatMap((server) =>
    (states.get(server) ?? [])
      .filter(
        ({ role, term }, i, all) =>
          role === 'leader' && !(all[i - 1]?.role === 'leader' && all[i - 1]?.term === term),
      )
      .map(({ atUs, event, term }) => ({ atUs, event, words: `${server} leads in term ${term}` })),
  );
  return [...happened, ...elections].toSorted((a, b) => a.event - b.event);
}

function wordsOf({ kind, node, label }: TraceEvent, trace: Trace): string | undefined {
  const name = trace.nodes[node]?.name;
  if (kind === 'crash') return `${name ?? ''} crashes`;
  if (kind === 'restart') return `${name ?? ''} is back`;
  if (kind === 'fault' && label.startsWith('partition')) return 'the partition strikes';
  return kind === 'heal' && label.startsWith('partition') ? 'the partition heals' : undefined;
}

function stateBefore({ states }: Group, server: string, atUs: number): ServerState | undefined {
  return states.get(server)?.findLast((state) => state.atUs <= atUs);
}

/** Who believes to lead at an instant, by term. */
function leadersBefore(group: Group, atUs: number): string[] {
  const of = (server: string): ServerState | undefined => stateBefore(group, server, atUs);
  return group.servers
    .filter((server) => of(server)?.role === 'leader')
    .toSorted((a, b) => (of(a)?.term ?? 0) - (of(b)?.term ?? 0));
}

function logsAt({ servers, states }: Group, { event }: GroupStep): string {
  return servers
    .map((server) => {
      const state = states.get(server)?.findLast((each) => each.event <= event);
      return `${server} ${state?.term ?? 0}, ${state?.lastIndex ?? 0}, ${state?.commit ?? 0}`;
    })
    .join('; ');
}

function termsGrow({ states }: Group): boolean {
  return [...states.values()].every((list) =>
    list.every((state, i) => i === 0 || state.term >= (list[i - 1]?.term ?? 0)),
  );
}

/** A node that starts again may know less of what is committed than before. */
function commitsGrow({ trace, servers, states }: Group): boolean {
  return servers.every((server) => {
    const node = trace.nodes.findIndex(({ name }) => name === server);
    const starts = trace.events
      .filter((event) => event.kind === 'restart' && event.node === node)
      .map(({ id }) => id);
    return (states.get(server) ?? []).every((state, i, list) => {
      const before = list[i - 1];
      if (before === undefined || state.commit >= before.commit) return true;
      return starts.some((id) => id > before.event && id <= state.event);
    });
  });
}

function logsEqual({ servers, states }: Group): boolean {
  const ends = servers.map((server) => states.get(server)?.at(-1));
  return new Set(ends.map((state) => `${state?.lastIndex ?? 0}/${state?.commit ?? 0}`)).size === 1;
}

function ms(us: number): string {
  return `${(us / 1_000).toFixed(1)} ms`;
}
