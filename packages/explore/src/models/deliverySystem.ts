import {
  delivery,
  type DeliveryMessage,
  type DeliveryResult,
  type DeliverySemantics,
  type DeliveryState,
} from '@holdfast/protocols';
import type { Plain } from '@holdfast/plain';
import type { CoreModel, NetworkKind } from '../engine/cores/model.ts';
import { ofHistory, ofNodesAndHistory } from '../properties/property.ts';

/** A sender, node 1, and a receiver, node 2, to explore, and how many messages are sent, one after another. */
export interface DeliverySystem {
  readonly name: string;
  readonly messages: number;
  /** What the link does. */
  readonly semantics: DeliverySemantics;
  /** What is asked of it. Default: what it does. */
  readonly judgedAs?: DeliverySemantics;
  readonly network?: NetworkKind;
}

/**
 * The delivery core itself, explored: how often the receiver's application acts on each message, and whether it has acted by the time the sender
 * is told.
 */
export function deliverySystem(system: DeliverySystem): CoreModel<DeliveryMessage, Plain, DeliveryResult> {
  const { name, messages, semantics, judgedAs = semantics, network = 'unordered' } = system;
  const core = delivery({ sender: 1, receiver: 2, semantics });
  const effects = ({ state, records }: Sight): readonly number[] => {
    const durable = records['delivery'] as { readonly effects: readonly number[] } | undefined;
    return state?.effects ?? durable?.effects ?? [];
  };
  return {
    name,
    nodes: [1, 2].map((id) => ({ id, core })),
    network,
    clients: [
      { requests: Array.from({ length: messages }, (_, i) => ({ command: `message ${i + 1}`, to: 1 })) },
    ],
    history: {
      initial: 0,
      observe: (seen) => (seen.kind === 'reply' ? true : undefined),
      next: (told) => (told as number) + 1,
    },
    properties: [
      ofNodesAndHistory<DeliveryState, readonly number[], number>({
        name: 'no effect twice',
        view: effects,
        holds: (seen) =>
          judgedAs === 'at-least-once' || seen.every((list) => new Set(list).size === list.length),
      }),
      ofNodesAndHistory<DeliveryState, readonly number[], number>({
        name: 'what was answered has had its effect',
        view: effects,
        holds: (seen, told) => judgedAs === 'at-most-once' || new Set(seen.flat()).size >= told,
      }),
      ofHistory<number>('all is answered', (told) => told === messages, 'reachable'),
    ],
  };
}

interface Sight {
  readonly state: DeliveryState | null;
  readonly records: Readonly<Record<string, unknown>>;
}
