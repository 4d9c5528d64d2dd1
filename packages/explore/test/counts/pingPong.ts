import type { Core } from '@holdfast/protocols';
import type { CoreModel, NetworkKind } from '@holdfast/explore';

interface PingPongMessage {
  readonly type: 'ping' | 'pong';
  readonly value: number;
}

/** Counts up to `last` by turns: the example in Stateright's tests of its actor model. */
export function pingPong(
  last: number,
  network: NetworkKind,
  about: string,
): CoreModel<PingPongMessage, never, never> {
  const player = (
    sends: 'ping' | 'pong',
    serves: boolean,
  ): Core<{ value: number }, PingPongMessage, never, never> => ({
    name: sends,
    boot(_, out): { value: number } {
      if (serves) out.send(2, { type: 'ping', value: 0 });
      return { value: 0 };
    },
    step(state, event, out): void {
      if (event.kind !== 'message' || event.message.type === sends) return;
      const { value } = event.message;
      if (state.value !== value || value >= last) return;
      state.value++;
      out.send(event.from, { type: sends, value: serves ? value + 1 : value });
    },
    messageType: ({ type }): string => type,
    view: ({ value }) => ({ value }),
  });
  return {
    name: `ping-pong to ${last}, ${about}`,
    network,
    nodes: [
      { id: 1, core: player('ping', true) },
      { id: 2, core: player('pong', false) },
    ],
  };
}
