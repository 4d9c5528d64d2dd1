import {
  type ConsumerQueue,
  enqueue,
  messageConsumed,
  messageFailed,
  nextMessage,
  startConsumerQueue,
} from '@holdfast/protocols';
import { type Host, type HostId, linkPolicy, type World } from '@holdfast/world';
import type { Call, OperationEnd, Subject, SubjectContext } from '../../experiment/subject.ts';
import { type Pattern, type PatternVerdict, runPattern } from './running.ts';

/** A queue with one consumer. */
export interface ConsumerOptions {
  /** Tries of a message before it is set aside; Infinity never. */
  readonly maxFailures: number;
  /** Messages that may wait: publishers are refused beyond it. Infinity: as many as come. */
  readonly limit: number;
  /** Reads of the disk for each message: a slow disk makes a slow consumer. */
  readonly diskReads: number;
  /** Messages that may wait when the run has ended; left out: measured only. */
  readonly backlogAtEnd?: number;
  /** Messages that may wait at any time; left out: measured only. */
  readonly backlog?: number;
  /** How far Little's law may be off; left out: measured only. */
  readonly littleWithin?: number;
}

/** A message of this kind always fails. */
const POISON = 'poison';

/** How much slower than the usual one a message of the slow phase is. */
const SLOW = 3;

/** A queue and its consumer: operation `publish`, whose key begins with `poison` for messages that cannot be consumed. */
export function consumer(options: ConsumerOptions): Subject {
  return {
    name: 'a queue and its consumer',
    nodes: ['consumer'],
    failureModels: ['timing'],
    operations: ['publish', POISON],
    promises: promisesOf(options),
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 1_000 } }),
    messageLabel: (payload) => (payload as { readonly kind: string }).kind,
    start: (context) => runPattern(new RunningConsumer(context, options), () => context.world.nowUs),
  };
}

const PROMISES = {
  goesOn: 'consumption goes on',
  bounded: 'a bounded backlog',
  little: 'as Little predicts',
} as const;

function promisesOf({ backlogAtEnd, backlog, littleWithin }: ConsumerOptions): string[] {
  return [
    ...(backlogAtEnd === undefined ? [] : [PROMISES.goesOn]),
    ...(backlog === undefined ? [] : [PROMISES.bounded]),
    ...(littleWithin === undefined ? [] : [PROMISES.little]),
  ];
}

interface Publish {
  readonly kind: 'publish';
  readonly request: number;
  readonly value: string;
}

class RunningConsumer implements Pattern {
  private readonly world: World;
  private readonly options: ConsumerOptions;
  private readonly queue: ConsumerQueue;
  private readonly waiting = new Map<number, (end: OperationEnd) => void>();
  /** When each message came, and how long consuming one took. */
  private readonly cameUs = new Map<number, number>();
  private readonly workMs: number[] = [];
  private readonly stayMs: number[] = [];
  private requests = 0;
  private busy = false;
  private refused = 0;
  private longest = 0;
  private firstUs = -1;
  private lastUs = 0;
  /** The integral of the number of messages over time. */
  private area = { messageUs: 0, atUs: 0 };
  private readonly healAtUs: number;
  private drainedUs: number | undefined;

  constructor({ world, clients, healAtUs }: SubjectContext, options: ConsumerOptions) {
    this.world = world;
    this.options = options;
    this.healAtUs = healAtUs;
    this.queue = startConsumerQueue(options.maxFailures);
    world.start(0, (host) => {
      this.busy = false;
      return {
        onMessage: (from, payload) => this.receive(host, from, payload as Publish),
        onTimer: () => this.settle(host),
      };
    });
    for (const id of clients) {
      world.start(id, () => ({
        onMessage: (_from, payload) => {
          const { request, taken } = payload as { readonly request: number; readonly taken: boolean };
          this.waiting.get(request)?.({ outcome: taken ? 'ok' : 'fail', output: null });
          this.waiting.delete(request);
        },
        onTimer: () => undefined,
      }));
    }
  }

  issue(client: HostId, { f }: Call, done: (end: OperationEnd) => void): void {
    const request = ++this.requests;
    this.waiting.set(request, done);
    this.world.host(client).send(0, { kind: 'publish', request, value: f } satisfies Publish);
  }

  judge(): PatternVerdict[] {
    const { backlogAtEnd, backlog, littleWithin } = this.options;
    const measured = this.metrics();
    const { waitingAtEnd = 0, longestBacklog = 0, consumed = 0, setAside = 0 } = measured;
    const verdicts: PatternVerdict[] = [];
    if (backlogAtEnd !== undefined) {
      const reason = `${consumed} messages were consumed, ${setAside} set aside, ${waitingAtEnd} wait at the end, ${backlogAtEnd} may`;
      verdicts.push({
        promise: PROMISES.goesOn,
        kept: waitingAtEnd <= backlogAtEnd,
        reason,
        examined: consumed,
      });
    }
    if (backlog !== undefined) {
      const reason = `at most ${longestBacklog} messages waited, ${backlog} may; ${this.refused} were refused`;
      verdicts.push({
        promise: PROMISES.bounded,
        kept: longestBacklog <= backlog,
        reason,
        examined: consumed,
      });
    }
    if (littleWithin !== undefined) verdicts.push(this.little(measured, littleWithin));
    return verdicts;
  }

