import {
  isPresent,
  type Opinion,
  overrides,
  retransmitLimit,
  swim,
  type SwimCommand,
  swimConfig,
  type SwimMessage,
  type SwimOptions,
  type SwimResult,
  type SwimState,
} from '@holdfast/protocols';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { ofHistory, ofNodes, ofNodesAndHistory } from '../properties/property.ts';
import type { Recorder } from '../properties/recorder.ts';

/** Members to explore, all of them there from the start, and what a client asks of whom. */
export interface SwimSystem {
  readonly name: string;
  readonly nodes: number;
  /** One client for each of these. */
  readonly commands?: readonly { readonly command: SwimCommand; readonly to: number }[];
  readonly network?: NetworkKind;
  /** Lifeguard and whole exchanges are off unless said. */
  readonly options?: Partial<SwimOptions>;
}

interface Standing {
  readonly incarnation: number;
  readonly isIn: boolean;
}

/** What is remembered of a run: what each said of itself last, whom it asked others of, and what was broken. */
interface SwimPast {
  readonly standing: Readonly<Record<string, Standing>>;
  /** The latest incarnation of each that others may have heard of. */
  readonly told: Readonly<Record<string, number>>;
  /** Those that start. */
  readonly starting: readonly number[];
  readonly asked: Readonly<Record<string, string>>;
  /** Whom each has probed in this turn; null once it held somebody for gone, as the turns of the others then change. */
  readonly turns: Readonly<Record<string, readonly number[] | null>>;
  readonly broken: readonly string[];
}

interface Asking {
  readonly member: number;
  readonly period: number;
}

type Seen =
  | { readonly kind: 'opinion'; readonly node: number; readonly falls: boolean; readonly gone: boolean }
  | { readonly kind: 'probe'; readonly node: number; readonly member: number; readonly others: number }
  | { readonly kind: 'restart'; readonly node: number }
  | { readonly kind: 'durable'; readonly node: number; readonly incarnation: number }
  | ({ readonly kind: 'incarnation'; readonly node: number } & Standing)
  | { readonly kind: 'asks-others' | 'accuses'; readonly node: number; readonly about: string };

const RISE = 'opinions only rise';
const OWN = 'an incarnation said again is a later one';
const OUT = 'who left stays out';
const TURN = 'everyone is probed in turn';
const ASKED = 'others are asked first';

/** What others hold of each member, and what it has taken itself. */
interface Member {
  readonly held: Readonly<Record<string, number>>;
  readonly own: number;
}

/**
 * The SWIM core itself, explored: the promises of `SwimMonitor` about single steps, in every order of messages and timers. Completeness and accuracy
 * are about rest, and are judged in simulation.
 */
export function swimSystem(system: SwimSystem): CoreModel<SwimMessage, SwimCommand, SwimResult> {
  const { name, nodes, commands = [], network = 'unordered', options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const config = swimConfig({ lifeguard: false, syncEvery: 0, ...options, nodes: ids });
  const core = swim(config);
  const unbroken = (promise: string): ReturnType<typeof ofHistory> =>
    ofHistory<SwimPast>(promise, ({ broken }) => !broken.includes(promise));
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: commands.map((request) => ({ requests: [request] })),
    history: swimRecorder(nodes - 1),
    properties: [
      unbroken(RISE),
      unbroken(OWN),
      unbroken(OUT),
      unbroken(ASKED),
      unbroken(TURN),
      ofNodes<SwimState, number>({
        name: 'news is passed on boundedly',
        view: ({ state }) => Math.max(0, ...(state?.news ?? []).map(({ sent }) => sent)),
        holds: (sent) => sent.every((times) => times <= retransmitLimit(config, nodes)),
      }),
      ofNodesAndHistory<SwimState, boolean, SwimPast>({
        name: 'nobody goes but by its own will',
        view: ({ state }) => state?.isIn ?? true,
        holds: (isIn, { standing }) => isIn.every((is, i) => is || standing[i + 1]?.isIn === false),
      }),
      ofNodes<SwimState, Member>({
        name: 'incarnations are their owners',
        view: ({ state, records }) => ({
          held: Object.fromEntries(
            Object.entries(state?.members ?? {}).map(([id, { incarnation }]) => [id, incarnation]),
          ),
          own: state?.incarnation ?? (records['self'] as Standing | undefined)?.incarnation ?? 0,
        }),
        holds: (members) =>
          members.every(({ held }) => members.every(({ own }, i) => (held[i + 1] ?? 0) <= own)),
      }),
      ofNodes<SwimState, boolean>({
        name: 'somebody is given up',
        kind: 'reachable',
        view: ({ state }) => Object.values(state?.members ?? {}).some((opinion) => !isPresent(opinion)),
        holds: (gaveUp) => gaveUp.includes(true),
      }),
    ],
  };
}

