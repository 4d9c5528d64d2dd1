import type { Plain } from '@holdfast/plain';

/** Only this module makes fences: set once, by the class below. */
let mint: (resource: string, token: number) => Fence;

/**
 * The right to write to one resource, as a lease gave it. There is no way to make one but to be granted a lease, and no write without one, so an
 * unfenced write is not something a program can say. Whether the lease is still the newest is for the resource to tell.
 */
export class Fence {
  readonly resource: string;
  /** Higher than that of every lease granted before. */
  readonly token: number;
  readonly #granted = true;

  private constructor(resource: string, token: number) {
    this.resource = resource;
    this.token = token;
  }

  static {
    mint = (resource, token) => new Fence(resource, token);
  }

  /** Whether a value is a fence that was granted, whatever its type says: for what comes over a border without types. */
  static isGranted(value: unknown): value is Fence {
    return typeof value === 'object' && value !== null && #granted in value && value.#granted;
  }
}

/** A lease: who has it, until when, and the fence that goes with it. */
export interface GrantedLease {
  readonly holder: string;
  readonly untilMs: number;
  readonly fence: Fence;
}

/** Grants leases on one resource, one holder at a time, each with a higher token than all before. Times are of one monotonic clock. */
export class FencedLeases {
  private readonly resource: string;
  private readonly leaseMs: number;
  private lastToken = 0;
  private current: GrantedLease | undefined;

  constructor(resource: string, leaseMs: number) {
    this.resource = resource;
    this.leaseMs = leaseMs;
  }

  /** A new lease, or undefined while somebody else has one. */
  acquire(holder: string, nowMs: number): GrantedLease | undefined {
    const { current } = this;
    if (current !== undefined && current.holder !== holder && nowMs < current.untilMs) return undefined;
    const fence = mint(this.resource, ++this.lastToken);
    this.current = { holder, untilMs: nowMs + this.leaseMs, fence };
    return this.current;
  }
}

/** What became of a write: `stale` names the highest token that was seen. */
export type FencedWrite = { readonly ok: true } | { readonly ok: false; readonly stale: number };

/** A value that is written under a fence only, and never under an older one than it has seen. */
export class FencedValue<V extends Plain> {
  readonly resource: string;
  private highest = 0;
  private held: V;

  constructor(resource: string, initial: V) {
    this.resource = resource;
    this.held = initial;
  }

  get value(): V {
    return this.held;
  }

  /** Writes, unless the fence is of an older lease. Throws `RangeError` for a fence of another resource, or for one that was forged. */
  write(fence: Fence, value: V): FencedWrite {
    if (!Fence.isGranted(fence)) {
      throw new RangeError(
        `Cannot write to '${this.resource}' as a lease must grant the fence: it is forged; acquire a lease`,
      );
    }
    if (fence.resource !== this.resource) {
      throw new RangeError(
        `Cannot write to '${this.resource}' as the fence must be of that resource: it is of '${fence.resource}'; acquire a lease on it`,
      );
    }
    if (fence.token < this.highest) return { ok: false, stale: this.highest };
    this.highest = fence.token;
    this.held = value;
    return { ok: true };
  }
}
