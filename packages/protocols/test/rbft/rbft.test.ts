import { describe, expect, it } from 'vitest';
import { byzantineGroup, ByzantineOptionsError, simulatedSigner } from '../../src/byzantine/index.ts';
import { kv } from '../../src/kv/kv.ts';
import {
  instanceSigner,
  rbft,
  RBFT_LIES,
  type RbftMessage,
  type RbftOptions,
  type RbftState,
} from '../../src/rbft/index.ts';
import { expectGolden } from '../byzantine/golden.ts';
import { transcriptOf } from '../byzantine/transcript.ts';
import { Trial, type TrialOptions } from '../byzantine/trial.ts';

const nodes = [1, 2, 3, 4];
type Run = Trial<RbftState, RbftMessage>;

function start(
  options: Partial<RbftOptions> = {},
  rest: Partial<TrialOptions<RbftState, RbftMessage>> = {},
): Run {
  const group = byzantineGroup(options.nodes ?? nodes);
  return new Trial({ core: rbft({ nodes, ...options }, kv), group, clients: 1, ...rest });
}

const askAll = (trial: Run): void => {
  for (const client of trial.clients) trial.ask(client);
};
const primaries = ({ replicas }: Run): unknown[] => nodes.map((id) => replicas.view(id)['leader']);
const changes = ({ replicas }: Run): unknown[] => nodes.map((id) => replicas.view(id)['change']);
const endOf = (trial: Run, kind: string): void => trial.fireAll((timer) => timer.startsWith(kind));

