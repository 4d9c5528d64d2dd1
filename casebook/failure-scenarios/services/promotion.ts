import { sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

const [OLD, NEW] = [0, 1];
const RENEW_MS = 50;
/** A primary that is not confirmed for so long stops; the other waits longer. */
const STOPS_MS = 250;
const WAITS_MS = 400;

/** A primary and a stand-by that an operator can promote: at once, or after the time in which the old one must have stopped. */
export function promotion(fences: boolean): Subject {
  return sketch({
    name: fences ? 'promotion behind a lease' : 'promotion at once',
    nodes: ['old', 'new'],
    operations: ['write', 'promote'],
    survives: ['omission'],
    clients: { entry: (client) => [client === 0 ? 'old' : 'new'], timeoutMs: 1_000 },
    program: (node) => server(node, fences),
    promises: [],
    judge: () => [],
  });
}

function server(node: SketchNode, fences: boolean): SketchProgram {
  const other = node.index === OLD ? NEW : OLD;
  let isPrimary = node.index === OLD;
  let isPromoting = false;
  let confirmedMs = node.upMs();
  let promoted: (() => void) | undefined;
  const mayWrite = (): boolean =>
    isPrimary && (!fences || node.index === NEW || node.upMs() - confirmedMs <= STOPS_MS);
  if (node.index === OLD) node.timer('renew', RENEW_MS);
  return {
    request: ({ f }, answer) => {
      if (f === 'write') {
        if (mayWrite()) answer({ outcome: 'ok', output: null });
        else answer({ outcome: 'fail', output: 'this server is not the primary' });
        return;
      }
      promoted = () => answer({ outcome: 'ok', output: null });
      isPromoting = true;
      node.timer('promote', fences ? WAITS_MS : 0);
    },
    message: (from, { type }) => {
      if (type === 'confirmed') confirmedMs = node.upMs();
      else if (type === 'primary now') isPrimary = false;
      else if (isPrimary) node.send(from, { type: 'primary now' });
      else if (!isPromoting) node.send(from, { type: 'confirmed' });
    },
    timer: (name) => {
      if (name === 'promote') {
        isPrimary = true;
        promoted?.();
      } else {
        node.send(other, { type: 'renew' });
        node.timer('renew', RENEW_MS);
      }
      node.show({ primary: mayWrite() });
    },
  };
}
