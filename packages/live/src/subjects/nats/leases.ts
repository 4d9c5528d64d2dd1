import type { Action, Answer } from '../../history/recorder.ts';
import { leaseIn } from '../leases.ts';
import { natsFailure } from './store.ts';

/** What JetStream is asked. */
export interface LeaseStream {
  /** An API request; the answer as it came. */
  api(
    what: string,
    body: object,
    deadlineMs: number,
  ): Promise<{ readonly error?: { readonly description?: string } }>;
  /** Stores a message if the subject's last sequence is the one expected. */
  publish(subject: string, value: string, deadlineMs: number, expected: number): Promise<Answer>;
}

/**
 * Messages that expire as leases: a stream for every time to live, whose server deletes a message that long after it was stored, and lets the next one in where the
 * subject has none. The token is the sequence of the holder's first message; who renews stores the next one, and only behind its own last.
 */
export class NatsLeases {
  private readonly stream: LeaseStream;
  /** Sequences of the last messages, by key and holder. */
  private readonly last = new Map<string, number>();
  private readonly made = new Set<number>();

  constructor(stream: LeaseStream) {
    this.stream = stream;
  }

  /** One attempt; undefined for other actions. Never rejects. */
  perform(action: Action, deadlineMs: number): Promise<Answer> | undefined {
    switch (action.f) {
      case 'acquire-lease':
        return this.store(action, deadlineMs, 0, 'held by another');
      case 'renew-lease': {
        const last = this.last.get(nameOf(action));
        if (last === undefined) return Promise.resolve({ outcome: 'fail', output: 'not held' });
        return this.store(action, deadlineMs, last, 'lost');
      }
      case 'release-lease':
        return this.release(action, deadlineMs);
      default:
        return undefined;
    }
  }

  private async store(
    action: Action,
    deadlineMs: number,
    expected: number,
    refused: string,
  ): Promise<Answer> {
    const { holder, ttlMs } = leaseIn(action.input);
    try {
      await this.make(ttlMs, deadlineMs);
      const subject = `${prefixOf(ttlMs)}.${action.key ?? ''}`;
      const { outcome, output, detail } = await this.stream.publish(subject, holder, deadlineMs, expected);
      if (outcome === 'fail') return { outcome, output: refused };
      if (outcome === 'unknown') return { outcome, output };
      const { revision = 0 } = (detail ?? {}) as { readonly revision?: number };
      this.last.set(nameOf(action), revision);
      return { outcome, output: revision };
    } catch (error) {
      return natsFailure(error);
    }
  }

  /** Deletes the holder's own last message, which nobody else's can be; the broken one deletes whatever the subject has. */
  private async release(action: Action, deadlineMs: number): Promise<Answer> {
    const { ttlMs, anyOwner } = leaseIn(action.input);
    const last = this.last.get(nameOf(action));
    if (last === undefined) return { outcome: 'fail', output: 'not held' };
    try {
      const { error } = anyOwner
        ? await this.stream.api(
            `STREAM.PURGE.${nameOfStream(ttlMs)}`,
            { filter: `${prefixOf(ttlMs)}.${action.key ?? ''}` },
            deadlineMs,
          )
        : await this.stream.api(`STREAM.MSG.DELETE.${nameOfStream(ttlMs)}`, { seq: last }, deadlineMs);
      if (error === undefined) return { outcome: 'ok', output: null };
      return { outcome: 'fail', output: error.description ?? 'refused' };
    } catch (error) {
      return natsFailure(error);
    }
  }

  private async make(ttlMs: number, deadlineMs: number): Promise<void> {
    if (this.made.has(ttlMs)) return;
    const nanoseconds = ttlMs * 1_000_000;
    // One copy: of more than one a compare is none (nats-server issue 4320).
    const { error } = await this.stream.api(
      `STREAM.CREATE.${nameOfStream(ttlMs)}`,
      {
        name: nameOfStream(ttlMs),
        subjects: [`${prefixOf(ttlMs)}.>`],
        storage: 'file',
        num_replicas: 1,
        max_age: nanoseconds,
        duplicate_window: nanoseconds,
      },
      deadlineMs,
    );
    if (error === undefined) this.made.add(ttlMs);
  }
}

function nameOfStream(ttlMs: number): string {
  return `LEASES_${ttlMs}`;
}

function prefixOf(ttlMs: number): string {
  return `leases.${ttlMs}`;
}

function nameOf({ key = '', input }: Action): string {
  return `${key} ${leaseIn(input).holder}`;
}
