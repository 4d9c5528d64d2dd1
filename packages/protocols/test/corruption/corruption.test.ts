import { describe, expect, it } from 'vitest';
import {
  chooseTolerance,
  CorruptStateError,
  type Envelope,
  openEnvelope,
  seal,
  stopUnless,
  type Threat,
  type Tolerance,
} from '../../src/corruption/index.ts';
import {
  changeMerkle,
  compareMerkle,
  emptyMerkle,
  type MerkleTree,
  merkleRoot,
} from '../../src/merkle/index.ts';

/** Every envelope that differs in one bit, of the text (UTF-16) or of the checksum. */
function flipped({ text, checksum }: Envelope): Envelope[] {
  const found: Envelope[] = [];
  for (let at = 0; at < text.length; at++) {
    for (let bit = 0; bit < 16; bit++) {
      const character = String.fromCharCode(text.charCodeAt(at) ^ (1 << bit));
      found.push({ text: text.slice(0, at) + character + text.slice(at + 1), checksum });
    }
  }
  for (let bit = 0; bit < 32; bit++) found.push({ text, checksum: checksum ^ (1 << bit) });
  return found;
}

interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly arrives: number;
}

/** A node that keeps balances; a transfer leaves their sum as it is. */
class Ledger {
  readonly balances: Record<string, number> = { a: 50, b: 50 };
  stopped = false;
  private readonly asserts: boolean;

  constructor(asserts: boolean) {
    this.asserts = asserts;
  }

  receive(envelope: Envelope): void {
    const message = openEnvelope(envelope);
    if (message === undefined || this.stopped) return;
    const { from, to, amount, arrives } = message.value as Transfer;
    const next = { ...this.balances };
    next[from] = (next[from] ?? 0) - amount;
    next[to] = (next[to] ?? 0) + arrives;
    const total = Object.values(next).reduce((sum, value) => sum + value, 0);
    try {
      if (this.asserts) stopUnless(total === 100, 'the balances must sum to 100', total);
      Object.assign(this.balances, next);
    } catch (error) {
      if (!(error instanceof CorruptStateError)) throw error;
      this.stopped = true;
    }
  }
}

function tree(values: ReadonlyMap<string, number>): MerkleTree {
  const found = emptyMerkle();
  for (const [key, value] of values) changeMerkle(found, key, undefined, value);
  return found;
}

/** Buckets in which two trees differ, and the exchanges it took. */
function differences(a: MerkleTree, b: MerkleTree): { buckets: readonly number[]; exchanges: number } {
  const buckets: number[] = [];
  let exchanges = 0;
  for (
    let flying = [merkleRoot(a)] as ReturnType<typeof compareMerkle>['deeper'];
    flying.length > 0;
    exchanges++
  ) {
    const found = compareMerkle(exchanges % 2 === 0 ? b : a, flying);
    buckets.push(...found.buckets);
    flying = found.deeper;
  }
  return { buckets, exchanges };
}

/** Situations, what to build in each, and a word of the reason. */
const QUIZ: readonly (readonly [string, Threat, Tolerance, RegExp])[] = [
  [
    'five servers of one team in one building',
    { distrustful: false, intrusion: false, accidents: false },
    'cft',
    /stop/,
  ],
  [
    'a metadata store of one company on ten thousand disks',
    { distrustful: false, intrusion: false, accidents: true },
    'cft-with-checks',
    /checksum/,
  ],
  [
    'banks that settle with each other',
    { distrustful: true, intrusion: false, accidents: true },
    'bft',
    /trust/,
  ],
  ['a ledger anybody may join', { distrustful: true, intrusion: true, accidents: true }, 'bft', /trust/],
  [
    'a certificate authority that must outlive a break-in at one site',
    { distrustful: false, intrusion: true, accidents: true },
    'bft',
    /intruder/,
  ],
];

describe('accidental corruption', () => {
  it('S2.31 a checksum drops every message in which one bit is flipped, in text or checksum; without it some are believed', () => {
    const sealed = seal({ amount: 10, arrives: 10, from: 'a', to: 'b' });
    expect(openEnvelope(sealed)).toEqual({ value: { amount: 10, arrives: 10, from: 'a', to: 'b' } });
    const all = flipped(sealed);
    expect(all.length).toBeGreaterThan(500);
    expect(all.filter((envelope) => openEnvelope(envelope) !== undefined)).toEqual([]);
    const parses = all.filter(({ text }) => {
      try {
        return text !== sealed.text && JSON.parse(text) !== undefined;
      } catch {
        return false;
      }
    });
    expect(parses.length).toBeGreaterThan(20);
  });

  it('S2.31 a serialiser that is wrong before the checksum is made passes it; an assertion stops the node, and without one it goes on wrong', () => {
    // The bad serialiser writes another amount for what arrives.
    const wrong = seal({ amount: 10, arrives: 100, from: 'a', to: 'b' });
    expect(openEnvelope(wrong)).toBeDefined();
    for (const asserts of [true, false]) {
      const node = new Ledger(asserts);
      node.receive(seal({ amount: 10, arrives: 10, from: 'a', to: 'b' }));
      expect(node.balances).toEqual({ a: 40, b: 60 });
      node.receive(wrong);
      expect(node.stopped).toBe(asserts);
      expect(node.balances).toEqual(asserts ? { a: 40, b: 60 } : { a: 30, b: 160 });
    }
    expect(() => stopUnless(false, 'the term must not fall', 3)).toThrow(
      /the term must not fall: current value is 3/,
    );
  });

  it('S2.31 a replica that changed in silence is found by comparing hash trees, in as many exchanges as the tree is deep and one', () => {
    for (const keys of [100, 1_000, 10_000]) {
      const values = new Map(Array.from({ length: keys }, (_, i): [string, number] => [`key ${i}`, i]));
      const good = tree(values);
      expect(differences(good, tree(values))).toEqual({ buckets: [], exchanges: 1 });
      // One bit of one value, at rest.
      values.set('key 77', 77 ^ 4);
      const { buckets, exchanges } = differences(good, tree(values));
      expect(buckets).toHaveLength(1);
      expect(exchanges).toBeLessThanOrEqual(good.depth + 1);
    }
  });

  it('S2.31 says when Byzantine agreement pays and when checks do, with reasons', () => {
    for (const [situation, threat, tolerance, reason] of QUIZ) {
      const advice = chooseTolerance(threat);
      expect([situation, advice.tolerance]).toEqual([situation, tolerance]);
      expect(advice.reasons.join(' ')).toMatch(reason);
    }
  });
});
