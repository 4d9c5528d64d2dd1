import { type History, HistoryBuilder, type Operation } from '@holdfast/check';
import {
  beginCommit,
  type CommitWait,
  compareHybrid,
  type HybridClock,
  hybridLimits,
  type HybridStamp,
  receiveHybrid,
  releaseCommits,
  startCommitWait,
  startHybrid,
  tickHybrid,
  type TimeInterval,
} from '@holdfast/protocols';

/** How commits get their timestamps: the shard's own clock, a hybrid logical one, or true time and waiting. */
export type Stamping = 'wall clock' | 'hybrid clock' | 'commit wait' | 'commit without waiting';

interface Version {
  readonly value: number;
  readonly stamp: HybridStamp;
}

const LIMITS = hybridLimits({ maxDriftMs: 1_000 });
const EPSILON_US = 5_000;
const SAFE_POLL_US = 500;

/** A shard of one key, with a clock of its own that is off. */
class Shard {
  readonly key: string;
  private readonly skewUs: number;
  private readonly stamping: Stamping;
  private readonly commits: CommitWait = startCommitWait();
  private hybrid: HybridClock;
  readonly versions: Version[] = [];

  constructor(key: string, skewUs: number, stamping: Stamping) {
    this.key = key;
    this.skewUs = skewUs;
    this.stamping = stamping;
    this.hybrid = startHybrid(key);
  }

  private clockUs(trueUs: number): number {
    return trueUs + this.skewUs;
  }

  /** Contains true time, as the skew is less than epsilon. */
  private interval(trueUs: number): TimeInterval {
    const clock = this.clockUs(trueUs);
    return { earliest: clock - EPSILON_US, latest: clock + EPSILON_US };
  }

  /** Where a snapshot read that begins here reads. */
  snapshot(trueUs: number): HybridStamp {
    if (this.stamping === 'hybrid clock') return this.tick(trueUs);
    const isWaiting = this.stamping.startsWith('commit');
    return stampOf(isWaiting ? this.interval(trueUs).latest : this.clockUs(trueUs));
  }

  private tick(trueUs: number): HybridStamp {
    this.hybrid = tickHybrid(this.hybrid, Math.floor(this.clockUs(trueUs) / 1_000), LIMITS);
    return this.hybrid;
  }

  /** Writes at a true time; returns when it is visible and answered. */
  write(value: number, trueUs: number): number {
    if (!this.stamping.startsWith('commit')) {
      const stamp = this.stamping === 'hybrid clock' ? this.tick(trueUs) : stampOf(this.clockUs(trueUs));
      this.versions.push({ value, stamp });
      return trueUs + 100;
    }
    const timestamp = beginCommit(this.commits, String(value), this.interval(trueUs));
    this.versions.push({ value, stamp: stampOf(timestamp) });
    if (this.stamping === 'commit without waiting') {
      this.commits.waiting.length = 0;
      return trueUs + 100;
    }
    for (let at = trueUs; ; at += 100)
      if (releaseCommits(this.commits, this.interval(at)).length > 0) return at;
  }

  /** From when on no commit can come at or below the snapshot. */
  safeFrom(snapshot: HybridStamp, trueUs: number): number {
    if (this.stamping === 'hybrid clock') {
      this.hybrid = receiveHybrid(this.hybrid, snapshot, Math.floor(this.clockUs(trueUs) / 1_000), LIMITS);
      return trueUs;
    }
    const least = (at: number): number =>
      this.stamping === 'wall clock' ? this.clockUs(at) : this.interval(at).earliest;
    let at = trueUs;
    while (least(at) <= snapshot.l) at += SAFE_POLL_US;
    return at;
  }

  read(snapshot: HybridStamp): number | null {
    const seen = this.versions.filter(({ stamp }) => compareHybrid(stamp, snapshot) <= 0);
    return seen.toSorted((a, b) => compareHybrid(a.stamp, b.stamp)).at(-1)?.value ?? null;
  }
}

function stampOf(us: number): HybridStamp {
  return { l: us, c: 0, node: 'clock' };
}

/** Things to do, in the order of their true times. */
class Agenda {
  private readonly items: {
    readonly at: number;
    readonly rank: number;
    readonly run: (at: number) => void;
  }[] = [];
  private added = 0;

  add(at: number, run: (at: number) => void): void {
    this.items.push({ at, rank: this.added++, run });
  }

  runAll(): void {
    for (;;) {
      this.items.sort((a, b) => a.at - b.at || a.rank - b.rank);
      const item = this.items.shift();
      if (item === undefined) return;
      item.run(item.at);
    }
  }
}

/** Whole numbers from a seed. */
function draws(seed: number): (below: number) => number {
  let state = Math.imul(seed + 1, 0x9e3779b1);
  return (below) => {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x6d2b79f5;
    return ((state ^ (state >>> 13)) >>> 0) % below;
  };
}

const WRITES = 12;

/**
 * Two shards whose clocks are 4 ms off, one ahead and one behind. One write after the other, by clients that never hear of one another, to
 * the shards in turn; beside them readers of both keys at one snapshot. Times are true ones.
 */
export function runTwoShards(stamping: Stamping, seed: number): History {
  const draw = draws(seed);
  const shards = [new Shard('x', 4_000, stamping), new Shard('y', -4_000, stamping)] as const;
  const agenda = new Agenda();
  const builder = new HistoryBuilder();
  const write = (number: number, at: number): void => {
    const shard = shards[number % 2] as Shard;
    const id = builder.invoke(number % 2, 'txn', [['w', shard.key, number]], at);
    const answeredAt = shard.write(number, at);
    agenda.add(answeredAt, () => {
      builder.complete(id, 'ok', [['w', shard.key, number]], answeredAt);
      if (number < WRITES) agenda.add(answeredAt + 1 + draw(3_000), (next) => write(number + 1, next));
    });
  };
  const read = (process: number, left: number, at: number): void => {
    const id = builder.invoke(
      process,
      'txn',
      shards.map(({ key }) => ['r', key, null]),
      at,
    );
    const asked = shards.map((shard) => shard.snapshot(at));
    const snapshot = asked.reduce((a, b) => (compareHybrid(a, b) > 0 ? a : b));
    const values = new Map<string, number | null>();
    for (const shard of shards) {
      agenda.add(at + 100 + draw(8_000), (arrivedAt) =>
        agenda.add(shard.safeFrom(snapshot, arrivedAt), (safeAt) => {
          values.set(shard.key, shard.read(snapshot));
          if (values.size < shards.length) return;
          builder.complete(
            id,
            'ok',
            shards.map(({ key }) => ['r', key, values.get(key) ?? null]),
            safeAt,
          );
          if (left > 0) agenda.add(safeAt + 1 + draw(4_000), (next) => read(process, left - 1, next));
        }),
      );
    }
  };
  agenda.add(20_000, (at) => write(1, at));
  for (const process of [2, 3]) agenda.add(15_000 + draw(6_000), (at) => read(process, 6, at));
  agenda.runAll();
  return builder.finish(10_000_000);
}

/** The history of one key: its reads and writes, each as long as its transaction. */
export function ofKey({ operations, timeUnit }: History, key: string): History {
  const own = operations.flatMap((operation): Operation[] =>
    (operation.output as unknown as [string, string, number | null][])
      .filter(([, name]) => name === key)
      .map(([f, , value]) => ({
        ...operation,
        f: f === 'r' ? 'read' : 'write',
        input: f === 'r' ? null : value,
        output: f === 'r' ? value : null,
      })),
  );
  return { operations: own.map((operation, id) => ({ ...operation, id })), timeUnit };
}
