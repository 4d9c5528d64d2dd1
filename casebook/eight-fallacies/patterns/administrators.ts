import { sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

export const KEPT = 'no accepted change of a setting is lost';
const STORE = 2;
/** How long an administrator looks at the settings before saving them. */
const THINKS_MS = 60;

/** Two consoles on one set of settings: whole files that overwrite each other, or saves that name the version they change. */
export function settings(comparesVersions: boolean): Subject {
  return sketch({
    name: 'settings',
    nodes: ['console-1', 'console-2', 'settings'],
    operations: ['set'],
    survives: ['crash-recovery'],
    clients: { entry: (client) => [`console-${client + 1}`], timeoutMs: 3_000 },
    program: (node) => (node.index === STORE ? store(node, comparesVersions) : console(node)),
    promises: [KEPT],
    judge: ({ operations, kept }) => {
      const now = (kept[STORE]?.['settings'] ?? []) as readonly string[];
      const accepted = operations.filter(({ outcome }) => outcome === 'ok').map(({ key = '' }) => key);
      const lost = accepted.filter((key) => !now.includes(key));
      const first = lost[0] === undefined ? '' : `, the first of them ${lost[0]}`;
      const reason = `${lost.length} of ${accepted.length} accepted changes are gone in the end${first}`;
      return [{ promise: KEPT, kept: lost.length === 0, reason, examined: accepted.length }];
    },
  });
}

/** One change at a time: load, think, save; from the start when somebody else has saved meanwhile. */
function console(node: SketchNode): SketchProgram {
  const queue: { readonly key: string; readonly done: () => void }[] = [];
  let seen: readonly string[] = [];
  let version = 0;
  const load = (): void => {
    if (queue.length > 0) node.send(STORE, { type: 'load' });
  };
  return {
    request: ({ key }, answer) => {
      queue.push({ key, done: () => answer({ outcome: 'ok', output: null }) });
      if (queue.length === 1) load();
    },
    message: (_from, message) => {
      if (message.type === 'settings') {
        seen = message.all as readonly string[];
        version = Number(message.version);
        node.timer('think', THINKS_MS);
        return;
      }
      if (message.type === 'saved') queue.shift()?.done();
      load();
    },
    timer: () => node.send(STORE, { type: 'save', all: [...seen, queue[0]?.key ?? ''], version }),
  };
}

function store(node: SketchNode, comparesVersions: boolean): SketchProgram {
  let version = 0;
  return {
    message: (from, message) => {
      const all = (node.kept['settings'] ?? []) as readonly string[];
      if (message.type === 'load') {
        node.send(from, { type: 'settings', all: [...all], version });
        return;
      }
      if (comparesVersions && message.version !== version) {
        node.send(from, { type: 'changed meanwhile' });
        return;
      }
      version++;
      node.kept['settings'] = message.all;
      node.send(from, { type: 'saved' });
    },
  };
}
