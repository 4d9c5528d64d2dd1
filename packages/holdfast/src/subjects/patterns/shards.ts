import { hashString } from '@holdfast/plain';
import { type HostId, linkPolicy, type World } from '@holdfast/world';
import type { Call, OperationEnd, Subject, SubjectContext } from '../../experiment/subject.ts';
import type { PlannedOperation, Workload } from '../../experiment/workload.ts';
import { type Pattern, type PatternVerdict, runPattern } from './running.ts';

/** A store whose keys are dealt out over shards. */
export interface ShardsOptions {
  readonly shards: number;
  /** Whether a key that takes more than its share is split over all shards; reading it then asks all of them. */
  readonly splitsHotKeys: boolean;
  /** The load of the fullest shard, for each of the mean one. */
  readonly maxOverMean: number;
}

/** A key is hot from so many puts on, if they are more than half of a shard's fair share. */
const HOT_FROM = 20;

/** A router and its shards: operation `put`. */
export function shards(options: ShardsOptions): Subject {
  const names = Array.from({ length: options.shards }, (_, i) => `shard-${i + 1}`);
  return {
    name: `${options.shards} shards${options.splitsHotKeys ? ', hot keys split' : ''}`,
    nodes: ['router', ...names],
    failureModels: ['timing'],
    operations: ['put'],
    promises: ['an even load'],
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 1_000 } }),
    messageLabel: () => 'put',
    start: (context) => runPattern(new RunningShards(context, options), () => context.world.nowUs),
  };
}

/** Puts on keys whose popularity falls with their rank (Zipf): the r-th key is asked for 1/r^skew times as often as the first. */
export function zipfPuts(options: {
  readonly clients: number;
  readonly keys: number;
  readonly ratePerSecond: number;
  readonly skew: number;
}): Workload {
  const { clients, keys, ratePerSecond, skew } = options;
  const weights = Array.from({ length: keys }, (_, i) => 1 / (i + 1) ** skew);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return {
    name: 'zipf puts',
    clients,
    operations: ['put'],
    model: null,
    plan: ({ choices, fromUs, untilUs }) => {
      const planned: PlannedOperation[] = [];
      const gapUs = Math.max(1, Math.round(2_000_000 / ratePerSecond));
      for (
        let atUs = fromUs + choices.below(gapUs, 'gap');
        atUs < untilUs;
        atUs += 1 + choices.below(gapUs, 'gap')
      ) {
        let at = choices.fraction('key') * total;
        const rank = Math.max(
          0,
          weights.findIndex((weight) => (at -= weight) < 0),
        );
        const id = planned.length;
        planned.push({
          id,
          atUs,
          client: choices.below(clients, 'client'),
          f: 'put',
          key: `k${rank + 1}`,
          input: id,
        });
      }
      return planned;
    },
  };
}

class RunningShards implements Pattern {
  private readonly world: World;
  private readonly options: ShardsOptions;
  private readonly loads: number[];
  private readonly puts = new Map<string, number>();
  private readonly split = new Set<string>();
  private total = 0;

  constructor({ world, servers, clients }: SubjectContext, options: ShardsOptions) {
    this.world = world;
    this.options = options;
    this.loads = servers.slice(1).map(() => 0);
    world.start(0, (host) => ({
      onMessage: (_from, payload) =>
        host.send(1 + this.shardOf((payload as { readonly key: string }).key), payload),
      onTimer: () => undefined,
    }));
    for (const id of servers.slice(1)) {
      world.start(id, () => ({
        onMessage: () => {
          this.loads[id - 1] = (this.loads[id - 1] ?? 0) + 1;
        },
        onTimer: () => undefined,
      }));
    }
    for (const id of clients)
      world.start(id, () => ({ onMessage: () => undefined, onTimer: () => undefined }));
  }

  issue(client: HostId, { key }: Call, done: (end: OperationEnd) => void): void {
    this.world.host(client).send(0, { key });
    done({ outcome: 'ok', output: null });
  }

  judge(): PatternVerdict[] {
    const { maxOverMean = 0, keysSplit = 0 } = this.metrics();
    const bound = this.options.maxOverMean;
    const reason = `the fullest shard had ${maxOverMean.toFixed(2)} times the mean load, ${bound} may be; ${keysSplit} keys were split`;
    return [{ promise: 'an even load', kept: maxOverMean <= bound, reason, examined: this.total }];
  }

  metrics(): Record<string, number> {
    const mean = this.loads.reduce((sum, load) => sum + load, 0) / this.loads.length;
    const hottest = Math.max(0, ...this.puts.values()) / Math.max(1, this.total);
    return { maxOverMean: Math.max(...this.loads) / Math.max(1, mean), keysSplit: this.split.size, hottest };
  }

  private shardOf(key: string): number {
    const count = (this.puts.get(key) ?? 0) + 1;
    this.puts.set(key, count);
    this.total++;
    const { shards: size, splitsHotKeys } = this.options;
    if (splitsHotKeys && count >= HOT_FROM && count * 2 * size > this.total) this.split.add(key);
    // A split key goes to all shards in turn: the salt is the number of the put.
    const salt = this.split.has(key) ? count : 0;
    return ((hashString(key) >>> 0) + salt) % size;
  }
}
