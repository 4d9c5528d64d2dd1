import { type Plain, SketchCaller, type SketchAnswer, type SketchNode, type SketchProgram } from 'holdfast';
import { type Account, HOME, join, NEW, type Policy, REGIONS, written } from './fields.ts';

const [SYNC_MS, AGAIN_MS] = [60, 120];

/** What a region keeps. `addresses` is the home region's: who has which. */
export interface Store {
  clock: number;
  readonly accounts: Record<string, Account>;
  readonly addresses: Record<string, string>;
  /** What was answered, by request: a copy is answered alike, and changes nothing. */
  readonly answers: Record<number, SketchAnswer>;
}

export function storeOf(kept: Readonly<Record<string, unknown>>): Store {
  return (kept['store'] ?? { clock: 0, accounts: {}, addresses: {}, answers: {} }) as Store;
}

interface Asked {
  readonly id: number;
  readonly f: string;
  readonly key: string;
  readonly input: Plain;
}

const ok = (output: Plain = null): SketchAnswer => ({ outcome: 'ok', output });
const no = (why: string): SketchAnswer => ({ outcome: 'fail', output: why });

/** A region of the profile service: decides alone on what may be merged, and asks the home region about the rest. */
export function region(node: SketchNode, policy: Policy): SketchProgram {
  const here = new Region(node, policy);
  const caller = new SketchCaller(node, AGAIN_MS);
  node.timer('sync', SYNC_MS);
  return {
    request: ({ id, f, key, input }, answer) => {
      const asked = { id, f, key, input };
      if (node.index === HOME || !isStrong(f, policy)) answer(here.once(asked));
      // Until it answers: a change of which nothing is heard may have been made.
      else {
        caller.call(HOME, { type: 'ask', key, asked: asked as never }, ({ said }) =>
          answer(said as never as SketchAnswer),
        );
      }
    },
    message: (from, message) => {
      if (caller.heard(message)) return;
      if (message.type === 'ask') {
        const said = here.once(message['asked'] as never as Asked);
        node.send(from, { type: 'said', call: message['call'] ?? '', said: said as never });
      } else if (message.type === 'sync') here.hears(message['store'] as never as Store);
    },
    timer: (name) => {
      if (caller.timer(name)) return;
      for (const to of REGIONS.keys()) {
        if (to !== node.index) node.send(to, { type: 'sync', store: here.told() });
      }
      node.timer('sync', SYNC_MS);
    },
  };
}

/** What one region decides: the home region. */
function isStrong(f: string, { email, deletion, security }: Policy): boolean {
  if (f === 'email') return email === 'home';
  if (f === 'delete') return deletion === 'dominates';
  return (f === 'read' || f === 'write') && security === 'home';
}

class Region {
  private readonly node: SketchNode;
  private readonly policy: Policy;
  private readonly store: Store;

  constructor(node: SketchNode, policy: Policy) {
    this.node = node;
    this.policy = policy;
    this.store = storeOf(node.kept);
    node.kept['store'] = this.store;
  }

  once(asked: Asked): SketchAnswer {
    return (this.store.answers[asked.id] ??= this.does(asked));
  }

  private does({ f, key, input }: Asked): SketchAnswer {
    const [account = '', toggle = ''] = key.split('/');
    const now = this.store.accounts[account] ?? NEW;
    const field = (name: string): Plain => now.fields[name]?.write?.value ?? null;
    if (f === 'look') return ok({ state: now.deleted ? 'deleted' : 'there', name: field('name') });
    // The same again: it is done already.
    if (f === 'delete' && now.deleted) return ok();
    if (now.deleted && this.policy.deletion === 'dominates') return no('gone');
    if (f === 'read') return ok(field('security'));
    switch (f) {
      case 'name':
        return this.writes(account, 'name', input);
      case 'write':
        return this.writes(account, 'security', input);
      case 'toggle': {
        if (this.policy.marketing === 'each') return this.writes(account, `marketing/${toggle}`, input);
        const all = (field('marketing') ?? {}) as Readonly<Record<string, Plain>>;
        return this.writes(account, 'marketing', { ...all, [toggle]: input });
      }
      case 'email':
        return this.takes(account, input as string);
      default:
        return this.deletes(account);
    }
  }

  /** Joins what another region has, its clock first: what is written from now on is later than all of it. */
  hears({ clock, accounts }: Store): void {
    this.store.clock = Math.max(this.store.clock, clock);
    for (const [account, theirs] of Object.entries(accounts)) {
      this.store.accounts[account] = join(this.store.accounts[account] ?? NEW, theirs, this.policy);
    }
  }

  /** A copy: what is on its way does not change. */
  told(): never {
    return {
      clock: this.store.clock,
      accounts: { ...this.store.accounts },
      addresses: {},
      answers: {},
    } as never;
  }

  private writes(account: string, field: string, value: Plain): SketchAnswer {
    this.store.clock++;
    const by = { actor: this.node.name, time: this.store.clock };
    this.store.accounts[account] = written(this.store.accounts[account] ?? NEW, field, value, by);
    if (field === 'name') this.node.effect('name', account, { ...by, value });
    if (this.policy.deletion === 'a write') {
      const revived = this.store.accounts[account];
      this.store.accounts[account] = { ...revived, deleted: field === 'deletion' };
    }
    return ok();
  }

  private takes(account: string, address: string): SketchAnswer {
    const holder =
      this.policy.email === 'home'
        ? this.store.addresses[address]
        : Object.entries(this.store.accounts).find(
            ([, { fields }]) => fields['email']?.write?.value === address,
          )?.[0];
    if (holder === account) return ok();
    if (holder !== undefined) return no('taken');
    this.frees(account);
    this.store.addresses[address] = account;
    this.node.effect('email', address, { account, change: 'taken' });
    return this.writes(account, 'email', address);
  }

  private frees(account: string): void {
    const before = this.store.accounts[account]?.fields['email']?.write?.value;
    if (typeof before !== 'string') return;
    delete this.store.addresses[before];
    this.node.effect('email', before, { account, change: 'given back' });
  }

  private deletes(account: string): SketchAnswer {
    this.frees(account);
    if (this.policy.deletion === 'a write') return this.writes(account, 'deletion', true);
    this.store.accounts[account] = { deleted: true, fields: {} };
    return ok();
  }
}
