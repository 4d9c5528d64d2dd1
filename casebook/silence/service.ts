import {
  type FaultDraft,
  sketch,
  type SketchMessage,
  type SketchNode,
  type SketchProgram,
  type Subject,
} from 'holdfast';

export const ONCE = 'each customer pays once';
const [SHOP, BANK] = [0, 1];
/** The one payment that meets silence is asked for at this instant; the bank answers within three milliseconds. */
export const ASKED_MS = 3_000;
export const TIMEOUT_MS = 200;
const AGAIN_MS = 300;

/** What a caller makes of silence. */
export type Reading =
  /** It was not done: order it anew. */
  | 'not done'
  /** It was done: go on. */
  | 'done'
  /** It is not known: ask again under the same name until there is an answer. */
  | 'not known';

/** Why nothing was heard. */
export const EXPLANATIONS = [
  'the request was lost',
  'the bank crashed before',
  'the bank crashed after',
  'the answer was lost',
  'the bank is slow',
] as const;
/** One of them. */
export type Explanation = (typeof EXPLANATIONS)[number];

const span = (fromMs: number, untilMs: number): { atUs: number; forUs: number } => ({
  atUs: Math.round(fromMs * 1_000),
  forUs: Math.round((untilMs - fromMs) * 1_000),
});

/** Each of them as the fault that it is. The request arrives a millisecond after it was sent. */
export const FAULTS: Readonly<Record<Explanation, FaultDraft>> = {
  'the request was lost': {
    kind: 'one-way',
    from: ['shop'],
    to: ['bank'],
    ...span(ASKED_MS - 1, ASKED_MS + 250),
  },
  'the bank crashed before': { kind: 'crash', host: 'bank', ...span(ASKED_MS - 1, ASKED_MS + 250) },
  'the bank crashed after': { kind: 'crash', host: 'bank', ...span(ASKED_MS + 1.5, ASKED_MS + 250) },
  'the answer was lost': {
    kind: 'one-way',
    from: ['bank'],
    to: ['shop'],
    ...span(ASKED_MS - 1, ASKED_MS + 250),
  },
  'the bank is slow': { kind: 'pause', host: 'bank', ...span(ASKED_MS - 1, ASKED_MS + 250) },
};

/** A shop that asks a bank to take a payment, and reads silence in one of three ways. */
export function shop(reading: Reading): Subject {
  return sketch({
    name: `silence means: ${reading}`,
    nodes: ['shop', 'bank'],
    operations: ['pay'],
    survives: ['crash-recovery', 'omission', 'timing'],
    clients: { timeoutMs: 4_000 },
    latency: { kind: 'constant', us: 1_000 },
    program: (node) => (node.index === SHOP ? front(node, reading) : bank(node)),
    promises: [ONCE],
    judge: ({ operations, effects }) => {
      const told = operations.filter(({ outcome }) => outcome === 'ok').map(({ key = '' }) => key);
      const times = (key: string): number => effects.filter((effect) => effect.key === key).length;
      const bad = told.find((key) => times(key) !== 1);
      const reason =
        bad === undefined
          ? `${told.length} customers were told that they had paid, and each paid once`
          : `${bad} was told that it was paid, and paid ${times(bad)} times`;
      return [{ promise: ONCE, kept: bad === undefined, reason, examined: told.length }];
    },
    metrics: ({ effects }) => {
      const limit = (ASKED_MS + TIMEOUT_MS) * 1_000;
      return {
        'paid when the shop gives up': effects.filter(({ atUs, key }) => key === SILENT && atUs < limit)
          .length,
      };
    },
  });
}

/** The payment that meets silence. */
export const SILENT = 'pay-silent';

function front(node: SketchNode, reading: Reading): SketchProgram {
  const open = new Map<string, () => void>();
  let names = 0;
  const ask = (key: string, name: string): void => {
    const words: SketchMessage = { type: 'take', key, name };
    node.send(BANK, words);
    node.timer(key, name.endsWith('/1') ? TIMEOUT_MS : AGAIN_MS);
  };
  return {
    request: ({ key }, answer) => {
      open.set(key, () => answer({ outcome: 'ok', output: null }));
      names = 1;
      ask(key, `${key}/1`);
    },
    message: (_from, { key }) => {
      open.get(key)?.();
      open.delete(key);
      node.stop(key);
    },
    timer: (key) => {
      if (!open.has(key)) return;
      if (reading === 'done') {
        open.get(key)?.();
        open.delete(key);
      } else ask(key, reading === 'not done' ? `${key}/${++names}` : `${key}/1`);
    },
  };
}

/** Takes a payment once for each name it is asked under. It works for a millisecond, and answers then. */
function bank(node: SketchNode): SketchProgram {
  const taken = (node.kept['taken'] ??= {}) as Record<string, true>;
  const answers = new Map<string, number>();
  return {
    message: (from, { key, name }) => {
      const as = typeof name === 'string' ? name : key;
      if (taken[as] === undefined) node.effect('takes', key);
      taken[as] = true;
      answers.set(key, from);
      node.timer(key, 1);
    },
    timer: (key) => node.send(answers.get(key) ?? SHOP, { type: 'taken', key }),
  };
}
