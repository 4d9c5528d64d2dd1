import { type HeardMessage, SketchCaller, type SketchNode, type SketchProgram } from 'holdfast';
import type { OutboxRow, Payment } from './database.ts';
import {
  AGAIN_MS,
  DATABASE,
  type PaymentState,
  type Posture,
  PROVIDER,
  PROVIDER_TIMEOUT_MS,
  SHOP,
} from './posture.ts';

const POLL_MS = 30;

/** Sends what is in the outbox, writes down what came of it, and asks the provider about payments of unknown outcome. */
export function worker(node: SketchNode, posture: Posture): SketchProgram {
  const relay = new Relay(node, posture);
  node.timer('poll', POLL_MS);
  return {
    message: (_from, message) => void relay.caller.heard(message),
    timer: (name) => {
      if (relay.caller.timer(name)) return;
      relay.poll();
      node.timer('poll', POLL_MS);
    },
  };
}

class Relay {
  readonly caller: SketchCaller;
  private readonly posture: Posture;
  /** What is being done: nothing of it twice at a time. */
  private readonly busy = new Set<string>();
  private isPolling = false;

  constructor(node: SketchNode, posture: Posture) {
    this.caller = new SketchCaller(node, AGAIN_MS);
    this.posture = posture;
  }

  poll(): void {
    if (this.isPolling) return;
    this.isPolling = true;
    this.caller.call(DATABASE, { type: 'work' }, ({ rows, unknown }) => {
      this.isPolling = false;
      for (const row of rows as unknown as OutboxRow[])
        this.once(`row ${row.id}`, (end) => this.send(row, end));
      if (this.posture.unknown !== 'reconcile') return;
      for (const payment of unknown as unknown as Payment[]) {
        this.once(`payment ${payment.id}`, (end) => this.reconcile(payment, end));
      }
    });
  }

  private once(what: string, run: (end: () => void) => void): void {
    if (this.busy.has(what)) return;
    this.busy.add(what);
    run(() => this.busy.delete(what));
  }

  private send(row: OutboxRow, end: () => void): void {
    if (row.kind === 'parcel') {
      const { id, order } = row;
      this.caller.call(SHOP, { type: 'paid', key: order, id }, () =>
        this.caller.call(DATABASE, { type: 'done', row: id }, end),
      );
      return;
    }
    const { payment, order } = row;
    const key = this.posture.key === 'none' ? '' : row.key;
    const capture = { type: 'capture', key, payment, order };
    this.caller.call(PROVIDER, capture, (answer) => this.answered(row, answer, end), {
      afterMs: PROVIDER_TIMEOUT_MS,
      instead: () => this.silent(row, end),
    });
  }

  private answered(row: OutboxRow, { type: outcome }: HeardMessage, end: () => void): void {
    // It says that it did nothing: the row stays, and is sent again.
    if (outcome === 'busy') end();
    else this.move(row, outcome as PaymentState, row.id, end);
  }

  /** No answer is no answer: the payment may have been captured. */
  private silent(row: OutboxRow, end: () => void): void {
    if (this.posture.timeout === 'failure') this.move(row, 'failed', row.id, end);
    else if (this.posture.unknown === 'new key') {
      const attempt = Number(row.key.split('#')[1]) + 1;
      const again = { ...row, key: `${row.payment}#${attempt}` };
      this.move(row, 'unknown', row.id, () => this.enqueue(again, end));
    } else this.move(row, 'unknown', row.id, end);
  }

  private reconcile({ id, order }: Payment, end: () => void): void {
    const [asked, again] = [
      { type: 'lookup', key: id },
      { kind: 'capture', payment: id, order, key: `${id}#1` } as const,
    ];
    const found = ({ type: outcome }: HeardMessage): void => {
      if (outcome !== 'nothing') this.move({ payment: id, order }, outcome as PaymentState, null, end);
      // What was sent may still be on its way: under the same key it does not matter.
      else this.enqueue(again, end);
    };
    this.caller.call(PROVIDER, asked, found, { afterMs: PROVIDER_TIMEOUT_MS, instead: end });
  }

  private enqueue({ kind, payment, order, key }: Omit<OutboxRow, 'id'>, end: () => void): void {
    this.caller.call(DATABASE, { type: 'enqueue', row: { kind, payment, order, key } }, end);
  }

  /** The state a payment comes to, and, when it is captured, the message to the shop. */
  private move(
    { payment, order }: Pick<OutboxRow, 'payment' | 'order'>,
    to: PaymentState,
    row: number | null,
    end: () => void,
  ): void {
    const parcel =
      to === 'captured' ? ({ kind: 'parcel', payment, order, key: `${payment}/parcel` } as const) : null;
    const isOne = this.posture.transactions === 'one';
    const message = { type: 'move', payment, to, row, follows: isOne ? parcel : null };
    this.caller.call(DATABASE, message, ({ moved }) => {
      if (!isOne && parcel !== null && moved === true) this.enqueue(parcel, end);
      else end();
    });
  }
}
