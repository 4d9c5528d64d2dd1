import { describe, expect, it } from 'vitest';
import {
  byzantineGroup,
  ByzantineOptionsError,
  clientPrincipal,
  nodePrincipal,
  signCommand,
  simulatedSigner,
} from '../../src/byzantine/index.ts';

import { kv } from '../../src/kv/kv.ts';
import {
  tendermint,
  TENDERMINT_LIES,
  type TendermintDefect,
  type TendermintMessage,
  type TendermintOptions,
  type TendermintState,
} from '../../src/tendermint/index.ts';
import { ed25519Signer } from '../byzantine/ed25519.ts';
import { expectGolden } from '../byzantine/golden.ts';
import { transcriptOf } from '../byzantine/transcript.ts';
import { Trial, type TrialOptions } from '../byzantine/trial.ts';

type TendermintTrial = Trial<TendermintState, TendermintMessage>;

function start(
  options: Partial<TendermintOptions> = {},
  trial: Partial<TrialOptions<TendermintState, TendermintMessage>> = {},
): TendermintTrial {
  const nodes = options.nodes ?? [1, 2, 3, 4];
  const core = tendermint({ ...options, nodes }, kv);
  return new Trial({ core, group: byzantineGroup(nodes), clients: 1, ...trial });
}

function askAll(trial: TendermintTrial): void {
  for (const client of trial.clients) trial.ask(client);
  trial.settle();
}

const listOf = (trial: TendermintTrial, id: number): unknown =>
  (trial.replicas.state(id).execution.machine as { readonly list?: unknown }).list ?? [];

const isStep = (timer: string): boolean => timer !== 'status';

/** Lets all steps of a round time out, once. */
function passRound(trial: TendermintTrial): void {
  for (const step of ['propose', 'prevote', 'precommit']) {
    trial.fireAll((timer) => timer === step);
    trial.settle();
  }
}

function askNode(trial: TendermintTrial, node: number, value: number): void {
  const operation = { f: 'append', key: 'list', value };
  trial.replicas.request(node, signCommand(simulatedSigner, { client: value, sequence: 1, operation }));
}

interface Scene {
  readonly defect?: TendermintDefect;
  readonly lie?: keyof typeof TENDERMINT_LIES;
  readonly restart?: boolean;
}

/**
 * A hidden lock: in round 0 nodes 1, 3 and 4 lock on the block of node 1; node 2 saw no proposal, and node 4 alone hears all precommits,
 * decides, and is cut off. Node 2 proposes another block in round 1. At last all hear each other again.
 */
function hiddenLock({ defect, lie, restart = false }: Scene): TendermintTrial {
  const lies = lie === undefined ? {} : { 2: TENDERMINT_LIES[lie] };
  const trial = start({ defect }, { lies });
  const { replicas } = trial;
  replicas.passes = ({ to, message }): boolean => {
    if (message.type === 'proposal') return to !== 2;
    return message.type === 'prevote' || message.type === 'precommit';
  };
  askNode(trial, 2, 2);
  askNode(trial, 1, 1);
  replicas.passes = ({ from, to, message }): boolean => {
    if (message.type === 'proposal') return to !== 2;
    // Node 2 hears of two prevotes for the block only: no quorum.
    if (message.type === 'prevote') return !(from === 4 && to === 2);
    return message.type === 'precommit' && (to === 4 || from !== 4);
  };
  trial.settle();
  replicas.fire(2, 'propose');
  trial.settle();
  replicas.fire(2, 'prevote');
  trial.settle();
  expect(replicas.view(4)).toMatchObject({ height: 2, applied: 1 });
  expect([1, 3].map((id) => replicas.view(id).locked)).toEqual([0, 0]);
  expect(replicas.view(2)).toMatchObject({ height: 1, step: 'precommit', locked: -1 });
  if (restart) for (const id of [1, 3]) replicas.restart(id);
  replicas.passes = ({ from, to }): boolean => from !== 4 && to !== 4;
  replicas.flying = [];
  for (let round = 0; round < 12; round++) {
    trial.fireAll((timer) => timer === 'status');
    trial.settle();
    passRound(trial);
  }
  replicas.passes = (): boolean => true;
  for (let round = 0; round < 3; round++) {
    trial.fireAll((timer) => timer === 'status');
    trial.settle();
  }
  return trial;
}

