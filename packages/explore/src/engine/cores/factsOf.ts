import { type OperationEvent, operationIn } from '../../properties/operations.ts';
import type { MessageFacts, StepFacts } from '../../report/facts.ts';
import { ASKS, kindOfStep, MOVES } from './moves.ts';
import type { VectorParts } from './parts.ts';
import type { Rows } from './rows.ts';

/** A step of a system as facts: what `move`, `about` and `row` of its recipe stand for, taken from a state. */
export function factsOf<M, C, R>(
  parts: VectorParts<M, C, R>,
  rows: Rows,
  words: Int32Array,
  from: number,
  [move, about, row]: readonly [number, number, number],
): StepFacts {
  const { catalogue, clients, shape } = parts;
  const kind = kindOfStep(move, rows.kind(row)) as StepFacts['kind'];
  const flies = move === MOVES.deliver || move === MOVES.drop || move === MOVES.duplicate;
  const message = flies ? envelopeFacts(parts, about) : undefined;
  const asked = move === MOVES.request ? requestOf(parts, words, from, about) : undefined;
  const slot = flies ? catalogue.recipient(about) : (asked?.slot ?? about);
  const { id, core } = catalogue.node(slot);
  const after = catalogue.readSituation(
    row === 0 ? (words[from + shape.nodes + slot] as number) : rows.situation(row),
  );
  const lost = kind === 'crash' ? waiting(parts, words, from, slot) : [];
  const list = (numbers: number): readonly number[] => (row === 0 ? [] : catalogue.lists.toArray(numbers));
  return {
    kind,
    node: id,
    ...(message === undefined ? {} : { message }),
    ...(kind === 'timer' ? { timer: catalogue.timers.value(rows.about(row)) } : {}),
    ...(asked === undefined ? {} : { request: { client: asked.client, command: asked.command } }),
    sends: list(rows.sends(row)).map((envelope) => envelopeFacts(parts, envelope)),
    replies: list(rows.replies(row)).map((reply) => ({
      client: clients.ownerOf(catalogue.first(reply)),
      result: catalogue.results.value(catalogue.second(reply)),
    })),
    lost,
    view: after.up ? core.view(catalogue.states.value(after.state)) : null,
    operations: operationsOf(parts, [
      ...list(rows.seen(row)),
      ...lost.flatMap((client) =>
        catalogue.lists.toArray(clients.seenLost(words[from + shape.clients + client] as number)),
      ),
    ]),
  };
}

function envelopeFacts<M, C, R>({ catalogue }: VectorParts<M, C, R>, envelope: number): MessageFacts {
  const sender = catalogue.node(catalogue.sender(envelope));
  const payload = catalogue.messages.value(catalogue.message(envelope));
  const to = catalogue.node(catalogue.recipient(envelope)).id;
  return { from: sender.id, to, label: sender.core.messageType(payload), payload };
}

function requestOf<M, C, R>(
  { catalogue, clients, shape }: VectorParts<M, C, R>,
  words: Int32Array,
  from: number,
  about: number,
): { readonly client: number; readonly slot: number; readonly command: unknown } | undefined {
  const client = Math.floor(about / ASKS);
  const ask = clients.asks(words[from + shape.clients + client] as number)[about % ASKS];
  if (ask === undefined) return undefined;
  return { client, slot: ask.slot, command: catalogue.commands.value(catalogue.second(ask.request)) };
}

/** Clients that wait for the node at a position. */
function waiting<M, C, R>(
  { clients, shape }: VectorParts<M, C, R>,
  words: Int32Array,
  from: number,
  slot: number,
): number[] {
  return Array.from({ length: clients.count }, (_, client) => client).filter((client) =>
    clients.waitsFor(words[from + shape.clients + client] as number, slot),
  );
}

function operationsOf<M, C, R>(
  { catalogue }: VectorParts<M, C, R>,
  seen: readonly number[],
): OperationEvent[] {
  return seen.flatMap((number) => operationIn(catalogue.seen.value(number)) ?? []);
}
