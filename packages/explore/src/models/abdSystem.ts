import { registerModel } from '@holdfast/check';
import { abd, type AbdCommand, type AbdMessage, type AbdOptions, type AbdResult } from '@holdfast/protocols';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { linearizable, operationRecorder } from '../properties/operations.ts';

/** Replicas of one register to explore; each client makes its operations one after another, of one node. */
export interface AbdSystem {
  readonly name: string;
  readonly nodes: number;
  /** Per client: whom it asks, and what; `read`, or the value it writes. */
  readonly clients: readonly { readonly of: number; readonly asks: readonly string[] }[];
  readonly network?: NetworkKind;
  readonly options?: Partial<AbdOptions>;
}

const KEY = 'x';

function commandOf(text: string): AbdCommand {
  return text === 'read' ? { f: 'read', key: KEY } : { f: 'write', key: KEY, value: text };
}

/** The ABD core itself, explored: what clients see of the register is linearizable (Attiya, Bar-Noy and Dolev 1995). */
export function abdSystem(system: AbdSystem): CoreModel<AbdMessage, AbdCommand, AbdResult> {
  const { name, nodes, clients, network = 'unordered', options = {} } = system;
  const ids = Array.from({ length: nodes }, (_, i) => i + 1);
  const core = abd({ ...options, nodes: ids });
  return {
    name,
    nodes: ids.map((id) => ({ id, core })),
    network,
    clients: clients.map(({ of, asks }) => ({
      requests: asks.map((text) => ({ command: commandOf(text), to: of })),
    })),
    history: operationRecorder<AbdMessage, AbdCommand, AbdResult>(clients.length, (seen) => {
      if (seen.kind === 'request') {
        const { f } = seen.command;
        const input = seen.command.f === 'write' ? seen.command.value : null;
        return { kind: 'invoke', process: seen.client, f, input };
      }
      if (seen.kind === 'lost') return { kind: 'lost', process: seen.client };
      if (seen.kind !== 'reply') return undefined;
      const { client: process, result } = seen;
      return result.ok ? { kind: 'return', process, output: result.value } : { kind: 'fail', process };
    }),
    properties: [linearizable(registerModel({ initial: null }))],
  };
}
