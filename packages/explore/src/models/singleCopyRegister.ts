import type { Core } from '@holdfast/protocols';
import { NO_VALUE, type RegisterMessage } from './registerClient.ts';

/** A register kept by one server alone. With several servers, each has its own, and clients soon notice. */
export function singleCopyRegister(): Core<{ value: string }, RegisterMessage, never, never> {
  return {
    name: 'single-copy register',
    boot: () => ({ value: NO_VALUE }),
    step(state, event, out): void {
      if (event.kind !== 'message') return;
      const { from, message } = event;
      if (message.type === 'put') {
        state.value = message.value;
        out.send(from, { type: 'put-ok', request: message.request });
      } else if (message.type === 'get') {
        out.send(from, { type: 'get-ok', request: message.request, value: state.value });
      }
    },
    messageType: ({ type }): string => type,
    view: ({ value }) => ({ value }),
  };
}
