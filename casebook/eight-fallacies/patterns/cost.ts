import { type FaultDraft, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

export const SEEN = 'a change is seen by everybody within 300 ms';
const SOURCE = 0;
const WATCHERS = [1, 2, 3];
const POLL_MS = 10;
const REMIND_MS = 1_000;
const SEEN_MS = 300;

/** Packing, checking and copying one message costs the processor 4 ms. */
export const PRICED: readonly FaultDraft[] = [
  { kind: 'slow-cpu', host: 'source', costUs: 4_000, atUs: 1_000_000, forUs: 0 },
];

/** Three watchers of a value that seldom changes: they ask all the time, or are told. */
export function watching(toldOnChange: boolean): Subject {
  return sketch({
    name: 'watching',
    nodes: ['source', 'watcher-1', 'watcher-2', 'watcher-3'],
    operations: ['change'],
    survives: ['timing'],
    clients: { timeoutMs: 2_000 },
    program: (node) => {
      if (node.index !== SOURCE) return watcher(node, !toldOnChange);
      return source(node, toldOnChange);
    },
    promises: [SEEN],
    judge: ({ operations, effects }) => {
      const late = operations.flatMap(({ key = '', invokedAt }) =>
        WATCHERS.map((id) => {
          const seen = effects.find((effect) => effect.node === id && effect.key === key);
          return ((seen?.atUs ?? Infinity) - invokedAt) / 1_000;
        }).filter((ms) => ms > SEEN_MS),
      );
      const all = operations.length * WATCHERS.length;
      const reason = `${late.length} of ${all} times a watcher saw a change more than ${SEEN_MS} ms after it was asked for`;
      return [{ promise: SEEN, kept: late.length === 0, reason, examined: all }];
    },
  });
}

function source(node: SketchNode, tells: boolean): SketchProgram {
  const changes: string[] = [];
  const tell = (to: number, from: number): void =>
    node.send(to, { type: 'changes', from, keys: changes.slice(from) });
  if (tells) node.timer('remind', REMIND_MS);
  return {
    request: ({ key }, answer) => {
      changes.push(key);
      if (tells) for (const to of WATCHERS) tell(to, changes.length - 1);
      answer({ outcome: 'ok', output: null });
    },
    message: (from, { have }) => tell(from, Number(have)),
    timer: () => {
      // Whoever missed something asks for it.
      for (const to of WATCHERS) tell(to, changes.length);
      node.timer('remind', REMIND_MS);
    },
  };
}

function watcher(node: SketchNode, asks: boolean): SketchProgram {
  let have = 0;
  const ask = (): void => node.send(SOURCE, { type: 'anything new?', have });
  if (asks) node.timer('poll', POLL_MS);
  return {
    message: (_from, { from, keys }) => {
      if (Number(from) > have) {
        ask();
        return;
      }
      const fresh = (keys as readonly string[]).slice(have - Number(from));
      have += fresh.length;
      for (const key of fresh) node.effect('seen', key);
    },
    timer: () => {
      ask();
      node.timer('poll', POLL_MS);
    },
  };
}
