import {
  askUntilAnswered,
  type FaultDraft,
  sketch,
  type SketchMessage,
  type SketchNode,
  type SketchProgram,
  type Subject,
} from 'holdfast';

export const ASKED = 'only what was asked for is paid';
const [BRANCH, RELAY, BANK] = [0, 1, 2];
const AGAIN_MS = 200;
const AMOUNT = 10;

/** Whoever owns the relay writes other amounts into what passes through it. */
export const OWNED: readonly FaultDraft[] = [
  { kind: 'byzantine', host: 'relay', lie: 'raises amounts', atUs: 2_000_000, forUs: 3_000_000 },
];

/** Transfers that pass through a relay: as they are, or sealed with a secret that branch and bank share. */
export function transfers(sealed: boolean): Subject {
  return sketch({
    name: 'transfers',
    nodes: ['branch', 'relay', 'bank'],
    operations: ['transfer'],
    survives: ['byzantine'],
    clients: { timeoutMs: 1_000 },
    program: (node) => {
      if (node.index === BRANCH) return branch(node, sealed);
      return node.index === BANK ? bank(node, sealed) : relay(node);
    },
    lies: { 'raises amounts': () => (to, payload) => [to === BANK ? raised(payload) : payload] },
    promises: [ASKED],
    judge: ({ effects }) => {
      const wrong = effects.find(({ data }) => data !== AMOUNT);
      const reason =
        wrong === undefined
          ? `${effects.length} transfers were paid as they were asked for`
          : `${wrong.key} was for ${AMOUNT}, and ${JSON.stringify(wrong.data)} was paid`;
      return [{ promise: ASKED, kept: wrong === undefined, reason, examined: effects.length }];
    },
  });
}

function raised(payload: unknown): unknown {
  const sent = payload as { readonly message: SketchMessage };
  return { ...sent, message: { ...sent.message, amount: AMOUNT * 100 } };
}

function branch(node: SketchNode, sealed: boolean): SketchProgram {
  return askUntilAnswered(node, AGAIN_MS, (id) => {
    const pay = { type: 'pay', key: id, amount: AMOUNT };
    node.send(RELAY, sealed ? { ...pay, seal: seal(id, AMOUNT) } : pay);
  });
}

function relay(node: SketchNode): SketchProgram {
  return { message: (from, message) => node.send(from === BRANCH ? BANK : BRANCH, message) };
}

/** Pays each transfer once; a sealed one only when the seal is that of what it says. */
function bank(node: SketchNode, sealed: boolean): SketchProgram {
  return {
    message: (_from, { key, amount, seal: found }) => {
      if (sealed && found !== seal(key, Number(amount))) return;
      if (node.kept[key] === undefined) node.effect('pay', key, Number(amount));
      node.kept[key] = true;
      node.send(RELAY, { type: 'paid', key });
    },
  };
}

const SECRET = 'known to branch and bank alone';

/** Stands for a message authentication code: whoever does not know the secret cannot make it. */
function seal(id: string, amount: number): number {
  let sum = 0x811c9dc5;
  for (const letter of `${SECRET}/${id}/${amount}`) {
    sum = Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return sum;
}
