import { type SketchAnswer, sketch, type SketchNode, type SketchProgram, type Subject } from 'holdfast';

const WORK_MS = 10;
/** Half a second of work. */
const ROOM = 50;

/** A server that does a hundred jobs a second, with room for some that wait, or for all. */
export function jobs(bounded: boolean): Subject {
  return sketch({
    name: bounded ? 'jobs in a bounded queue' : 'jobs in a queue without end',
    nodes: ['server'],
    operations: ['job'],
    survives: ['timing'],
    clients: { timeoutMs: 10_000 },
    program: (node) => worker(node, bounded ? ROOM : Number.POSITIVE_INFINITY),
    promises: [],
    judge: () => [],
  });
}

function worker(node: SketchNode, room: number): SketchProgram {
  const queue: ((answer: SketchAnswer) => void)[] = [];
  return {
    request: (_request, answer) => {
      if (queue.length >= room) {
        answer({ outcome: 'fail', output: 'too much to do; try later' });
        return;
      }
      queue.push(answer);
      if (queue.length === 1) node.timer('work', WORK_MS);
    },
    timer: () => {
      queue.shift()?.({ outcome: 'ok', output: null });
      if (queue.length > 0) node.timer('work', WORK_MS);
    },
  };
}
