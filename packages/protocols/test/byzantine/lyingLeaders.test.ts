import { describe, expect, it } from 'vitest';
import { byzantineGroup, type ByzantineExecution, type ByzantineLie } from '../../src/byzantine/index.ts';
import type { NodeId } from '../../src/core/core.ts';
import { guarded } from '../../src/core/guard.ts';
import { hotStuff, HOTSTUFF_LIES, type HotStuffDefect } from '../../src/hotstuff/index.ts';
import { kv } from '../../src/kv/kv.ts';
import {
  multiPaxos,
  type MultiPaxosMessage,
  MultiPaxosMonitor,
  type SlotEntry,
} from '../../src/multipaxos/index.ts';
import { pbft, PBFT_LIES, type PbftDefect } from '../../src/pbft/index.ts';
import { rbft, RBFT_LIES } from '../../src/rbft/index.ts';
import { tendermint, TENDERMINT_LIES, type TendermintDefect } from '../../src/tendermint/index.ts';
import { CoreGroup } from '../support/coreGroup.ts';
import { type ByzantineCore, Trial } from './trial.ts';

const nodes = [1, 2, 3, 4];
const group = byzantineGroup(nodes);

/** A defect with a liar and a lie that bring it out, the promise, and the seeds it takes at most. */
type TwinCase = readonly [defect: string, liar: NodeId, lie: string, promise: string, seeds: number];

/** The same lies, monitor and schedules for every protocol. */
function suite<S extends { execution: ByzantineExecution }, M>(
  name: string,
  core: (defect?: string) => ByzantineCore<S, M>,
  lies: Readonly<Record<string, ByzantineLie<M>>>,
  twins: readonly TwinCase[],
): void {
  const trialOf = (liar: NodeId, lie: string, defect?: string): Trial<S, M> => {
    const told = lies[lie];
    if (told === undefined) throw new Error(`no lie ${lie}`);
    return new Trial({ core: core(defect), group, lies: { [liar]: told } });
  };
  describe(`${name} under random schedules`, () => {
    it('depends on nothing but states, events and choices', () => {
      const trial = new Trial({ core: guarded(core()), group });
      trial.run(1, 150);
      expect(trial.stabilise()).toBe(true);
    });

    for (const lie of Object.keys(lies)) {
      it(`S2.30 keeps its promises while one of four lies (${lie}), and answers all clients once the network is well`, () => {
        for (let seed = 1; seed <= 3; seed++) {
          const trial = trialOf((seed % 2) + 1, lie);
          trial.run(seed, 400);
          expect(trial.stabilise(), `seed ${seed}: live`).toBe(true);
          expect(trial.monitor.violations, `seed ${seed}`).toEqual([]);
          expect(trial.monitor.executed).toBeGreaterThan(0);
        }
      });
    }

    for (const [defect, liar, lie, promise, seeds] of twins) {
      it(`${defect} is found within ${seeds} seeds while node ${liar} lies (${lie}); the correct core is accused on none of them`, () => {
        const found: string[] = [];
        for (let seed = 1; seed <= seeds && !found.includes(promise); seed++) {
          const broken = trialOf(liar, lie, defect);
          broken.run(seed, 500, { until: promise });
          found.push(...broken.monitor.violations.map((violation) => violation.promise));
          const correct = trialOf(liar, lie);
          correct.run(seed, 500);
          expect(correct.monitor.violations, `seed ${seed}`).toEqual([]);
        }
        expect(found).toContain(promise);
      });
    }
  });
}

suite(
  'PBFT',
  (defect) => pbft({ nodes, checkpointEvery: 4, defect: defect as PbftDefect | undefined }, kv),
  PBFT_LIES,
  [
    ['quorum-2f', 1, 'equivocate', 'agreement', 10],
    ['counts-messages', 1, 'equivocate', 'agreement', 10],
    ['believes-signatures', 1, 'forge', 'validity', 10],
    ['no-dedup', 1, 'repeat', 'executed once', 10],
  ],
);

suite(
  'Tendermint',
  (defect) => tendermint({ nodes, defect: defect as TendermintDefect | undefined }, kv),
  TENDERMINT_LIES,
  [
    ['quorum-2f', 1, 'equivocate', 'agreement', 20],
    ['believes-signatures', 1, 'forge', 'validity', 20],
  ],
);

suite(
  'HotStuff',
  (defect) => hotStuff({ nodes, defect: defect as HotStuffDefect | undefined }, kv),
  HOTSTUFF_LIES,
  [['quorum-2f', 1, 'equivocate', 'commit certificate', 10]],
);

suite('RBFT', () => rbft({ nodes, checkpointEvery: 4 }, kv), RBFT_LIES, []);

/** Multi-Paxos under a leader that tells every other node another command. */
function lyingMultiPaxosLeader(): MultiPaxosMonitor {
  const replicas = new CoreGroup(multiPaxos({ nodes }, kv), nodes);
  const monitor = new MultiPaxosMonitor();
  const other = { client: 1, sequence: 2, operation: { f: 'append', key: 'list', value: 2 } };
  const one = { ...other, sequence: 1 };
  monitor.asked(one);
  monitor.asked(other);
  replicas.onNote = (id, kind, data): void => {
    if (kind !== 'chosen' || id === 1) return;
    const { slot, entry } = data as { readonly slot: number; readonly entry: SlotEntry };
    monitor.chosen(id, slot, entry);
  };
  replicas.lies.set(1, (to, message): readonly MultiPaxosMessage[] => {
    if (to % 2 === 0) return [message];
    if (message.type === 'accept') return [{ ...message, entry: other }];
    if (message.type !== 'chosen') return [message];
    return [{ ...message, slots: message.slots.map(({ slot }) => ({ slot, entry: other })) }];
  });
  replicas.fire(1, 'election');
  replicas.settle();
  replicas.request(1, one);
  replicas.settle();
  return monitor;
}

describe('a node that lies', () => {
  it('S1.6 makes a protocol for crashes break agreement; one for lies holds with f of them and breaks with f+1', () => {
    expect(lyingMultiPaxosLeader().violations.map(({ promise }) => promise)).toContain('agreement');
    const lie = PBFT_LIES.equivocate;
    for (const liars of [[1], [1, 2]]) {
      const lies = Object.fromEntries(liars.map((id) => [id, lie]));
      const trial = new Trial({ core: pbft({ nodes }, kv), group, lies, clients: 1 });
      for (const client of trial.clients) trial.ask(client);
      trial.settle();
      const broken = trial.monitor.violations.some(({ promise }) => promise === 'agreement');
      expect(broken).toBe(liars.length > group.faulty);
      if (!broken) expect(trial.stabilise()).toBe(true);
    }
    const seven = byzantineGroup([1, 2, 3, 4, 5, 6, 7]);
    const two = new Trial({ core: pbft({ nodes: seven.nodes }, kv), group: seven, lies: { 1: lie, 2: lie } });
    two.run(1, 1_200);
    expect(two.stabilise()).toBe(true);
    expect(two.monitor.violations).toEqual([]);
  });
});
