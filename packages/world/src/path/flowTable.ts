import type { Host } from '../world/host.ts';
import { LazyTimer } from '../transport/index.ts';

interface Tracked<T> {
  readonly value: T;
  untilUs: number;
}

/** How long a middlebox remembers flows, and how many. */
export interface FlowTableOptions {
  readonly mostFlows: number;
  /** After the last packet of a flow that is open, or that has been closed or has only begun. */
  readonly idleUs: number;
  readonly transitoryUs: number;
}

/** What a middlebox remembers of flows (connection tracking): bounded, and forgetful. */
export class FlowTable<T> {
  /** New flows for which there was no room; flows forgotten while idle. */
  full = 0;
  expired = 0;
  private readonly host: Host;
  private readonly options: FlowTableOptions;
  private readonly flows = new Map<string, Tracked<T>>();
  private readonly sweep: LazyTimer;
  private readonly forgotten: (value: T) => void;

  constructor(host: Host, options: FlowTableOptions, forgotten: (value: T) => void = () => undefined) {
    this.host = host;
    this.options = options;
    this.forgotten = forgotten;
    this.sweep = new LazyTimer(host, 'flow table', () => this.expire());
  }

  get size(): number {
    return this.flows.size;
  }

  /** The flow of this name, which has a packet now; undefined when it is not known. */
  seen(key: string, isTransitory: boolean): T | undefined {
    this.expire();
    const tracked = this.flows.get(key);
    if (tracked === undefined) return undefined;
    this.touch(tracked, isTransitory);
    return tracked.value;
  }

  /** Remembers a new flow; undefined when there is no room, or `make` has nothing to give. */
  begin(key: string, make: () => T | undefined): T | undefined {
    this.expire();
    if (this.flows.size >= this.options.mostFlows) {
      this.full++;
      return undefined;
    }
    const value = make();
    if (value === undefined) return undefined;
    const tracked: Tracked<T> = { value, untilUs: 0 };
    this.touch(tracked, true);
    this.flows.set(key, tracked);
    return value;
  }

  private touch(tracked: Tracked<T>, isTransitory: boolean): void {
    const { idleUs, transitoryUs } = this.options;
    tracked.untilUs = this.host.world.nowUs + (isTransitory ? transitoryUs : idleUs);
    if (!this.sweep.isSet) this.sweep.set(Math.min(idleUs, transitoryUs));
  }

  private expire(): void {
    const nowUs = this.host.world.nowUs;
    for (const [key, { untilUs, value }] of this.flows) {
      if (untilUs > nowUs) continue;
      this.flows.delete(key);
      this.expired++;
      this.forgotten(value);
    }
    if (this.flows.size > 0) this.sweep.set(Math.min(this.options.idleUs, this.options.transitoryUs));
  }
}
