import { type FaultDraft, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

export const FOUND = 'never without an answer for more than a second';
const [CALLER, NAMES] = [0, 1];
const BEAT_MS = 50;
const GONE_MS = 200;
const PATIENCE_MS = 100;

/** The server that was there at the start is taken away; the other one goes on. */
export const MOVED: readonly FaultDraft[] = [
  { kind: 'crash', host: 'first', atUs: 3_000_000, forUs: 20_000_000 },
];

/** A caller that asks where the service is: once, or again whenever it hears nothing. */
export function addresses(asksAgain: boolean): Subject {
  return sketch({
    name: 'addresses',
    nodes: ['caller', 'names', 'first', 'second'],
    operations: ['call'],
    survives: ['crash-recovery'],
    clients: { timeoutMs: 400 },
    program: (node) => {
      if (node.index === CALLER) return caller(node, asksAgain);
      return node.index === NAMES ? names(node) : server(node);
    },
    promises: [FOUND],
    judge: ({ operations, healAtUs }) => {
      const asked = operations.filter(({ invokedAt }) => invokedAt < healAtUs);
      const answered = asked.filter(({ outcome }) => outcome === 'ok').map(({ completedAt }) => completedAt);
      const times = [asked[0]?.invokedAt ?? 0, ...answered, asked.at(-1)?.invokedAt ?? 0];
      const gaps = times.slice(1).map((at, i) => (at - (times[i] ?? at)) / 1_000);
      const longest = Math.max(0, ...gaps);
      const reason = `${answered.length} of ${asked.length} calls were answered; the longest time without an answer was ${longest.toFixed(0)} ms`;
      return [{ promise: FOUND, kept: longest <= 1_000, reason, examined: asked.length }];
    },
  });
}

function caller(node: SketchNode, asksAgain: boolean): SketchProgram {
  let address = -1;
  const open = new Map<number, () => void>();
  const resolve = (): void => node.send(NAMES, { type: 'where' });
  node.timer('resolve', GONE_MS);
  return {
    request: ({ id }, answer) => {
      open.set(id, () => answer({ outcome: 'ok', output: null }));
      if (address >= 0) node.send(address, { type: 'call', id });
      node.timer(`call/${id}`, PATIENCE_MS);
    },
    message: (_from, message) => {
      if (message.type === 'there') address = Number(message.address);
      else open.get(Number(message.id))?.();
      open.delete(Number(message.id));
    },
    timer: (name) => {
      const id = Number(name.slice('call/'.length));
      if (name === 'resolve') resolve();
      else if (asksAgain && open.has(id)) resolve();
    },
  };
}

/** Knows who is there by their heartbeats, and names the first of them. */
function names(node: SketchNode): SketchProgram {
  const heardMs = new Map<number, number>();
  return {
    message: (from, { type }) => {
      if (type === 'beat') heardMs.set(from, node.upMs());
      else {
        const there = [...heardMs].filter(([, ms]) => node.upMs() - ms < GONE_MS).map(([server]) => server);
        if (there.length > 0) node.send(from, { type: 'there', address: Math.min(...there) });
      }
    },
  };
}

function server(node: SketchNode): SketchProgram {
  node.timer('beat', BEAT_MS);
  return {
    message: (from, { id }) => node.send(from, { type: 'done', id: Number(id) }),
    timer: () => {
      node.send(NAMES, { type: 'beat' });
      node.timer('beat', BEAT_MS);
    },
  };
}
