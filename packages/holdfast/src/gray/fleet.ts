import { Choices, type Host, linkPolicy, World } from '@holdfast/world';
import { quantileOf } from '../subjects/patterns/running.ts';
import type { GrayFault } from './faults.ts';
import { type FleetMessage, FleetNode } from './node.ts';

/** Nodes of a fleet, and the one that has a fault. */
export const FLEET_NODES = 10;
/** See `FLEET_NODES`; from 0. */
export const SICK_NODE = 7;

const REQUESTS = 6_000;
const GAP_US = 2_000;
const RETRY_US = 250_000;
const CHECK_US = 250_000;
/** Checks that a node must fail on end to be called dead. */
const PINGS_MISSED = 3;
/** The time within which real work is to be done, ms; and the share of probes that may take longer. */
export const WORK_LIMIT_MS = 20;
const PROBES_SLOW = 0.04;

/** What one node's part of the requests took. */
export interface NodeFigures {
  readonly name: string;
  readonly meanMs: number;
  readonly p99Ms: number;
}

/** What was measured of a fleet. */
export interface FleetFigures {
  readonly requests: number;
  readonly meanMs: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  readonly nodes: readonly NodeFigures[];
  /** Nodes that the health check calls dead, and those that the synthetic probe calls sick. */
  readonly flaggedByPing: readonly string[];
  readonly flaggedByProbe: readonly string[];
}

interface Open {
  readonly node: number;
  readonly sinceUs: number;
  readonly kind: FleetMessage['kind'];
}

/** A client of ten nodes in turn: requests, health checks and probes, each under a number of its own. */
class FleetClient {
  readonly took: number[][] = Array.from({ length: FLEET_NODES }, () => []);
  readonly probes: number[][] = Array.from({ length: FLEET_NODES }, () => []);
  readonly missed: number[] = new Array<number>(FLEET_NODES).fill(0);
  readonly mostMissed: number[] = new Array<number>(FLEET_NODES).fill(0);
  private readonly host: Host;
  private readonly open = new Map<number, Open>();
  private numbers = 0;

  constructor(host: Host) {
    this.host = host;
  }

  ask(kind: FleetMessage['kind'], node: number, input?: number): void {
    const id = input ?? -++this.numbers;
    this.open.set(id, { node, sinceUs: this.host.world.nowUs, kind });
    this.send(id);
  }

  heard({ id, kind }: FleetMessage): void {
    const open = this.open.get(id);
    if (open === undefined) return;
    this.open.delete(id);
    const ms = (this.host.world.nowUs - open.sinceUs) / 1_000;
    if (kind === 'pong') this.missed[open.node] = 0;
    else (open.kind === 'work' ? this.took : this.probes)[open.node]?.push(ms);
  }

  private send(id: number): void {
    const open = this.open.get(id);
    if (open === undefined) return;
    const { host } = this;
    host.send(open.node, { kind: open.kind, id } satisfies FleetMessage);
    host.after(RETRY_US, 'again', () => {
      if (!this.open.has(id)) return;
      if (open.kind !== 'ping') return this.send(id);
      this.open.delete(id);
      const missed = (this.missed[open.node] ?? 0) + 1;
      this.missed[open.node] = missed;
      this.mostMissed[open.node] = Math.max(this.mostMissed[open.node] ?? 0, missed);
    });
  }
}

/** Runs a fleet of ten nodes for twelve seconds, one of them with a fault, or none. The same for the same seed. */
export function runFleet(fault: GrayFault | null, seed: number): FleetFigures {
  const names = Array.from({ length: FLEET_NODES }, (_, i) => `node-${i + 1}`);
  const world = new World({
    choices: new Choices({ seed }),
    hosts: [...names, 'client'],
    link: linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 400 } }),
    hashOf: (payload) => (payload as FleetMessage).id,
  });
  for (let id = 0; id < FLEET_NODES; id++)
    world.start(id, (host) => new FleetNode(host, id === SICK_NODE ? fault : null));
  const clients: FleetClient[] = [];
  world.start(FLEET_NODES, (host) => {
    const client = new FleetClient(host);
    clients.push(client);
    return { onMessage: (_from, payload) => client.heard(payload as FleetMessage), onTimer: () => undefined };
  });
  const [client] = clients;
  if (client === undefined)
    throw new RangeError('Cannot measure a fleet as a client must run: there is none');
  if (fault === 'packet-loss')
    world.network.impose({
      covers: (from, to) => from === SICK_NODE || to === SICK_NODE,
      change: (policy) => ({ ...policy, loss: 0.01 }),
    });
  if (fault === 'memory-faults')
    for (let i = 1; i <= 4; i++)
      world.at(i * 2_500_000, 'bit flip', () => (world.host(SICK_NODE).program as FleetNode).die(60_000));
  // A stride of its own, so that no node sees all inputs of one kind.
  for (let i = 0; i < REQUESTS; i++)
    world.at(i * GAP_US, 'request', () => client.ask('work', i % FLEET_NODES, i));
  for (let atUs = 0; atUs < REQUESTS * GAP_US; atUs += CHECK_US)
    for (let node = 0; node < FLEET_NODES; node++)
      world.at(atUs + node * 100, 'check', () => {
        client.ask('ping', node);
        client.ask('probe', node);
      });
  world.run(REQUESTS * GAP_US + 10_000_000);
  return figuresOf(client, names);
}

function figuresOf({ took, probes, mostMissed }: FleetClient, names: readonly string[]): FleetFigures {
  const all = took.flat();
  const slow = (times: readonly number[]): number =>
    times.filter((ms) => ms > WORK_LIMIT_MS).length / Math.max(1, times.length);
  return {
    requests: all.length,
    meanMs: meanOf(all),
    p99Ms: quantileOf(all, 0.99),
    p999Ms: quantileOf(all, 0.999),
    nodes: took.map((times, i) => ({
      name: names[i] ?? '',
      meanMs: meanOf(times),
      p99Ms: quantileOf(times, 0.99),
    })),
    flaggedByPing: names.filter((_, i) => (mostMissed[i] ?? 0) >= PINGS_MISSED),
    flaggedByProbe: names.filter((_, i) => slow(probes[i] ?? []) > PROBES_SLOW),
  };
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
