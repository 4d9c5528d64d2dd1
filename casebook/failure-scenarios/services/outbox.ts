import { type SketchAnswer, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

const [RELAY, BROKER, CONSUMER] = [0, 1, 2];
const RELAY_EVERY_MS = 20;
/** From hearing that the broker has it to having written that down. */
const MARKS_AFTER_MS = 30;
const AGAIN_MS = 100;

/** An outbox with its relay, a broker, and a consumer that knows what it has seen, or does not. */
export function delivery(consumerRemembers: boolean): Subject {
  return sketch({
    name: consumerRemembers ? 'delivery with an inbox' : 'delivery without an inbox',
    nodes: ['relay', 'broker', 'consumer'],
    operations: ['publish', 'effects'],
    survives: ['crash-recovery', 'omission'],
    clients: { timeoutMs: 100, attempts: 10 },
    program: (node) => {
      if (node.index === RELAY) return relay(node);
      return node.index === BROKER ? broker(node) : consumer(node, consumerRemembers);
    },
    promises: [],
    judge: () => [],
  });
}

/** Keeps what is to be published until it has written down that the broker has it. */
function relay(node: SketchNode): SketchProgram {
  const outbox = (node.kept['outbox'] ??= {}) as Record<string, 'open' | 'published'>;
  const asked = new Map<string, (answer: SketchAnswer) => void>();
  // What was published by this process: after a crash nobody knows.
  const sending = new Set<string>();
  node.timer('relay', RELAY_EVERY_MS);
  return {
    request: ({ f, key }, answer) => {
      if (f === 'publish') {
        outbox[key] ??= 'open';
        answer({ outcome: 'ok', output: null });
        return;
      }
      asked.set(key, answer);
      node.send(CONSUMER, { type: 'how often?', key });
    },
    message: (_from, { type, key, times }) => {
      if (type === 'taken') node.timer(`mark/${key}`, MARKS_AFTER_MS);
      else asked.get(key)?.({ outcome: 'ok', output: Number(times) });
    },
    timer: (name) => {
      if (name !== 'relay') {
        outbox[name.slice('mark/'.length)] = 'published';
        return;
      }
      for (const [key, state] of Object.entries(outbox)) {
        if (state === 'open' && !sending.has(key)) node.send(BROKER, { type: 'publish', key });
        if (state === 'open') sending.add(key);
      }
      node.timer('relay', RELAY_EVERY_MS);
    },
  };
}

/** Delivers each publication, also a second one of the same message, until it is acknowledged. */
function broker(node: SketchNode): SketchProgram {
  const queue = (node.kept['queue'] ??= []) as { readonly key: string; done: boolean }[];
  const deliver = (at: number): void => {
    const message = queue[at];
    if (message === undefined || message.done) return;
    node.send(CONSUMER, { type: 'deliver', key: message.key, at });
    node.timer(String(at), AGAIN_MS);
  };
  return {
    message: (from, { type, key, at }) => {
      if (type === 'acknowledge') {
        const message = queue[Number(at)];
        if (message !== undefined) message.done = true;
        return;
      }
      queue.push({ key, done: false });
      node.send(from, { type: 'taken', key });
      deliver(queue.length - 1);
    },
    timer: (at) => deliver(Number(at)),
  };
}

function consumer(node: SketchNode, remembers: boolean): SketchProgram {
  const times = (node.kept['times'] ??= {}) as Record<string, number>;
  return {
    message: (from, { type, key, at }) => {
      if (type === 'how often?') {
        node.send(from, { type: 'so often', key, times: times[key] ?? 0 });
        return;
      }
      if (!remembers || times[key] === undefined) {
        times[key] = (times[key] ?? 0) + 1;
        node.effect('does', key);
      }
      node.send(from, { type: 'acknowledge', key, at: Number(at) });
    },
  };
}
