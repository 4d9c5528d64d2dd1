import { SketchCaller, type SketchAnswer, type SketchNode, type SketchProgram } from 'holdfast';
import type { OutboxRow } from './database.ts';
import { AGAIN_MS, DATABASE, type PaymentState, type Posture, statusOf } from './posture.ts';

/** What users talk to: keeps nothing itself, so that any of several will do. `pay` answers that the payment is accepted, not that it is made. */
export function api(node: SketchNode, posture: Posture): SketchProgram {
  const caller = new SketchCaller(node, AGAIN_MS);
  let made = 0;
  const accepted = (answer: (answer: SketchAnswer) => void): void =>
    answer({ outcome: 'ok', output: 'accepted' });
  const insert = (order: string, answer: (answer: SketchAnswer) => void): void => {
    const by = `${node.name}/${Number(node.kept['boots'])}/${++made}`;
    // The name of the order makes the second payment of it the same one; a name of its own does not.
    const payment = posture.unique ? order : `${order}@${by}`;
    const row: Omit<OutboxRow, 'id'> = { kind: 'capture', payment, order, key: `${payment}#1` };
    const isOne = posture.transactions === 'one';
    const message = { type: 'insert', key: order, payment, by, capture: isOne ? row : null };
    caller.call(DATABASE, message, ({ isNew }) => {
      // Broken twin: what is to be sent is committed apart from what it follows from.
      if (isOne || isNew !== true) accepted(answer);
      else caller.call(DATABASE, { type: 'enqueue', row }, () => accepted(answer));
    });
  };
  return {
    request: ({ f, key: order }, answer) => {
      if (f === 'pay' && posture.unique) insert(order, answer);
      else {
        caller.call(DATABASE, { type: 'find', key: order }, ({ states }) => {
          const [state] = states as PaymentState[];
          if (f === 'status') answer({ outcome: 'ok', output: statusOf(state, posture.shown) });
          // Broken twin: between looking and inserting another may have done both.
          else if (state === undefined) insert(order, answer);
          else accepted(answer);
        });
      }
    },
    message: (_from, message) => void caller.heard(message),
    timer: (name) => void caller.timer(name),
  };
}
