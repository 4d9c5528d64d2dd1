import {
  type ChoiceEdits,
  type ChoiceRecord,
  Choices,
  type Fault,
  FaultInjector,
  type Host,
  linkPolicy,
  type Program,
  type Recorder,
  World,
} from '@holdfast/world';

const NAMES = ['N1', 'N2', 'N3', 'N4', 'N5'];
const GOSSIP_EVERY_US = 20_000;

/** Tells a random neighbour what it knows, every 20 ms; keeps its counter on disk. A small program that uses everything. */
class Gossip implements Program {
  private readonly host: Host;
  private readonly extra: () => number;
  private known: number;
  constructor(host: Host, extra: () => number) {
    this.host = host;
    this.extra = extra;
    this.known = Number(host.disk.recover().records['known'] ?? 0);
    host.setTimer(1 + host.choices.below(GOSSIP_EVERY_US, 'start'), 'gossip');
  }
  onTimer(): void {
    const { host } = this;
    const to = (host.id + 1 + host.choices.below(NAMES.length - 1, 'to')) % NAMES.length;
    host.send(to, { known: ++this.known, extra: this.extra() });
    host.setTimer(GOSSIP_EVERY_US, 'gossip');
  }
  onMessage(_from: number, payload: unknown): void {
    const { known } = payload as { known: number };
    if (known <= this.known) return;
    this.known = known;
    const ticket = this.host.disk.write([{ key: 'known', value: known }]);
    if (typeof ticket !== 'number') return;
    this.host.after(this.host.disk.drawSyncUs(this.host.choices), 'sync', () => {
      this.host.disk.complete(ticket);
    });
  }
}

/** A bit of everything that can go wrong. */
const FAULTS: readonly Fault[] = [
  { id: 0, kind: 'loss', hosts: [], probability: 0.1, atUs: 0, forUs: 900_000 },
  { id: 1, kind: 'duplicate', hosts: ['N2'], probability: 0.3, atUs: 100_000, forUs: 500_000 },
  { id: 2, kind: 'crash', host: 'N3', atUs: 300_000, forUs: 200_000 },
  { id: 3, kind: 'suspend', host: 'N4', atUs: 350_000, forUs: 300_000 },
  { id: 4, kind: 'clock-drift', host: 'N5', amount: 300, atUs: 10_000, forUs: 800_000 },
  { id: 5, kind: 'slow-cpu', host: 'N1', costUs: 7_000, atUs: 50_000, forUs: 700_000 },
  {
    id: 6,
    kind: 'partition',
    groups: [
      ['N1', 'N2'],
      ['N3', 'N4', 'N5'],
    ],
    unlisted: 'with-all',
    atUs: 500_000,
    forUs: 250_000,
  },
];

export interface GossipOptions {
  readonly seed: number;
  readonly recorder?: Recorder;
  readonly edits?: ChoiceEdits;
  readonly onChoice?: (choice: ChoiceRecord) => void;
  /** Goes into every message; a run is only as deterministic as this. */
  readonly extra?: () => number;
}

/** One simulated second of five gossiping hosts under faults. */
export function gossip(options: GossipOptions): World {
  const { seed, recorder, edits, onChoice, extra = () => 0 } = options;
  const link = linkPolicy({ latency: { kind: 'uniform', minUs: 200, maxUs: 9_000 } });
  const choices = new Choices({ seed, edits, onChoice });
  const world = new World({ choices, hosts: NAMES, link, recorder });
  NAMES.forEach((_, id) => world.start(id, (host) => new Gossip(host, extra)));
  const injector = new FaultInjector(world, { models: ['omission', 'timing'] });
  injector.schedule(FAULTS);
  world.run(1_000_000);
  return world;
}

/** The nodes of a gossip run's trace. */
export const GOSSIP_NODES = NAMES.map((name) => ({ name, role: 'server' as const }));