describe('RBFT', () => {
  it('S2.30 runs f + 1 instances with different primaries, and carries out what the master orders, once', () => {
    for (const size of [4, 7]) {
      const all = Array.from({ length: size }, (_, i) => i + 1);
      const trial = start({ nodes: all });
      askAll(trial);
      trial.settle();
      expect(trial.results).toHaveLength(1);
      const { instances } = trial.replicas.state(1);
      expect(instances).toHaveLength(trial.replicas.ids.length === 4 ? 2 : 3);
      expect(instances.map(({ execution }) => execution.executed)).toEqual(instances.map(() => 1));
      expect(trial.monitor.violations).toEqual([]);
      expect(trial.monitor.executed).toBe(1);
    }
  });

  it('orders nothing that f + 1 nodes have not passed on, not even in an instance of a liar', () => {
    const trial = start();
    // What the others pass on is lost: node 1, the master's primary, has its own word for the request and nobody else's.
    trial.replicas.passes = ({ from, message }): boolean => from === 1 || message.type !== 'propagate';
    askAll(trial);
    trial.replicas.settle();
    expect(nodes.map((id) => trial.replicas.view(id)['applied'])).toEqual([0, 0, 0, 0]);
    // The others have theirs and that of node 1, and the primary of the backup is one of them. Node 1 takes no part in it yet.
    expect(nodes.map((id) => trial.replicas.view(id)['backups'])).toEqual(['0', '1', '1', '1']);
    expect(Object.keys(trial.replicas.state(1).parked)).toEqual(['1/1']);
    trial.replicas.passes = (): boolean => true;
    expect(trial.stabilise()).toBe(true);
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.30 a master that keeps silent is late for all (Lambda): 2f + 1 votes change all primaries at once', () => {
    const trial = start({}, { lies: { 1: RBFT_LIES.silence } });
    askAll(trial);
    trial.settle();
    expect(primaries(trial)).toEqual([1, 1, 1, 1]);
    endOf(trial, 'late/');
    trial.settle();
    expect(changes(trial).slice(1)).toEqual([1, 1, 1]);
    expect(primaries(trial).slice(1)).toEqual([2, 2, 2]);
    expect(trial.results).toHaveLength(1);
    const offsets = trial.replicas.state(2).instances.map(({ view }) => view);
    expect(offsets).toEqual([1, 1]);
  });

  it('S2.30 a master that is behind its backups is seen (Omega), a vote alone changes nothing, and 2f + 1 do', () => {
    const trial = start({}, { lies: { 1: RBFT_LIES.dawdle } });
    askAll(trial);
    trial.settle();
    // The backup instance has ordered it; the master's primary keeps its proposal.
    expect([2, 3, 4].map((id) => trial.replicas.view(id)['backups'])).toEqual(['1', '1', '1']);
    expect([2, 3, 4].map((id) => trial.replicas.view(id)['applied'])).toEqual([0, 0, 0]);
    const timers = (id: number): string[] =>
      [...trial.replicas.host(id).timers.keys()].filter((timer) => timer.startsWith('behind/'));
    for (const [at, id] of [2, 3, 4].entries()) {
      expect(timers(id)).toEqual(['behind/1/1']);
      trial.replicas.fire(id, 'behind/1/1');
      trial.settle();
      expect(changes(trial)[3]).toBe(at === 2 ? 1 : 0);
    }
    expect(primaries(trial).slice(1)).toEqual([2, 2, 2]);
    expect(trial.results).toHaveLength(1);
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.30 a master that orders less than its share is seen at the end of a period (Delta)', () => {
    const trial = start({ minSample: 3 }, { clients: 3 });
    // The master's proposals reach nobody.
    trial.replicas.passes = ({ message }): boolean =>
      !(message.type === 'instance' && message.instance === 0 && message.message.type === 'pre-prepare');
    askAll(trial);
    trial.replicas.settle();
    expect(trial.replicas.view(2)).toMatchObject({ backups: '3', applied: 0, complaint: null });
    endOf(trial, 'monitor');
    expect(trial.replicas.view(2)['complaint']).toBe('delta');
    trial.replicas.passes = (): boolean => true;
    trial.settle();
    expect(changes(trial)).toEqual([1, 1, 1, 1]);
    expect(trial.stabilise()).toBe(true);
    expect(trial.monitor.violations).toEqual([]);
  });

  it('votes against a good master change nothing, until one is enough', () => {
    for (const defect of ['changes-on-one-vote', undefined] as const) {
      const trial = start({ defect }, { lies: { 4: RBFT_LIES.accuse } });
      for (let round = 0; round < 3; round++) {
        trial.fireAll((timer) => timer.endsWith('status'));
        trial.settle();
      }
      expect(Number(changes(trial)[0]) > 0).toBe(defect !== undefined);
    }
  });

  it('without monitoring a silent master is never replaced', () => {
    const trial = start({ defect: 'no-monitoring' }, { lies: { 1: RBFT_LIES.silence } });
    askAll(trial);
    expect(trial.stabilise(12)).toBe(false);
    expect(changes(trial).slice(1)).toEqual([0, 0, 0]);
  });

  it('a word of one instance is no word of another', () => {
    const signers = [0, 1].map((instance) => instanceSigner(simulatedSigner, instance));
    const [master, backup] = signers;
    if (master === undefined || backup === undefined) expect.fail('there are two');
    const signature = backup.sign('node/1', 'prepared');
    expect([backup, master].map((signer) => signer.verify('node/1', 'prepared', signature))).toEqual([
      true,
      false,
    ]);
    // Clients sign once, for all instances.
    const ofClient = master.sign('client/1', 'put');
    expect(backup.verify('client/1', 'put', ofClient)).toBe(true);
  });

  it('refuses options no group can run with', () => {
    expect(() => rbft({ nodes: [1, 2, 3], faulty: 1 }, kv)).toThrow(ByzantineOptionsError);
    expect(() => rbft({ nodes, delta: 0 }, kv)).toThrow(/delta must be above 0/);
    expect(() => rbft({ nodes, omegaMs: 0 }, kv)).toThrow(/omegaMs/);
    expect(() => rbft({ nodes, defect: 'other' as never }, kv)).toThrow(/defect/);
  });

  it('reads like this: a request in two instances, and a master that lets everybody wait', () => {
    const trial = start({}, { lies: { 1: RBFT_LIES.dawdle } });
    const text = transcriptOf(trial, [
      ['client 1 asks everybody; the master, node 1, keeps its proposal', () => askAll(trial)],
      ['a backup has ordered it, the master has not (Omega)', () => endOf(trial, 'behind/')],
    ]);
    expectGolden('rbft.txt', text);
  });
});
