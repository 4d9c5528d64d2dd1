import { sketch, type SketchNode, type SketchProgram, type SketchRequest, type Subject } from 'holdfast';

const BEAT_MS = 30;
const SILENCE_MS = 200;

/** Where a service keeps the names of what it has done: nowhere, in the leader's own memory, or in the log that both have. */
export type Memory = 'none' | 'own' | 'replicated';

interface Entry {
  readonly key: string;
  /** Of the request; 0 when the log does not say. */
  readonly id: number;
}

interface Waiting {
  readonly at: number;
  readonly done: () => void;
}

/** Counters on a leader and a follower, which takes over when it hears nothing. An add is answered once both have it. */
export function counters(memory: Memory): Subject {
  return sketch({
    name: `counters, names kept: ${memory}`,
    nodes: ['first', 'second'],
    operations: ['add', 'total'],
    survives: ['crash-recovery', 'omission'],
    clients: { entry: () => ['first', 'second'], timeoutMs: 100, attempts: 14 },
    program: (node) => counter(node, memory),
    promises: [],
    judge: () => [],
  });
}

/** Takes over what the leader has from a place on. Words that were overtaken by later ones take nothing away. */
function follow(log: Entry[], from: number, entries: readonly Entry[]): void {
  const differs = entries.findIndex((entry, i) => {
    const own = log[from + i];
    return own === undefined || own.key !== entry.key || own.id !== entry.id;
  });
  if (differs >= 0) log.splice(from + differs, log.length, ...entries.slice(differs));
}

function counter(node: SketchNode, memory: Memory): SketchProgram {
  const other = 1 - node.index;
  const log = (node.kept['log'] ??= []) as Entry[];
  // Whoever starts for the first time as the first one leads.
  let leads = node.index === 0 && node.kept['started'] === undefined;
  node.kept['started'] = true;
  let hasAcked = 0;
  let heardMs = node.upMs();
  const own = new Set<number>();
  let waiting: Waiting[] = [];
  const send = (): void =>
    node.send(other, { type: 'entries', from: hasAcked, entries: log.slice(hasAcked) as never });
  const isAlone = (): boolean => node.upMs() - heardMs > SILENCE_MS;
  const release = (): void => {
    const ready = waiting.filter(({ at }) => isAlone() || at <= hasAcked);
    waiting = waiting.filter((each) => !ready.includes(each));
    for (const { done } of ready) done();
  };
  const isKnown = (id: number): boolean =>
    memory === 'replicated' ? log.some((entry) => entry.id === id) : memory === 'own' && own.has(id);
  const add = ({ id, key }: SketchRequest): void => {
    if (isKnown(id)) return;
    own.add(id);
    log.push({ key, id: memory === 'replicated' ? id : 0 });
    send();
  };
  node.timer('beat', BEAT_MS);
  return {
    request: (request, answer) => {
      if (!leads) return;
      if (request.f === 'add') add(request);
      const total = log.filter(({ key }) => key === request.key).length;
      const output = request.f === 'add' ? null : total;
      waiting.push({ at: log.length, done: () => answer({ outcome: 'ok', output }) });
      release();
    },
    message: (_from, message) => {
      heardMs = node.upMs();
      if (message.type === 'acknowledged') {
        hasAcked = Math.max(hasAcked, Number(message.length));
        release();
        return;
      }
      leads = false;
      const entries = message.entries as never as readonly Entry[];
      follow(log, Number(message.from), entries);
      node.send(other, { type: 'acknowledged', length: Number(message.from) + entries.length });
    },
    timer: () => {
      if (!leads && isAlone()) leads = true;
      if (leads) {
        send();
        release();
      }
      node.show({ role: leads ? 'leader' : 'follower', log: log.length });
      node.timer('beat', BEAT_MS);
    },
  };
}
