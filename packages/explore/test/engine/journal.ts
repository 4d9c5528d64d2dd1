import type { Core } from '@holdfast/protocols';
import type { CoreModel } from '../../src/index.ts';
import { ofNodesAndHistory } from '../../src/index.ts';

interface JournalState {
  /** Entries in memory. */
  entries: number[];
  /** Requests whose store is under way. */
  waiting: { id: number; token: number }[];
}

interface Add {
  readonly value: number;
}

/** A one-node journal: answers a request once its entry is durable; the broken twin answers at once. */
export function journal(answersEarly: boolean): CoreModel<never, Add, boolean> {
  const core: Core<JournalState, never, Add, boolean> = {
    name: 'journal',
    boot: ({ records }) => ({ entries: (records['entries'] as number[] | undefined) ?? [], waiting: [] }),
    step(state, event, out): void {
      if (event.kind !== 'request') return;
      state.entries.push(event.command.value);
      const token = out.store([{ key: 'entries', value: [...state.entries] }]);
      out.reply(event.id, true, answersEarly ? 0 : token);
    },
    messageType: () => 'none',
    view: ({ entries }) => ({ entries: entries.length }),
  };
  return {
    name: answersEarly ? 'journal that answers early' : 'journal',
    nodes: [{ id: 1, core }],
    clients: [{ requests: [{ command: { value: 1 } }, { command: { value: 2 } }] }],
    history: {
      initial: [] as number[],
      observe: (o) => (o.kind === 'reply' ? 'answered' : undefined),
      next: (history) => [...(history as number[]), (history as number[]).length + 1],
    },
    properties: [
      ofNodesAndHistory<JournalState, readonly number[], readonly number[]>({
        name: 'what was answered is kept',
        view: ({ up, state, records }) =>
          up && state !== null ? state.entries : ((records['entries'] as number[] | undefined) ?? []),
        holds: ([entries], answered) => answered.every((_, i) => (entries?.length ?? 0) > i),
      }),
    ],
  };
}
