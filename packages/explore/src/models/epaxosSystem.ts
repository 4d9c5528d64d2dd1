import {
  type ClientCommand,
  epaxos,
  type EPaxosMessage,
  type EPaxosOptions,
  type EPaxosResult,
  type Machine,
} from '@holdfast/protocols';
import { encodePlain } from '@holdfast/plain';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { ofHistory } from '../properties/property.ts';
import type { Recorder } from '../properties/recorder.ts';

/** Replicas to explore, and whom each of the conflicting commands is asked of. */
export interface EPaxosSystem {
  readonly name: string;
  readonly nodes: number;
  readonly asked: readonly number[];
  readonly network?: NetworkKind;
  readonly options?: Partial<EPaxosOptions>;
}

/** What was committed under each id, by anybody, and the order in which each replica carried commands out. */
interface EPaxosPast {
  readonly committed: Readonly<Record<string, readonly string[]>>;
  readonly executed: Readonly<Record<string, readonly string[]>>;
}

type Seen =
  | { readonly kind: 'commit'; readonly id: string; readonly text: string }
  | { readonly kind: 'execute'; readonly node: number; readonly text: string }
  | { readonly kind: 'restart'; readonly node: number };

const NOTHING: Machine = { name: 'nothing', init: () => null, apply: () => null };

/**
 * The EPaxos* core itself, explored: one payload and one set of dependencies a command (agreement), and conflicting commands are carried out in one
 * order everywhere (Ryabinin, Gotsman and Sutra 2025, section 2).
 */
export function epaxosSystem(system: EPaxosSystem): CoreModel<EPaxosMessage, ClientCommand, EPaxosResult> {
  const { name, nodes, asked, network = 'unordered', options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  // Timers may go off at any time: replicas need not take turns.
  const core = epaxos({ stagger: 0, ...options, nodes: ids }, NOTHING);
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: asked.map((to, i) => ({
      requests: [{ command: { client: 0, sequence: 0, operation: { f: 'put', key: 'x', value: i } }, to }],
    })),
    history: epaxosRecorder(),
    properties: [
      ofHistory<EPaxosPast>('agreement', ({ committed }) =>
        Object.values(committed).every((values) => values.length < 2),
      ),
      ofHistory<EPaxosPast>('one order', ({ executed }) => inOneOrder(Object.values(executed))),
      ofHistory<EPaxosPast>(
        'all is carried out',
        ({ executed }) => Object.values(executed).some(({ length }) => length === asked.length),
        'reachable',
      ),
    ],
  };
}

/** Of any two lists one is the beginning of the other: all commands conflict. */
function inOneOrder(lists: readonly (readonly string[])[]): boolean {
  return lists.every((a) => lists.every((b) => a.every((text, i) => b[i] === undefined || b[i] === text)));
}

function epaxosRecorder(): Recorder<EPaxosMessage, ClientCommand, EPaxosResult> {
  const initial: EPaxosPast = { committed: {}, executed: {} };
  return {
    initial,
    observe: (seen): Seen | undefined => {
      // A replica that starts carries everything out again.
      if (seen.kind === 'restart') return { kind: 'restart', node: seen.node };
      if (seen.kind !== 'note') return undefined;
      const { id, ...rest } = seen.data as { readonly id: string; readonly payload?: unknown };
      if (seen.note === 'commit') return { kind: 'commit', id, text: encodePlain(rest) };
      if (seen.note !== 'execute' || rest.payload === null) return undefined;
      return { kind: 'execute', node: seen.node, text: id };
    },
    next: (past, seen): EPaxosPast => {
      const { committed, executed } = past as EPaxosPast;
      const event = seen as Seen;
      if (event.kind === 'restart') return { committed, executed: { ...executed, [event.node]: [] } };
      if (event.kind === 'execute') {
        const list = [...(executed[event.node] ?? []), event.text];
        return { committed, executed: { ...executed, [event.node]: list } };
      }
      const values = committed[event.id] ?? [];
      if (values.includes(event.text)) return past as EPaxosPast;
      return { committed: { ...committed, [event.id]: [...values, event.text].sort() }, executed };
    },
  };
}
