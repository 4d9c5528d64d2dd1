import type { Core, NodeId, Outbox } from '@holdfast/protocols';

/** One thing a random core does when something happens in a state. */
export interface Reaction {
  readonly next: number;
  readonly sends: readonly { readonly to: NodeId; readonly message: number; readonly held: boolean }[];
  /** The record's new value; -1 for no store. */
  readonly store: number;
  readonly arm: boolean;
  readonly cancel: boolean;
  /** Among how many it chooses; the answer is added to the next state. */
  readonly choice: number;
}

/** A core given by tables: `reactions[state][event]`, states 0 to `states` - 1, events numbered by kind. */
export interface RandomCore {
  readonly states: number;
  readonly messages: number;
  readonly boot: Reaction;
  readonly reactions: readonly (readonly (Reaction | null)[])[];
}

/** The core that a table says. It remembers across restarts what it stored. */
export function tableCore(table: RandomCore): Core<{ at: number }, number, never, never> {
  const react = (
    state: { at: number },
    reaction: Reaction | null | undefined,
    out: Outbox<number, never>,
  ): void => {
    if (reaction === null || reaction === undefined) return;
    const { next, sends, store, arm, cancel, choice } = reaction;
    const answer = choice > 1 ? out.choose('which', choice) : 0;
    state.at = (next + answer) % table.states;
    const writes = [
      { key: 'a', value: store },
      { key: 'b', value: store + 1 },
    ];
    const token = store < 0 ? 0 : out.store(writes);
    for (const { to, message, held } of sends) out.send(to, message, held ? token : 0);
    if (arm) out.setTimer('tick', 1);
    if (cancel) out.cancelTimer('tick');
  };
  return {
    name: 'table',
    boot({ records }, out): { at: number } {
      const a = typeof records['a'] === 'number' ? records['a'] : 0;
      const b = typeof records['b'] === 'number' ? records['b'] : 0;
      const state = { at: (a + 2 * b) % table.states };
      react(state, { ...table.boot, next: state.at }, out);
      return state;
    },
    step(state, event, out): void {
      const row = table.reactions[state.at];
      if (event.kind === 'message') react(state, row?.[event.message], out);
      else if (event.kind === 'timer') react(state, row?.[table.messages], out);
      else if (event.kind === 'stored') react(state, row?.[table.messages + 1], out);
    },
    messageType: (message) => `m${message}`,
    view: ({ at }) => ({ at }),
  };
}
