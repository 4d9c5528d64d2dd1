import type { Core, NodeId } from '@holdfast/protocols';
import type { Recorder } from '../properties/recorder.ts';
import { operationRecorder } from '../properties/operations.ts';

/** What clients of a register and its servers say to each other. */
export type RegisterMessage =
  | { readonly type: 'put'; readonly request: number; readonly value: string }
  | { readonly type: 'get'; readonly request: number }
  | { readonly type: 'put-ok'; readonly request: number }
  | { readonly type: 'get-ok'; readonly request: number; readonly value: string };

/** The value before the first put. */
export const NO_VALUE = '';

/** A client at work: the request it waits for, 0 when it is done, and how many it has made. */
export interface RegisterClientState {
  awaiting: number;
  made: number;
}

/**
 * A client that puts `puts` values of its own, one after another, and then gets once; each request to the next server. `index` numbers
 * servers and clients together from 0, servers first: it decides the first server and makes requests and values unique.
 */
export function registerClient(
  index: number,
  servers: readonly NodeId[],
  puts: number,
): Core<RegisterClientState, RegisterMessage, never, never> {
  const server = (made: number): NodeId => servers[(index + made) % servers.length] as NodeId;
  const letter = (made: number): string => {
    const offset = index - servers.length;
    return String.fromCharCode(made === 0 ? 65 + offset : 90 - offset);
  };
  return {
    name: 'register client',
    boot(_, out): RegisterClientState {
      out.send(server(0), { type: 'put', request: index, value: letter(0) });
      return { awaiting: index, made: 1 };
    },
    step(state, event, out): void {
      if (event.kind !== 'message' || event.message.request !== state.awaiting) return;
      if (event.message.type === 'get-ok') {
        state.awaiting = 0;
        state.made++;
      } else if (event.message.type === 'put-ok') {
        const { made } = state;
        const request = (made + 1) * index;
        out.send(
          server(made),
          made < puts ? { type: 'put', request, value: letter(made) } : { type: 'get', request },
        );
        state.awaiting = request;
        state.made++;
      }
    },
    messageType: ({ type }): string => type,
    view: ({ awaiting, made }) => ({ awaiting, made }),
  };
}

/** Records what register clients send and receive as operations; clients are the nodes from `firstClient` on. */
export function registerRecorder<M extends { readonly type: string }>(
  firstClient: NodeId,
  clients: number,
): Recorder<M | RegisterMessage, never, never> {
  return operationRecorder(clients, (observation) => {
    if (observation.kind === 'send' && observation.from >= firstClient) {
      const message = observation.message as RegisterMessage;
      const process = observation.from - firstClient;
      if (message.type === 'put') return { kind: 'invoke', process, f: 'write', input: message.value };
      if (message.type === 'get') return { kind: 'invoke', process, f: 'read', input: null };
    } else if (observation.kind === 'deliver' && observation.to >= firstClient) {
      const message = observation.message as RegisterMessage;
      const process = observation.to - firstClient;
      if (message.type === 'put-ok') return { kind: 'return', process, output: null };
      if (message.type === 'get-ok') return { kind: 'return', process, output: message.value };
    }
    return undefined;
  });
}