describe('Tendermint', () => {
  it('S2.30 decides a block in three message delays: proposal, prevote, precommit', () => {
    const trial = start();
    const [client] = trial.clients;
    if (client === undefined) expect.fail('a client');
    for (let height = 1; height <= 5; height++) {
      trial.ask(client);
      // The proposer prevotes for its own proposal at once.
      for (const steps of [['proposal', 'prevote'], ['prevote'], ['precommit']]) {
        expect([...new Set(trial.replicas.flying.map(({ message }) => message.type))].sort()).toEqual(
          [...steps].sort(),
        );
        trial.replicas.deliverWhere(() => true);
      }
      expect(trial.replicas.flying).toEqual([]);
      trial.collect();
      expect(trial.results).toHaveLength(height);
    }
    for (const id of [1, 2, 3, 4]) expect(listOf(trial, id)).toEqual([1001, 1002, 1003, 1004, 1005]);
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.30 every round has another proposer: a silent one costs a round, and an idle group sets no timers', () => {
    const trial = start({}, { lies: { 1: TENDERMINT_LIES.silence } });
    expect(
      trial.replicas.ids.flatMap((id) => [...trial.replicas.host(id).timers.keys()].filter(isStep)),
    ).toEqual([]);
    askAll(trial);
    expect(trial.results).toEqual([]);
    passRound(trial);
    expect(trial.results.map(({ outcome }) => outcome)).toEqual(['ok']);
    expect(trial.replicas.state(3).decisions[1]).toMatchObject({ round: 1 });
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.30 a lock keeps a decision that one node alone knows of; its proof of lock makes the others follow', () => {
    for (const scene of [{}, { restart: true }, { lie: 'claim-pol' }] as const) {
      const trial = hiddenLock(scene);
      expect(trial.monitor.violations).toEqual([]);
      expect(listOf(trial, 3)).toEqual(listOf(trial, 4));
      expect((listOf(trial, 3) as readonly unknown[])[0]).toBe(1);
    }
  });

  it('S2.30 without the lock rule, with claims believed, or with locks forgotten, two blocks are decided at a height', () => {
    for (const scene of [
      { defect: 'no-lock' },
      { defect: 'believes-claimed-pol', lie: 'claim-pol' },
      { defect: 'forgets-lock', restart: true },
    ] as const) {
      const { violations } = hiddenLock(scene).monitor;
      expect([scene.defect, ...violations.map(({ promise }) => promise)]).toContain('agreement');
    }
  });

  it('S2.30 a lying proposer never makes two correct nodes decide differently, and the clients are answered', () => {
    const trial = start({}, { lies: { 1: TENDERMINT_LIES.equivocate }, clients: 2 });
    for (const client of trial.clients) trial.ask(client);
    expect(trial.stabilise()).toBe(true);
    expect(trial.monitor.violations).toEqual([]);
    expect(trial.monitor.executed).toBe(2);
  });

  it('two votes of one node in one round are kept as evidence, and the first counts', () => {
    const trial = start({}, { lies: { 2: TENDERMINT_LIES.equivocate } });
    const evidence: unknown[] = [];
    trial.replicas.onNote = (id, kind, data): void => {
      if (kind === 'evidence' && id === 4) evidence.push(data);
    };
    askAll(trial);
    expect(trial.replicas.view(4).applied).toBe(1);
    expect(evidence).toEqual([]);
    const three: unknown[] = [];
    const other = start({}, { lies: { 2: TENDERMINT_LIES.equivocate } });
    other.replicas.onNote = (id, kind, data): void => {
      if (kind === 'evidence' && id === 3) three.push(data);
    };
    other.replicas.passes = ({ message }): boolean => message.type !== 'precommit';
    askAll(other);
    // Of nodes 1, 3 and 4 the second hears the second story first.
    expect(three).toContainEqual({ by: 2, height: 1, round: 0, votes: 'prevote' });
  });

  it('works the same over real signatures: ed25519 and SHA-256', () => {
    const nodes = [1, 2, 3, 4];
    const signer = ed25519Signer([...nodes.map(nodePrincipal), clientPrincipal(1)]);
    const trial = start({ signer }, { signer, lies: { 1: TENDERMINT_LIES.forge } });
    askAll(trial);
    expect(trial.stabilise()).toBe(true);
    expect(trial.monitor.violations).toEqual([]);
    expect(trial.monitor.executed).toBe(1);
  });

  it('refuses options no group can run with', () => {
    expect(() => tendermint({ nodes: [1, 2, 3], faulty: 1 }, kv)).toThrow(ByzantineOptionsError);
    expect(() => tendermint({ nodes: [1, 2, 3, 4], timeoutMs: 0 }, kv)).toThrow(/timeoutMs must be a whole/);
  });

  it('reads like this: a block, and a silent proposer', () => {
    const trial = start();
    const { replicas } = trial;
    const [client] = trial.clients;
    if (client === undefined) expect.fail('a client');
    const text = transcriptOf(trial, [
      ['client 1 asks everybody', (): void => trial.ask(client)],
      [
        'node 2 stops, whose turn it is; client 1 asks everybody',
        (): void => {
          replicas.crash(2);
          trial.ask(client);
        },
      ],
      ['nobody proposed in time', (): void => trial.fireAll((timer) => timer === 'propose')],
      ['the round is over', (): void => trial.fireAll((timer) => timer === 'precommit')],
    ]);
    expectGolden('tendermint.txt', text);
  });
});
