import { describe, expect, it } from 'vitest';
import { byzantineGroup, type ByzantineExecution, silentLie } from '../../src/byzantine/index.ts';
import { hotStuff } from '../../src/hotstuff/index.ts';
import { kv } from '../../src/kv/kv.ts';
import { pbft } from '../../src/pbft/index.ts';
import { rbft } from '../../src/rbft/index.ts';
import { tendermint } from '../../src/tendermint/index.ts';
import { expectGolden } from './golden.ts';
import { type ByzantineCore, Trial } from './trial.ts';

const SIZES = [4, 7, 10, 13];
const numbered = (n: number): number[] => Array.from({ length: n }, (_, i) => i + 1);

interface Figures {
  readonly name: string;
  /** Messages between replicas for one command of an idle group. */
  readonly lone: number[];
  /** For each further command when one follows the other without a pause. */
  readonly busy: number[];
  readonly delays: number;
  /** Timeouts that pass before a command is carried out though the first leader is silent. */
  readonly timeouts: number;
}

function measure<S extends { execution: ByzantineExecution }, M>(
  name: string,
  make: (nodes: readonly number[]) => ByzantineCore<S, M>,
): Figures {
  const start = (n: number, clients = 1): Trial<S, M> =>
    new Trial({ core: make(numbered(n)), group: byzantineGroup(numbered(n)), clients });
  const lone = SIZES.map((n) => messagesOf(start(n), 1));
  const busy = SIZES.map((n) => (messagesOf(start(n, 3), 8) - messagesOf(start(n, 3), 4)) / 4);
  const trial = start(4);
  for (const client of trial.clients) trial.ask(client);
  let delays = 0;
  while (trial.results.length === 0 && delays < 20) {
    trial.replicas.deliverWhere(() => true);
    trial.collect();
    delays++;
  }
  return { name, lone, busy, delays, timeouts: timeoutsOf(make) };
}

/** Messages until all commands are answered, the next asked as soon as a client is free. */
function messagesOf<S extends { execution: ByzantineExecution }, M>(
  trial: Trial<S, M>,
  commands: number,
): number {
  let messages = 0;
  trial.replicas.passes = ({ message }): boolean => {
    if (trial.replicas.core.messageType(message) !== 'Request') messages++;
    return true;
  };
  let asked = 0;
  for (let delay = 0; trial.results.length < commands && delay < 1_000; delay++) {
    const idle = trial.clients.find(({ open }) => open === null);
    if (idle !== undefined && asked < commands && delay % 2 === 0) {
      trial.ask(idle);
      asked++;
    }
    trial.replicas.deliverWhere(() => true);
    trial.collect();
  }
  trial.settle();
  expect(trial.results).toHaveLength(commands);
  expect(trial.monitor.violations).toEqual([]);
  return messages;
}

/** Of one instance of several, or of one request. */
const kindOf = (timer: string): string =>
  timer.startsWith('late/') ? 'late' : timer.slice(timer.indexOf('/') + 1);

function timeoutsOf<S extends { execution: ByzantineExecution }, M>(
  make: (nodes: readonly number[]) => ByzantineCore<S, M>,
): number {
  const group = byzantineGroup(numbered(4));
  const trial = new Trial({ core: make(group.nodes), group, clients: 1, lies: { 1: () => silentLie<M>() } });
  for (const client of trial.clients) trial.ask(client);
  for (let timeouts = 0; timeouts < 10; timeouts++) {
    trial.settle();
    if (trial.results.length > 0) return timeouts;
    const armed = trial.replicas.ids.flatMap((id) => [...trial.replicas.host(id).timers.keys()]);
    const kinds = new Set(armed.map(kindOf));
    const due = ['propose', 'prevote', 'precommit', 'request', 'late', 'view'].find((kind) =>
      kinds.has(kind),
    );
    trial.fireAll((timer) => kindOf(timer) === due);
  }
  return -1;
}

describe('Byzantine protocols compared', () => {
  it('S2.30 messages, delays and the price of a silent leader: a table of what the runs cost', () => {
    const all = [
      measure('PBFT', (nodes) => pbft({ nodes }, kv)),
      measure('RBFT', (nodes) => rbft({ nodes }, kv)),
      measure('Tendermint', (nodes) => tendermint({ nodes, maxBlock: 1 }, kv)),
      measure('chained HotStuff', (nodes) => hotStuff({ nodes, maxBlock: 1, viewsPerLeader: 1_000 }, kv)),
    ];
    const cells = [
      [
        'protocol',
        ...SIZES.map((n) => `lone, n=${n}`),
        ...SIZES.map((n) => `busy, n=${n}`),
        'delays',
        'timeouts',
      ],
      ...all.map(({ name, lone, busy, delays, timeouts }) => {
        const rounded = busy.map((count) => String(Math.round(count)));
        return [name, ...lone.map(String), ...rounded, String(delays), String(timeouts)];
      }),
    ];
    const widths =
      cells[0]?.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0))) ?? [];
    const text = cells.map((row) =>
      row
        .map((cell, i) => cell.padEnd(widths[i] ?? 0))
        .join('  ')
        .trimEnd(),
    );
    expectGolden('comparison.txt', text.join('\n'));
    const [ofPbft, ofRbft, ofTendermint, ofHotStuff] = all;
    expect(ofPbft?.lone).toEqual(SIZES.map((n) => 2 * n * (n - 1)));
    // A propagation by each, and PBFT f + 1 times.
    const instances = (n: number): number => Math.floor((n - 1) / 3) + 1;
    expect(ofRbft?.lone).toEqual(SIZES.map((n) => n * (n - 1) * (1 + 2 * instances(n))));
    expect(ofTendermint?.lone).toEqual(SIZES.map((n) => (n - 1) * (2 * n + 1)));
    expect(ofHotStuff?.lone).toEqual(SIZES.map((n) => 7 * (n - 1)));
  });
});
