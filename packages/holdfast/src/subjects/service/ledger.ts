import {
  claimKey,
  finishKey,
  idempotencyState,
  type IdempotencyTable,
  startIdempotency,
} from '@holdfast/protocols';
import { encodePlain, type Plain } from '@holdfast/plain';

/** Keys a ledger holds at most, and how long it keeps them: longer than any run retries. */
const KEYS = 1_000_000;
const KEEP_MS = 86_400_000;

/** One side effect that took place. */
export interface Effect {
  readonly key: string;
  readonly call: number;
  readonly atUs: number;
}

/** What to do with a request that wants its effect. */
export type Claimed =
  | { readonly do: 'run'; readonly claim: number }
  | { readonly do: 'wait' }
  | { readonly do: 'replay'; readonly output: string };

/** Where side effects are recorded: it survives its service's crashes. An effect, and the memory of its key, are one step. */
export class Ledger {
  readonly effects: Effect[] = [];
  /** Keys that were taken to be run, and when by true time. */
  readonly claimed: { readonly key: string; readonly atUs: number }[] = [];
  readonly table: IdempotencyTable = startIdempotency({
    limit: KEYS,
    keepMs: KEEP_MS,
    lastRetryMs: KEEP_MS - 1,
  });
  private readonly claims = new Map<string, number>();
  private readonly keyed: boolean;

  constructor(keyed: boolean) {
    this.keyed = keyed;
  }

  /** Asks to run the operation of a key. Without keys it always runs. */
  claim(key: string, f: string, nowMs: number, atUs: number): Claimed {
    if (!this.keyed) return { do: 'run', claim: 0 };
    const answer = claimKey(this.table, key, f, nowMs);
    switch (answer.do) {
      case 'run':
        this.claims.set(key, answer.claim);
        this.claimed.push({ key, atUs });
        return answer;
      case 'replay':
        return { do: 'replay', output: encodePlain(answer.response) };
      default:
        return { do: 'wait' };
    }
  }

  /** The effect takes place now; answers what the caller is told, and what every repetition is told. */
  commit(effect: Effect, claim: number, nowMs: number): string {
    this.effects.push(effect);
    const response = `${effect.key} #${this.effects.length}`;
    this.end(effect.key, { claim, state: 'succeeded', response }, nowMs);
    return encodePlain(response);
  }

  /** It did not take place, and may be run again. */
  release(key: string, claim: number, nowMs: number): void {
    this.end(key, { claim, state: 'retryable', response: null }, nowMs);
  }

  /** The service has started anew: what it was running had no effect, as effects are recorded in the same step. */
  restarted(nowMs: number): void {
    for (const [key, claim] of this.claims) {
      if (idempotencyState(this.table, key) === 'in-progress') this.release(key, claim, nowMs);
    }
  }

  /** What the memory of keys takes, as text. */
  storedBytes(): number {
    return this.keyed ? encodePlain(this.table.records as unknown as Plain).length : 0;
  }

  private end(
    key: string,
    end: {
      readonly claim: number;
      readonly state: 'succeeded' | 'retryable';
      readonly response: string | null;
    },
    nowMs: number,
  ): void {
    if (!this.keyed) return;
    finishKey(this.table, key, end, nowMs);
    this.claims.delete(key);
  }
}
