import {
  type Machine,
  multiPaxos,
  type MultiPaxosCommand,
  type MultiPaxosMessage,
  type MultiPaxosOptions,
  type MultiPaxosResult,
  type MultiPaxosState,
} from '@holdfast/protocols';
import { encodePlain } from '@holdfast/plain';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { ofHistory, ofNodes } from '../properties/property.ts';
import type { Recorder } from '../properties/recorder.ts';

/** A Multi-Paxos group to explore, and what its clients ask. */
export interface MultiPaxosSystem {
  readonly name: string;
  readonly nodes: number;
  /** Clients that make one request each, of any node. Default 0. */
  readonly clients?: number;
  readonly network?: NetworkKind;
  readonly options?: Partial<MultiPaxosOptions>;
}

/** By slot, every entry some node took for chosen, encoded. */
type MultiPaxosPast = Readonly<Record<string, readonly string[]>>;

interface Executed {
  readonly slots: number;
  readonly digest: number;
  /** Slots known to be chosen. */
  readonly chosen: number;
}

const NOTHING: Machine = { name: 'nothing', init: () => null, apply: () => null };

/** The Multi-Paxos core itself, explored: one entry a slot, asked for or a no-op, carried out alike and without gaps. */
export function multiPaxosSystem(
  system: MultiPaxosSystem,
): CoreModel<MultiPaxosMessage, MultiPaxosCommand, MultiPaxosResult> {
  const { name, nodes, clients = 0, network = 'unordered', options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const core = multiPaxos({ ...options, nodes: ids }, NOTHING);
  const commands = Array.from(
    { length: clients },
    (_, i): MultiPaxosCommand => ({ client: 0, sequence: 0, operation: i + 1 }),
  );
  const asked = new Set(['null', ...commands.map((command) => encodePlain(command))]);
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: commands.map((command) => ({ requests: [{ command }] })),
    history: multiPaxosRecorder(),
    properties: [
      ofHistory<MultiPaxosPast>('agreement', (past) =>
        Object.values(past).every((entries) => entries.length < 2),
      ),
      ofHistory<MultiPaxosPast>('validity', (past) =>
        Object.values(past).every((entries) => entries.every((entry) => asked.has(entry))),
      ),
      ofNodes<MultiPaxosState, Executed>({
        name: 'state machine safety',
        view: ({ state }) => ({
          slots: state?.executed ?? 0,
          digest: state?.digest ?? 0,
          chosen: state?.chosenTo ?? 0,
        }),
        holds: carriedOutAlike,
      }),
    ],
  };
}

function carriedOutAlike(views: readonly Executed[]): boolean {
  return views.every(
    (a, i) =>
      a.slots <= a.chosen &&
      views.slice(i + 1).every((b) => a.slots === 0 || a.slots !== b.slots || a.digest === b.digest),
  );
}

function multiPaxosRecorder(): Recorder<MultiPaxosMessage, MultiPaxosCommand, MultiPaxosResult> {
  const initial: MultiPaxosPast = {};
  return {
    initial,
    observe: (seen) => {
      if (seen.kind !== 'note' || seen.note !== 'chosen') return undefined;
      const { slot, entry } = seen.data as { readonly slot: number; readonly entry: unknown };
      return { slot, entry: encodePlain(entry) };
    },
    next: (past, seen): MultiPaxosPast => {
      const before = past as MultiPaxosPast;
      const { slot, entry } = seen as { readonly slot: number; readonly entry: string };
      const entries = before[slot] ?? [];
      return entries.includes(entry) ? before : { ...before, [slot]: [...entries, entry].sort() };
    },
  };
}
