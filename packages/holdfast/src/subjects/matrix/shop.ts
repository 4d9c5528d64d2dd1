import type { Plain } from '@holdfast/plain';
import type { HeardMessage, SketchAnswer, SketchNode, SketchProgram } from '../sketch/options.ts';

/** Ways to answer during a partition as the data cannot bear. */
export const MATRIX_DEFECTS = [
  'catalogue-asks-authority',
  'payment-anywhere',
  'reserves-locally',
  'last-cart-wins',
  'leads-alone',
] as const;
/** One of them. */
export type MatrixDefect = (typeof MATRIX_DEFECTS)[number];

/** The node that payments and stock belong to. */
export const AUTHORITY = 0;
/** What there is to sell. */
export const STOCK = 6;
const NODES = 3;
const GIVE_UP_MS = 300;
const GOSSIP_MS = 100;
const PUBLISH_MS = 500;

/** What a node keeps; the judge reads it. */
export interface ShopState {
  version: number;
  payments: Record<string, true>;
  sold: number;
  cart: Record<string, true>;
  terms: Record<string, number>;
}

/** What a node has before anything was asked of it. */
export function emptyShop(): ShopState {
  return { version: 0, payments: {}, sold: 0, cart: {}, terms: {} };
}

/** A shop on three nodes, one of them the authority of payments and stock: five operations, each with its own behaviour while the network is split. */
export class ShopNode implements SketchProgram {
  private readonly node: SketchNode;
  private readonly defect: MatrixDefect | null;
  private readonly state: ShopState;
  private readonly waiting = new Map<string, (answer: SketchAnswer) => void>();
  private readonly votes = new Map<string, Set<number>>();

  constructor(node: SketchNode, defect: MatrixDefect | null) {
    this.node = node;
    this.defect = defect;
    this.state = (node.kept['shop'] ??= emptyShop()) as ShopState;
    node.timer('gossip', GOSSIP_MS);
    if (node.index === AUTHORITY) node.timer('publish', PUBLISH_MS);
  }

  request(
    { f, key, id }: { f: string; key: string; id: number },
    answer: (answer: SketchAnswer) => void,
  ): void {
    const ok = (output: Plain): void => answer({ outcome: 'ok', output });
    const { state, defect } = this;
    const name = `${f}/${key}/${id}`;
    if (f === 'read-catalogue' && defect !== 'catalogue-asks-authority') return ok(state.version);
    if (f === 'add-to-cart') {
      state.cart[key] = true;
      return ok(null);
    }
    if (f === 'acquire-leadership') return this.stand(name, key, answer);
    const isLocal =
      this.node.index === AUTHORITY ||
      (f === 'update-payment' && defect === 'payment-anywhere') ||
      (f === 'reserve-inventory' && defect === 'reserves-locally');
    if (isLocal) return answer(this.decide(f, key));
    this.ask(name, answer);
    this.node.send(AUTHORITY, { type: 'decide', key: name });
  }

  message(from: number, { type, key, ...words }: HeardMessage): void {
    const { node, state, defect } = this;
    if (type === 'decide') {
      const [f = '', about = ''] = key.split('/');
      node.send(from, { type: 'decided', key, ...this.decide(f, about) });
    } else if (type === 'decided')
      this.answer(key, {
        outcome: words['outcome'] === 'ok' ? 'ok' : 'fail',
        output: words['output'] ?? null,
      });
    else if (type === 'catalogue') state.version = Math.max(state.version, Number(words['version']));
    else if (type === 'cart') {
      const theirs = words['items'] as Record<string, true>;
      state.cart = defect === 'last-cart-wins' ? { ...theirs } : { ...state.cart, ...theirs };
    } else if (type === 'vote?' && this.grants(key, from)) node.send(from, { type: 'vote', key });
    else if (type === 'vote') this.count(key, from);
  }

  timer(name: string): void {
    const { node, state } = this;
    if (name === 'publish') {
      state.version++;
      node.timer('publish', PUBLISH_MS);
    } else if (name === 'gossip') {
      for (const to of this.others()) {
        node.send(to, { type: 'cart', items: { ...state.cart } });
        if (node.index === AUTHORITY) node.send(to, { type: 'catalogue', version: state.version });
      }
      node.timer('gossip', GOSSIP_MS);
    } else this.answer(name, { outcome: 'fail', output: 'not enough nodes can be reached' });
  }

  private others(): number[] {
    return Array.from({ length: NODES }, (_, i) => i).filter((i) => i !== this.node.index);
  }

  private ask(name: string, answer: (answer: SketchAnswer) => void): void {
    this.waiting.set(name, answer);
    this.node.timer(name, GIVE_UP_MS);
  }

  private answer(name: string, how: SketchAnswer): void {
    this.waiting.get(name)?.(how);
    this.waiting.delete(name);
    this.node.stop(name);
  }

  /** What the authority says, or who takes itself for it. */
  private decide(f: string, key: string): SketchAnswer {
    const { state, node } = this;
    if (f === 'read-catalogue') return { outcome: 'ok', output: state.version };
    if (f === 'update-payment') {
      state.payments[key] = true;
      return { outcome: 'ok', output: null };
    }
    if (state.sold >= STOCK) return { outcome: 'fail', output: 'sold out' };
    state.sold++;
    node.effect('sells', key);
    return { outcome: 'ok', output: null };
  }

  private stand(name: string, term: string, answer: (answer: SketchAnswer) => void): void {
    const { node } = this;
    if (this.defect === 'leads-alone') {
      node.effect('leads', term);
      return answer({ outcome: 'ok', output: null });
    }
    this.ask(name, answer);
    this.votes.set(name, new Set());
    if (this.grants(name, node.index)) this.count(name, node.index);
    for (const to of this.others()) node.send(to, { type: 'vote?', key: name });
  }

  /** One vote a term. */
  private grants(name: string, candidate: number): boolean {
    const term = name.split('/')[1] ?? '';
    this.state.terms[term] ??= candidate;
    return this.state.terms[term] === candidate;
  }

  private count(name: string, voter: number): void {
    const votes = this.votes.get(name);
    votes?.add(voter);
    if ((votes?.size ?? 0) * 2 <= NODES || !this.waiting.has(name)) return;
    this.node.effect('leads', name.split('/')[1] ?? '');
    this.answer(name, { outcome: 'ok', output: null });
  }
}
