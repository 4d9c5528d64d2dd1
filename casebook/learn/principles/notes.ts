import {
  exactly,
  type Experiment,
  experiment,
  type FaultDraft,
  sketch,
  unclaimed,
  type Workload,
} from 'holdfast';

const [SENDER, READER] = [0, 1];
export const AS_SENT = 'what was read is what was sent, in its order, and soon';
const SOON_MS = 50;

/** What may happen to a message, each by itself. */
export const DEEDS: Readonly<Record<string, FaultDraft>> = {
  lost: { kind: 'loss', hosts: ['reader'], probability: 0.4, atUs: 0, forUs: 4_000_000 },
  duplicated: { kind: 'duplicate', hosts: ['reader'], probability: 0.4, atUs: 0, forUs: 4_000_000 },
  reordered: {
    kind: 'reorder',
    hosts: ['reader'],
    probability: 0.4,
    holdUs: 30_000,
    atUs: 0,
    forUs: 4_000_000,
  },
  corrupted: { kind: 'corrupt', hosts: ['reader'], probability: 0.4, atUs: 0, forUs: 4_000_000 },
  delayed: { kind: 'slow-link', hosts: ['reader'], amount: 200, atUs: 0, forUs: 4_000_000 },
};

const nothing: Workload = { name: 'nothing', clients: 1, operations: ['ask'], model: null, plan: () => [] };

/** A sender of numbered notes, and a reader who takes them as they come. */
export function notes(name: string, faults: readonly FaultDraft[]): Experiment {
  return experiment({
    name,
    subject: sketch({
      name: 'numbered notes',
      nodes: ['sender', 'reader'],
      operations: ['ask'],
      survives: ['omission', 'timing', 'byzantine'],
      clients: { timeoutMs: 1_000 },
      program: (node) => {
        if (node.index === READER)
          return {
            message: (_from, { key, at }) =>
              node.effect('read', key, { number: Number(key), at: Number(at) }),
          };
        let number = 0;
        const next = (): void => {
          if (++number > 20) return;
          node.effect('sent', String(number));
          node.send(READER, { type: 'note', key: String(number), at: node.upMs() });
          node.timer('next', 10);
        };
        next();
        return { timer: next };
      },
      promises: [AS_SENT],
      judge: ({ effects }) => {
        const of = (what: string): string[] =>
          effects.filter((each) => each.what === what).map(({ key }) => key);
        const [sent, read] = [of('sent'), of('read')];
        const late = effects.some(
          ({ what, data, atUs }) =>
            what === 'read' &&
            atUs / 1_000 - Number((data as { readonly at?: number } | null)?.at ?? 0) > SOON_MS,
        );
        const kept = sent.join() === read.join() && !late;
        const reason = kept
          ? `${sent.length} notes, as they were sent`
          : `${sent.length} notes were sent; read: ${read.join(' ')}`;
        return [{ promise: AS_SENT, kept, reason, examined: sent.length + SENDER }];
      },
    }),
    workload: nothing,
    faults: [exactly(faults)],
    contract: { ask: unclaimed({ duringPartition: 'reject', availability: 'none' }) },
    bounds: { simulatedSeconds: 5, recoverWithinMs: 250 },
  });
}
