import {
  type Core,
  type NodeId,
  paxos,
  type PaxosCommand,
  type PaxosMessage,
  type PaxosOptions,
  type PaxosResult,
  type PaxosState,
} from '@holdfast/protocols';
import { encodePlain } from '@holdfast/plain';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { ofHistory, ofNodesAndHistory } from '../properties/property.ts';
import type { Recorder } from '../properties/recorder.ts';

/** A Paxos group to explore: some nodes propose a value each. */
export interface PaxosSystem {
  readonly name: string;
  readonly nodes: number;
  /** How many of them propose, each its own value: `a`, `b`, ... */
  readonly proposers: number;
  readonly network?: NetworkKind;
  readonly options?: Partial<PaxosOptions>;
}

interface PaxosPast {
  /** Every value some node has learned, encoded, sorted. */
  readonly learned: readonly string[];
}

interface Accepted {
  readonly ballot: number;
  readonly value: string;
  readonly learned: string;
}

/**
 * The Paxos core itself, explored: agreement and validity of "Paxos Made Simple", section 2.1, judged by what nodes learn and by what a
 * majority has durably accepted.
 */
export function paxosSystem(system: PaxosSystem): CoreModel<PaxosMessage, PaxosCommand, PaxosResult> {
  const { name, nodes, proposers, network = 'unordered', options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const values = Array.from({ length: proposers }, (_, i) => String.fromCharCode(97 + i));
  const core: Core<PaxosState, PaxosMessage, PaxosCommand, PaxosResult> = paxos({ ...options, nodes: ids });
  const proposed = new Set(values.map((value) => encodePlain(value)));
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: values.map((value, i) => ({ requests: [{ command: { value }, to: i + 1 }] })),
    history: paxosRecorder(),
    properties: [
      ofHistory<PaxosPast>('agreement', ({ learned }) => learned.length < 2),
      ofHistory<PaxosPast>('validity', ({ learned }) => learned.every((value) => proposed.has(value))),
      ofNodesAndHistory<PaxosState, Accepted, PaxosPast>({
        name: 'what a majority accepted is what is learned',
        view: ({ state, records }) => accepted(state, records),
        holds: (views, { learned }) => chosen(views, nodes).every((value) => isOnly(learned, value)),
      }),
      ofHistory<PaxosPast>('a value is learned', ({ learned }) => learned.length > 0, 'reachable'),
    ],
  };
}

function isOnly(learned: readonly string[], value: string): boolean {
  return learned.every((other) => other === value);
}

/** What is durable counts: the rest a crash may undo, and nobody was told. */
function accepted(state: PaxosState | null, records: Readonly<Record<string, unknown>>): Accepted {
  const record = records['accepted'] as { readonly ballot: NodeId; readonly value: unknown } | undefined;
  const decided = state?.decided ?? null;
  return {
    ballot: record?.ballot ?? 0,
    value: record === undefined ? '' : encodePlain(record.value),
    learned: decided === null ? '' : encodePlain(decided.value),
  };
}

function chosen(views: readonly Accepted[], nodes: number): string[] {
  return views
    .filter(({ ballot, value }) => {
      const same = views.filter((other) => other.ballot === ballot && other.value === value);
      return ballot > 0 && same.length * 2 > nodes;
    })
    .map(({ value }) => value);
}

function paxosRecorder(): Recorder<PaxosMessage, PaxosCommand, PaxosResult> {
  const initial: PaxosPast = { learned: [] };
  return {
    initial,
    observe: (seen) =>
      seen.kind === 'note' && seen.note === 'decided'
        ? encodePlain((seen.data as { readonly value: unknown }).value)
        : undefined,
    next: (past, value): PaxosPast => {
      const { learned } = past as PaxosPast;
      const text = value as string;
      return learned.includes(text) ? { learned } : { learned: [...learned, text].sort() };
    },
  };
}
