import { HashRing } from './ring.ts';

/** Somewhere to send to, as a balancer sees it. */
export interface Backend {
  readonly name: string;
  /** What is under way there. */
  busy: number;
  healthy: boolean;
}

/** How a balancer chooses. */
export type ChoosingPolicy = 'round-robin' | 'least-busy' | 'consistent-hash';

/** Chooses among backends that are well and have room. */
export class Chooser {
  readonly backends: Backend[] = [];
  /** Choices that found no backend. */
  refused = 0;
  private readonly policy: ChoosingPolicy;
  private readonly most: number;
  private turn = 0;

  /** `most`: what may be under way at one backend at once. */
  constructor(policy: ChoosingPolicy, most: number = Number.POSITIVE_INFINITY) {
    this.policy = policy;
    this.most = most;
  }

  /** The backends are these from now on; those that stay keep what is under way. */
  become(names: readonly string[]): void {
    const known = new Map(this.backends.map((backend) => [backend.name, backend]));
    const next = names.map((name) => known.get(name) ?? { name, busy: 0, healthy: true });
    this.backends.splice(0, this.backends.length, ...next);
  }

  /** A backend for a key, which has one more under way from now on until `done`; undefined when none has room. */
  choose(key = ''): Backend | undefined {
    const free = this.backends.filter(({ busy, healthy }) => healthy && busy < this.most);
    const chosen = this.among(free, key);
    if (chosen === undefined) this.refused++;
    else chosen.busy++;
    return chosen;
  }

  done(backend: Backend): void {
    backend.busy = Math.max(0, backend.busy - 1);
  }

  private among(free: readonly Backend[], key: string): Backend | undefined {
    if (free.length === 0) return undefined;
    if (this.policy === 'least-busy') return free.reduce((a, b) => (b.busy < a.busy ? b : a));
    if (this.policy === 'round-robin') return free[this.turn++ % free.length];
    const owner = new HashRing(free.map(({ name }) => name)).owner(key);
    return free.find(({ name }) => name === owner);
  }
}
