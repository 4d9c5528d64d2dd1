import type { SketchNode, SketchProgram } from 'holdfast';
import type { Build } from './jobs.ts';

/** What is stored of a job's result: the highest token it was opened or written with, and the result once there is one. */
export interface Stored {
  readonly highest: number;
  readonly by: number;
  readonly value: string | null;
}

export function storedIn(kept: Readonly<Record<string, unknown>>): Record<string, Stored> {
  return (kept['results'] ?? {}) as Record<string, Stored>;
}

/** Where results go. It knows nothing of leases and clocks: it looks at tokens. */
export function results(node: SketchNode, { fences }: Build): SketchProgram {
  const stored = (node.kept['results'] ??= {}) as Record<string, Stored>;
  return {
    message: (from, { type, key: job, token: given, value, call = '' }) => {
      const token = Number(given);
      const now = (stored[job] ??= { highest: 0, by: 0, value: null });
      const isFenced = fences && token < now.highest;
      const highest = Math.max(token, now.highest);
      if (isFenced) node.kept['refused'] = Number(node.kept['refused'] ?? 0) + 1;
      if (type === 'open') {
        stored[job] = isFenced ? now : { ...now, highest };
        node.send(from, { type: 'opened', call, isFenced, hasResult: now.value !== null });
        return;
      }
      // The same holder may say it twice; broken twin: anybody may, and the last one stays.
      const isNew = !isFenced && (now.value === null || (!fences && token !== now.by));
      if (isNew) {
        stored[job] = { highest, by: token, value: value as string };
        node.effect('result', job, { token, by: value as string });
      }
      node.send(from, { type: 'written', call, isFenced });
    },
  };
}

/** One job in so many cannot be done: a step of it is refused for good. */
const HOPELESS = 12;

/** What steps do to the world outside: a letter for each. It knows each step by its name, or none. */
export function mailer(node: SketchNode, { idempotent }: Build): SketchProgram {
  const done = (node.kept['done'] ??= {}) as Record<string, 'sent' | 'refused'>;
  const hopeless = (node.kept['hopeless'] ??= {}) as Record<string, boolean>;
  return {
    message: (from, { key, job: of, token, call = '' }) => {
      const job = of as string;
      node.effect('asked', key, Number(token));
      hopeless[job] ??= node.draw(HOPELESS, 'hopeless') === HOPELESS - 1;
      if (done[key] === undefined || !idempotent) {
        done[key] = hopeless[job] && key.endsWith('/3') ? 'refused' : 'sent';
        if (done[key] === 'sent') node.effect('letter', key);
      }
      node.send(from, { type: done[key], call });
    },
  };
}
