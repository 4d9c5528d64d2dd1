import { describe, expect, it } from 'vitest';
import {
  byzantineGroup,
  ByzantineOptionsError,
  clientPrincipal,
  nodePrincipal,
} from '../../src/byzantine/index.ts';
import {
  hotStuff,
  HOTSTUFF_LIES,
  type HotStuffDefect,
  type HotStuffMessage,
  type HotStuffOptions,
  type HotStuffState,
} from '../../src/hotstuff/index.ts';
import { kv } from '../../src/kv/kv.ts';
import { ed25519Signer } from '../byzantine/ed25519.ts';
import { expectGolden } from '../byzantine/golden.ts';
import { transcriptOf } from '../byzantine/transcript.ts';
import { Trial, type TrialOptions } from '../byzantine/trial.ts';

type HotStuffTrial = Trial<HotStuffState, HotStuffMessage>;

function start(
  options: Partial<HotStuffOptions> = {},
  trial: Partial<TrialOptions<HotStuffState, HotStuffMessage>> = {},
): HotStuffTrial {
  const nodes = options.nodes ?? [1, 2, 3, 4];
  const core = hotStuff({ ...options, nodes }, kv);
  return new Trial({ core, group: byzantineGroup(nodes), clients: 1, ...trial });
}

function askAll(trial: HotStuffTrial, times = 1): void {
  for (let i = 0; i < times; i++) {
    for (const client of trial.clients) if (client.open === null) trial.ask(client);
    trial.settle();
  }
}

const listOf = (trial: HotStuffTrial, id: number): unknown =>
  (trial.replicas.state(id).execution.machine as { readonly list?: unknown }).list ?? [];

const passViews = (trial: HotStuffTrial, views: number): void => {
  for (let i = 0; i < views; i++) {
    trial.fireAll((timer) => timer === 'status' || timer === 'view');
    trial.settle();
  }
};

/** Commands one after the other while node 1, which leads views 1 to 5, lies. */
function underLiar(lie: keyof typeof HOTSTUFF_LIES, defect?: HotStuffDefect): HotStuffTrial {
  const trial = start({ defect }, { lies: { 1: HOTSTUFF_LIES[lie] } });
  for (let i = 0; i < 4; i++) {
    askAll(trial);
    trial.stabilise(20);
  }
  return trial;
}

describe('chained HotStuff', () => {
  it('S2.30 sends 2(n-1) messages a view, and decides with the third certificate in a row', () => {
    for (const n of [4, 7, 10, 13]) {
      const trial = start({ nodes: Array.from({ length: n }, (_, i) => i + 1), viewsPerLeader: 100 });
      const counts: Record<string, number> = {};
      trial.replicas.passes = ({ message }): boolean => {
        counts[message.type] = (counts[message.type] ?? 0) + 1;
        return true;
      };
      askAll(trial);
      // One view for the command, two more certified on top of it; then the leader tells the last certificate.
      expect(counts).toEqual({ proposal: 3 * (n - 1), vote: 3 * (n - 1), certificate: n - 1 });
      expect(trial.results.map(({ outcome }) => outcome)).toEqual(['ok']);
      expect(trial.replicas.view(n)).toMatchObject({ applied: 1, locked: 2, certified: 3 });
    }
  });

  it('S2.30 leaders change while commands go on, each carried out once, in one order', () => {
    const trial = start();
    askAll(trial, 9);
    expect(trial.replicas.view(2)).toMatchObject({ applied: 25, view: 28 });
    for (const id of [1, 2, 3, 4]) {
      expect(listOf(trial, id)).toEqual(Array.from({ length: 9 }, (_, i) => 1_001 + i));
    }
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.30 a silent leader is given up on: 2f+1 calls make the first view of the next one', () => {
    const trial = start({}, { lies: { 1: HOTSTUFF_LIES.silence } });
    askAll(trial);
    expect(trial.results).toEqual([]);
    trial.fireAll((timer) => timer === 'view');
    trial.settle();
    expect(trial.results.map(({ outcome }) => outcome)).toEqual(['ok']);
    expect(trial.replicas.view(3)).toMatchObject({ leader: 2, applied: 1 });
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.30 with a new leader every view one silent node of four keeps the others from deciding anything', () => {
    for (const viewsPerLeader of [1, 5]) {
      const trial = start({ viewsPerLeader }, { lies: { 1: HOTSTUFF_LIES.silence } });
      askAll(trial);
      passViews(trial, 40);
      expect(trial.monitor.executed).toBe(viewsPerLeader === 1 ? 0 : 1);
      expect(trial.monitor.violations).toEqual([]);
    }
  });

  it('S2.30 catalogue 100: a leader that forks gets no votes; without the lock rule two blocks stand in one place', () => {
    expect(underLiar('fork').monitor.violations).toEqual([]);
    expect(underLiar('fork').results).toHaveLength(4);
    const promises = underLiar('fork', 'no-lock').monitor.violations.map(({ promise }) => promise);
    expect(promises).toContain('agreement');
  });

  it('S2.30 certificates are counted: one without votes decides nothing', () => {
    expect(underLiar('certify').monitor.violations).toEqual([]);
    const { violations } = underLiar('certify', 'believes-certificates').monitor;
    expect(violations.map(({ promise }) => promise)).toContain('commit certificate');
  });

  it('a replica that missed blocks fetches them, and carries them out in order', () => {
    const trial = start();
    trial.replicas.passes = ({ to }): boolean => to !== 4;
    askAll(trial, 2);
    expect(trial.replicas.view(4).applied).toBe(0);
    trial.replicas.passes = (): boolean => true;
    passViews(trial, 6);
    expect(listOf(trial, 4)).toEqual(listOf(trial, 1));
    // A restart finds blocks and certificates on the disk.
    const before = trial.replicas.view(4).applied;
    trial.replicas.restart(4);
    expect(trial.replicas.view(4).applied).toBe(before);
    expect(trial.monitor.violations).toEqual([]);
  });

  it('works the same over real signatures: ed25519 and SHA-256', () => {
    const nodes = [1, 2, 3, 4];
    const signer = ed25519Signer([...nodes.map(nodePrincipal), clientPrincipal(1)]);
    const trial = start({ signer }, { signer, lies: { 1: HOTSTUFF_LIES.equivocate } });
    askAll(trial);
    expect(trial.stabilise()).toBe(true);
    expect(trial.monitor.violations).toEqual([]);
    expect(trial.monitor.executed).toBe(1);
  });

  it('refuses options no group can run with', () => {
    expect(() => hotStuff({ nodes: [1, 2, 3], faulty: 1 }, kv)).toThrow(ByzantineOptionsError);
    expect(() => hotStuff({ nodes: [1, 2, 3, 4], viewsPerLeader: 0 }, kv)).toThrow(/viewsPerLeader must be/);
  });

  it('reads like this: a command in its three-chain, and a silent leader', () => {
    const trial = start();
    const askAgain = (): void => {
      for (const client of trial.clients) trial.ask(client);
    };
    const text = transcriptOf(trial, [
      ['client 1 asks everybody', askAgain],
      [
        'the leader stops; client 1 asks everybody',
        (): void => {
          trial.replicas.crash(1);
          askAgain();
        },
      ],
      ['nobody proposed in time', (): void => trial.fireAll((timer) => timer === 'view')],
    ]);
    expectGolden('hotstuff.txt', text);
  });
});
