import type { SketchNode, SketchProgram } from './options.ts';

/**
 * A node that does what it is asked by asking another one, under the request's key, until there is an answer: any message with that key is taken
 * for it. `send` sends for a key; `againMs` after that, without an answer, it is called again.
 */
export function askUntilAnswered(
  node: SketchNode,
  againMs: number,
  send: (key: string) => void,
): SketchProgram {
  const open = new Map<string, () => void>();
  const ask = (key: string): void => {
    send(key);
    node.timer(key, againMs);
  };
  return {
    request: ({ key }, answer) => {
      open.set(key, () => answer({ outcome: 'ok', output: null }));
      ask(key);
    },
    message: (_from, { key }) => {
      open.get(key)?.();
      open.delete(key);
      node.stop(key);
    },
    timer: (key) => {
      if (open.has(key)) ask(key);
    },
  };
}
