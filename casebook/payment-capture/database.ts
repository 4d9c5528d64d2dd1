import {
  attemptMove,
  type HeardMessage,
  noRefusals,
  type RefusedMoves,
  type SketchMessage,
  type SketchNode,
  type SketchProgram,
} from 'holdfast';
import { PAYMENT, type PaymentState, type Posture } from './posture.ts';

/** A payment: `id` is what the provider knows it by. */
export interface Payment {
  readonly id: string;
  readonly order: string;
  state: PaymentState;
  /** The call that made it: whoever repeats that call has made it. */
  readonly by: string;
}

/** Something that is still to be sent. */
export interface OutboxRow {
  readonly id: number;
  readonly kind: 'capture' | 'parcel';
  readonly payment: string;
  readonly order: string;
  /** What the provider is to recognise a capture by. */
  readonly key: string;
}

/** What the database keeps: what is in it is durable. */
export interface Tables {
  readonly payments: Payment[];
  readonly outbox: OutboxRow[];
  lastRow: number;
  readonly refused: RefusedMoves;
}

/** The tables of a database's disk; made when it is new. */
export function tablesOf(kept: Readonly<Record<string, unknown>>): Tables {
  return (kept['tables'] ?? { payments: [], outbox: [], lastRow: 0, refused: noRefusals() }) as Tables;
}

/** A database: each message is one transaction, and does nothing when it comes again. */
export function database(node: SketchNode, posture: Posture): SketchProgram {
  const tables = tablesOf(node.kept);
  node.kept['tables'] = tables;
  return {
    message: (from, message) =>
      node.send(from, { type: 'row', call: message['call'] ?? '', ...transact(tables, message, posture) }),
  };
}

type Answer = Omit<SketchMessage, 'type'>;

function transact(tables: Tables, message: HeardMessage, posture: Posture): Answer {
  const { payments, outbox } = tables;
  switch (message.type) {
    case 'find':
      return { states: payments.filter(({ order }) => order === message.key).map(({ state }) => state) };
    case 'insert':
      return insert(tables, message, posture);
    case 'move':
      return move(tables, message);
    case 'enqueue': {
      const row = message as unknown as { readonly row: Omit<OutboxRow, 'id'> };
      enqueue(tables, row.row);
      return {};
    }
    case 'done':
      remove(tables, Number(message['row']));
      return {};
    default:
      return {
        rows: outbox.slice(0, 20) as never,
        unknown: payments.filter(({ state }) => state === 'unknown') as never,
      };
  }
}

/** A new payment, and the message that it is to be captured, unless there is one already. */
function insert(tables: Tables, message: HeardMessage, { unique }: Posture): Answer {
  const { key: order, payment: id, by, capture } = message;
  const known = tables.payments.find((each) => (unique ? each.order === order : each.id === id));
  if (known !== undefined) return { state: known.state, isNew: known.by === by };
  const payment: Payment = { id: id as string, order, state: PAYMENT.initial, by: by as string };
  tables.payments.push(payment);
  if (capture !== null) enqueue(tables, capture as unknown as Omit<OutboxRow, 'id'>);
  return { state: payment.state, isNew: true };
}

/** The next state of a payment, the message that follows from it, and what led to it off the outbox. */
function move(tables: Tables, message: HeardMessage): Answer {
  const payment = tables.payments.find(({ id }) => id === message['payment']);
  if (payment === undefined) return { moved: false };
  const before = payment.state;
  payment.state = attemptMove(PAYMENT, tables.refused, before, message['to']);
  const moved = payment.state !== before;
  if (moved && message['follows'] !== null) {
    enqueue(tables, message['follows'] as unknown as Omit<OutboxRow, 'id'>);
  }
  if (message['row'] !== null) remove(tables, Number(message['row']));
  return { moved };
}

/** One row for each thing that is to be sent: the same asked for again is there already. */
function enqueue(tables: Tables, row: Omit<OutboxRow, 'id'>): void {
  const { kind, payment, key } = row;
  if (tables.outbox.some((each) => each.kind === kind && each.payment === payment && each.key === key))
    return;
  tables.outbox.push({ ...row, id: ++tables.lastRow });
}

function remove({ outbox }: Tables, id: number): void {
  const at = outbox.findIndex((row) => row.id === id);
  if (at >= 0) outbox.splice(at, 1);
}