function swimRecorder(others: number): Recorder<SwimMessage, SwimCommand, SwimResult> {
  const initial: SwimPast = { standing: {}, told: {}, starting: [], asked: {}, turns: {}, broken: [] };
  return {
    initial,
    observe: (observation): Seen | undefined => {
      if (observation.kind === 'restart') return { kind: 'restart', node: observation.node };
      if (observation.kind !== 'note') return undefined;
      const { node, note, data } = observation;
      if (note === 'opinion') {
        const { before, ...now } = data as Opinion & { readonly before: Opinion | null };
        const falls = before !== null && !overrides(now, before);
        const gone = !isPresent(now);
        return falls || gone ? { kind: note, node, falls, gone } : undefined;
      }
      if (note === 'probe') return { kind: note, node, member: (data as Asking).member, others };
      if (note === 'durable') return { kind: note, node, incarnation: (data as Standing).incarnation };
      if (note === 'incarnation') return { kind: note, node, ...(data as Standing) };
      if (note !== 'asks-others' && note !== 'accuses') return undefined;
      const { member, period } = data as Asking;
      return { kind: note, node, about: `${member}/${period}` };
    },
    next: (past, seen) => nextPast(past as SwimPast, seen as Seen),
  };
}

function nextPast(past: SwimPast, seen: Seen): SwimPast {
  switch (seen.kind) {
    case 'opinion': {
      const turns = seen.gone ? { ...past.turns, [seen.node]: null } : past.turns;
      return seen.falls ? breaks({ ...past, turns }, RISE) : { ...past, turns };
    }
    case 'probe': {
      const turn = past.turns[seen.node] ?? [];
      if (past.turns[seen.node] === null) return past;
      const now = turn.includes(seen.member) ? breaks(past, TURN) : past;
      const next = turn.length + 1 === seen.others ? [] : [...turn, seen.member].sort((a, b) => a - b);
      return { ...now, turns: { ...now.turns, [seen.node]: next } };
    }
    case 'asks-others':
      return { ...past, asked: { ...past.asked, [seen.node]: seen.about } };
    case 'accuses':
      return past.asked[seen.node] === seen.about ? past : breaks(past, ASKED);
    case 'restart':
      return { ...past, starting: [seen.node], turns: { ...past.turns, [seen.node]: [] } };
    case 'durable':
      return { ...past, told: { ...past.told, [seen.node]: seen.incarnation } };
    case 'incarnation':
      return spoken(past, seen.node, { incarnation: seen.incarnation, isIn: seen.isIn });
  }
}

function spoken(past: SwimPast, node: number, { incarnation, isIn }: Standing): SwimPast {
  const before = past.standing[node];
  const starts = past.starting.includes(node);
  const now = { ...past, starting: [], standing: { ...past.standing, [node]: { incarnation, isIn } } };
  // What a crash undid was told to nobody: one that starts knows what its disk kept.
  if (before === undefined || (starts && !isIn)) return now;
  const floor = starts ? (past.told[node] ?? -1) : before.incarnation;
  if (isIn) return incarnation > floor ? now : breaks(now, OWN);
  return before.isIn || incarnation === before.incarnation ? now : breaks(now, OUT);
}

function breaks(past: SwimPast, promise: string): SwimPast {
  return past.broken.includes(promise) ? past : { ...past, broken: [...past.broken, promise].sort() };
}
