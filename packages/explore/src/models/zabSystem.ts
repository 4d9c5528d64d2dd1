import {
  type ClientCommand,
  type Machine,
  zab,
  type ZabMessage,
  type ZabOptions,
  type ZabResult,
  type ZabState,
  type ZabTransaction,
} from '@holdfast/protocols';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { ofHistory, ofNodes } from '../properties/property.ts';
import { allAgree, type EntriesPast, entryRecorder } from './entryRecorder.ts';

/** A Zab group to explore, and what its clients ask. */
export interface ZabSystem {
  readonly name: string;
  readonly nodes: number;
  /** Clients that make one request each, of any node. Default 0. */
  readonly clients?: number;
  readonly network?: NetworkKind;
  readonly options?: Partial<ZabOptions>;
}

interface Delivered {
  readonly committed: number;
  readonly digest: number;
  /** Epoch and counter of what it delivered, in order. */
  readonly order: readonly (readonly [epoch: number, counter: number])[];
}

const NOTHING: Machine = { name: 'nothing', init: () => null, apply: () => null };

/**
 * The Zab core itself, explored: one transaction a position, delivered in the order of its primary and without a gap, and one primary an epoch
 * (Junqueira, Reed and Serafini 2011, section III).
 */
export function zabSystem(system: ZabSystem): CoreModel<ZabMessage, ClientCommand, ZabResult> {
  const { name, nodes, clients = 0, network = 'unordered', options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const core = zab({ ...options, nodes: ids }, NOTHING);
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: Array.from({ length: clients }, (_, i) => ({
      requests: [{ command: { client: 0, sequence: 0, operation: i + 1 } }],
    })),
    history: entryRecorder((note, data) => {
      if (note !== 'deliver') return undefined;
      const { position, transaction } = data as {
        readonly position: number;
        readonly transaction: ZabTransaction;
      };
      return [String(position), transaction.command];
    }),
    properties: [
      ofHistory<EntriesPast>('agreement', allAgree),
      ofNodes<ZabState, Delivered>({
        name: 'state machine safety',
        view: delivered,
        holds: (views) =>
          views.every((a, i) =>
            views
              .slice(i + 1)
              .every((b) => a.committed !== b.committed || a.committed === 0 || a.digest === b.digest),
          ),
      }),
      ofNodes<ZabState, Delivered>({
        name: 'primary order',
        view: delivered,
        holds: (views) => views.every(({ order }) => inOrder(order)),
      }),
      ofNodes<ZabState, number>({
        name: 'one primary an epoch',
        view: ({ state }) => (state !== null && state.phase === 'broadcast' ? state.epoch : 0),
        holds: (epochs) => {
          const led = epochs.filter((epoch) => epoch > 0);
          return new Set(led).size === led.length;
        },
      }),
      ofHistory<EntriesPast>('something is delivered', (past) => clients === 0 || '1' in past, 'reachable'),
    ],
  };
}

function delivered({ state }: { readonly state: ZabState | null }): Delivered {
  if (state === null) return { committed: 0, digest: 0, order: [] };
  const { committed, digest, history } = state;
  const order = history.slice(0, committed).map(({ epoch, counter }) => [epoch, counter] as const);
  return { committed, digest, order };
}

function inOrder(order: Delivered['order']): boolean {
  return order.every(([epoch, counter], i) => {
    const [before, last] = order[i - 1] ?? [0, 0];
    return epoch === before ? counter === last + 1 : epoch > before && counter === 1;
  });
}
