import { registerModel } from '@holdfast/check';
import type { Core, NodeId } from '@holdfast/protocols';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { linearizable } from '../properties/operations.ts';
import { ofMessages } from '../properties/property.ts';
import { NO_VALUE, registerClient, type RegisterMessage, registerRecorder } from './registerClient.ts';

/** A register served by some nodes and used by clients. */
export interface RegisterSystem<M> {
  readonly name: string;
  readonly servers: number;
  readonly clients: number;
  /** Values each client puts before it gets. Default 1. */
  readonly puts?: number;
  readonly network?: NetworkKind;
  /** The server with an id, which is from 1 to `servers`, and its peers. */
  readonly server: (id: NodeId, peers: readonly NodeId[]) => Core<unknown, M | RegisterMessage, never, never>;
}

/**
 * A register under test: clients put and then get, what they saw must be linearizable, and some get must answer with a value that was put.
 * The arrangement of Stateright's register tests.
 */
export function registerSystem<M extends { readonly type: string }>(
  options: RegisterSystem<M>,
): CoreModel<M | RegisterMessage, never, never> {
  const { name, servers, clients, puts = 1, network = 'unordered', server } = options;
  const ids = Array.from({ length: servers }, (_, i) => i + 1);
  const users = Array.from({ length: clients }, (_, i) => servers + i);
  return {
    name,
    network,
    nodes: [
      ...ids.map((id) => ({
        id,
        core: server(
          id,
          ids.filter((other) => other !== id),
        ),
      })),
      ...users.map((index) => ({ id: index + 1, core: registerClient(index, ids, puts) })),
    ],
    history: registerRecorder<M>(servers + 1, clients),
    properties: [
      linearizable(registerModel({ initial: NO_VALUE })),
      ofMessages<M | RegisterMessage>('a value is read', 'reachable', (message) => {
        const { type, value } = message as { readonly type: string; readonly value?: unknown };
        return type === 'get-ok' && value !== NO_VALUE;
      }),
    ],
  };
}