  metrics(): Record<string, number> {
    this.integrate();
    const { queue, workMs, stayMs } = this;
    const seconds = (this.lastUs - this.firstUs) / 1_000_000;
    const perSecond = queue.lastId / Math.max(seconds, 1e-9);
    const usualMs = workMs.toSorted((a, b) => a - b)[workMs.length >> 1] ?? 0;
    const quick = workMs.filter((ms) => ms <= SLOW * usualMs);
    const slow = workMs.filter((ms) => ms > SLOW * usualMs);
    const quickMs = quick.reduce((sum, ms) => sum + ms, 0) / Math.max(1, quick.length);
    const slowMs = slow.reduce((sum, ms) => sum + ms, 0);
    const predictedBacklog = (perSecond * slowMs) / 1_000 - slow.length;
    const stay = stayMs.reduce((sum, ms) => sum + ms, 0) / Math.max(1, stayMs.length);
    const meanInSystem = this.area.messageUs / Math.max(1, this.area.atUs - this.firstUs);
    const drained = this.drainedUs === undefined ? {} : { drainMs: (this.drainedUs - this.healAtUs) / 1_000 };
    return {
      published: queue.lastId,
      consumed: queue.consumed,
      setAside: queue.deadLetters.length,
      refused: this.refused,
      waitingAtEnd: queue.waiting.length,
      longestBacklog: this.longest,
      predictedBacklog,
      predictedDrainMs: (1_000 * predictedBacklog) / (1_000 / quickMs - perSecond),
      ...drained,
      meanInSystem,
      // L = lambda W, over all that came and went.
      littleInSystem:
        ((queue.consumed / Math.max(1, this.area.atUs - this.firstUs)) * 1_000_000 * stay) / 1_000,
    };
  }

  private little(measured: Readonly<Record<string, number>>, within: number): PatternVerdict {
    const pairs = [
      ['messages in the system', measured['meanInSystem'], measured['littleInSystem']],
      ['the longest backlog', measured['longestBacklog'], measured['predictedBacklog']],
      ['ms until it was gone', measured['drainMs'], measured['predictedDrainMs']],
    ] as const;
    const off = (found: number, said: number): number => Math.abs(found - said) / Math.max(found, said, 1);
    const kept = pairs.every(([, found = Number.NaN, said = Number.NaN]) => off(found, said) <= within);
    const text = pairs.map(([name, found = Number.NaN, said = Number.NaN]) => {
      return `${name}: ${found.toFixed(1)}, predicted ${said.toFixed(1)}`;
    });
    return { promise: PROMISES.little, kept, reason: text.join('; '), examined: this.queue.consumed };
  }

  private receive(host: Host, from: HostId, { request, value }: Publish): void {
    const taken = this.queue.waiting.length < this.options.limit;
    host.send(from, { kind: 'answer', request, taken });
    if (!taken) {
      this.refused++;
      return;
    }
    this.integrate();
    enqueue(this.queue, value);
    if (this.firstUs < 0) {
      this.firstUs = this.world.nowUs;
      this.area.atUs = this.firstUs;
    }
    this.lastUs = this.world.nowUs;
    this.cameUs.set(this.queue.lastId, this.world.nowUs);
    this.longest = Math.max(this.longest, this.queue.waiting.length);
    if (!this.busy) this.begin(host);
  }

  private begin(host: Host): void {
    if (nextMessage(this.queue) === undefined) {
      if (this.world.nowUs >= this.healAtUs) this.drainedUs ??= this.world.nowUs;
      return;
    }
    this.busy = true;
    let us = 0;
    for (let read = 0; read < this.options.diskReads; read++) us += host.disk.drawSyncUs(host.choices);
    this.workMs.push(us / 1_000);
    host.setTimer(us, 'work');
  }

  private settle(host: Host): void {
    this.busy = false;
    const message = nextMessage(this.queue);
    if (message === undefined) return;
    this.integrate();
    if (message.value === POISON) messageFailed(this.queue, message.id, 'it cannot be consumed');
    else {
      messageConsumed(this.queue, message.id);
      this.stayMs.push((this.world.nowUs - (this.cameUs.get(message.id) ?? 0)) / 1_000);
    }
    this.begin(host);
  }

  private integrate(): void {
    const { area, world } = this;
    if (this.firstUs < 0) return;
    area.messageUs += this.queue.waiting.length * (world.nowUs - area.atUs);
    area.atUs = world.nowUs;
  }
}
