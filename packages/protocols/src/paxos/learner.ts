import type { Plain } from '@holdfast/plain';
import type { PaxosNode } from './state.ts';

/** A value is chosen: answers whoever waits. The first decision stands; a second one is noted for observers. */
export function learn({ state, out }: PaxosNode, value: Plain): void {
  state.proposal = null;
  out.cancelTimer('retry');
  out.note('decided', { value });
  state.decided ??= { value };
  for (const id of state.waiting) out.reply(id, { ok: true, value: state.decided.value });
  state.waiting = [];
}
