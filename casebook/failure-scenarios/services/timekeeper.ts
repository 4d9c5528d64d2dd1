import { sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

const LIFE_MS = 500;

/** Things that end, leases and stamps, by a clock that never goes back, or by the one on the wall. */
export function timekeeper(byTheWall: boolean): Subject {
  return sketch({
    name: byTheWall ? 'times by the wall clock' : 'times by the monotonic clock',
    nodes: ['server'],
    operations: ['put', 'get', 'take', 'stamp'],
    survives: ['timing'],
    clients: { timeoutMs: 200 },
    program: (node) => keeper(node, () => (byTheWall ? node.wallMs() : node.upMs()), byTheWall),
    promises: [],
    judge: () => [],
  });
}

function keeper(node: SketchNode, now: () => number, byTheWall: boolean): SketchProgram {
  const until = new Map<string, number>();
  let leaseUntil = Number.NEGATIVE_INFINITY;
  let last = 0;
  const stamp = (): number => {
    // People want to read a time; order needs more than the time.
    last = byTheWall ? node.wallMs() : Math.max(last + 0.001, node.wallMs());
    return last;
  };
  return {
    request: ({ f, key }, answer) => {
      const done = (output: number | boolean | null): void => answer({ outcome: 'ok', output });
      if (f === 'put') {
        until.set(key, now() + LIFE_MS);
        done(null);
      } else if (f === 'get') done(now() < (until.get(key) ?? Number.NEGATIVE_INFINITY));
      else if (f === 'stamp') done(stamp());
      else {
        const isFree = now() >= leaseUntil;
        if (isFree) leaseUntil = now() + LIFE_MS;
        done(isFree);
      }
    },
  };
}
