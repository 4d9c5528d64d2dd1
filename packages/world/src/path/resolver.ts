import type { Address, TransportStack } from '../transport/index.ts';
import { type AskingOptions, NameAsker, type NameResult } from './asking.ts';
import { NAME_BYTES, NAME_PORT, type NameAnswer, type NameQuestion } from './dns.ts';

/** A resolver with a cache. */
export interface ResolverOptions extends AskingOptions {
  readonly authority: Address;
  /** Questions to the authority under way at once; others are answered `server-failed`. */
  readonly mostPending: number;
  /** Names that are remembered; the one that expires first makes room. */
  readonly mostEntries: number;
  /** Whether it is remembered that a name does not exist. Default true. */
  readonly remembersAbsence?: boolean;
  /** How long answers may be remembered at most and at least, whatever they say. Default: what they say. */
  readonly ttlUs?: readonly [least: number, most: number];
  /** Hears of each question. */
  readonly heard?: (event: ResolverEvent) => void;
}

/** What a resolver did with a question. */
export interface ResolverEvent {
  readonly atUs: number;
  readonly name: string;
  readonly kind: 'hit' | 'negative-hit' | 'miss' | 'expired' | 'joined' | 'too-busy';
}

interface Entry {
  readonly result: NameResult;
  readonly untilUs: number;
}

const FAILED: NameResult = { status: 'server-failed', addresses: [], ttlUs: 0 };
/** The port it asks the authority from. */
const UPSTREAM_PORT = 5_300;

/** Answers from what it remembers, as long as that may be remembered, and asks the authority otherwise; one question for all who wait. */
export class Resolver {
  private readonly stack: TransportStack;
  private readonly options: ResolverOptions;
  private readonly cache = new Map<string, Entry>();
  private readonly waiting = new Map<string, ((result: NameResult) => void)[]>();
  private readonly asker: NameAsker;

  constructor(stack: TransportStack, options: ResolverOptions) {
    this.stack = stack;
    this.options = options;
    this.asker = new NameAsker(stack, UPSTREAM_PORT, options);
    stack.bind(NAME_PORT, ({ src, dst, srcPort, dstPort, data }) => {
      const { id, name } = data as NameQuestion;
      this.resolve(name, (result) => {
        const answer: NameAnswer = { kind: 'answer', id, name, ...result };
        const back = { src: dst, dst: src, srcPort: dstPort, dstPort: srcPort };
        stack.sendDatagram(back, answer, NAME_BYTES);
      });
    });
  }

  /** Answers at once when it knows. */
  resolve(name: string, done: (result: NameResult) => void): void {
    const entry = this.cache.get(name);
    const nowUs = this.stack.host.world.nowUs;
    if (entry !== undefined && entry.untilUs > nowUs) {
      this.note(name, entry.result.status === 'ok' ? 'hit' : 'negative-hit');
      done({ ...entry.result, ttlUs: entry.untilUs - nowUs });
      return;
    }
    const others = this.waiting.get(name);
    if (others !== undefined) {
      this.note(name, 'joined');
      others.push(done);
      return;
    }
    if (this.asker.pending >= this.options.mostPending) {
      this.note(name, 'too-busy');
      done(FAILED);
      return;
    }
    this.note(name, entry === undefined ? 'miss' : 'expired');
    this.waiting.set(name, [done]);
    this.asker.ask(this.options.authority, name, (result) => this.learned(name, result));
  }

  /** Everything remembered is forgotten. */
  flush(): void {
    this.cache.clear();
  }

  private learned(name: string, result: NameResult): void {
    const { remembersAbsence = true } = this.options;
    if (result.status === 'ok' || (result.status === 'no-such-name' && remembersAbsence))
      this.remember(name, result);
    const waiting = this.waiting.get(name) ?? [];
    this.waiting.delete(name);
    const told = result.status === 'timeout' ? FAILED : result;
    for (const done of waiting) done(told);
  }

  private remember(name: string, result: NameResult): void {
    const [least, most] = this.options.ttlUs ?? [0, Number.POSITIVE_INFINITY];
    const ttlUs = Math.min(most, Math.max(least, result.ttlUs));
    this.cache.delete(name);
    if (this.cache.size >= this.options.mostEntries) {
      const [first] = [...this.cache].toSorted(([, a], [, b]) => a.untilUs - b.untilUs);
      if (first !== undefined) this.cache.delete(first[0]);
    }
    this.cache.set(name, { result, untilUs: this.stack.host.world.nowUs + ttlUs });
  }

  private note(name: string, kind: ResolverEvent['kind']): void {
    this.options.heard?.({ atUs: this.stack.host.world.nowUs, name, kind });
  }
}
