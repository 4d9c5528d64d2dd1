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
import { pbft, PBFT_LIES, type PbftMessage, type PbftOptions, type PbftState } from '../../src/pbft/index.ts';
import { raft } from '../../src/raft/core.ts';
import { ed25519Signer } from '../byzantine/ed25519.ts';
import { expectGolden } from '../byzantine/golden.ts';
import { transcriptOf } from '../byzantine/transcript.ts';
import { Trial, type TrialOptions } from '../byzantine/trial.ts';
import { CoreGroup } from '../support/coreGroup.ts';

type PbftTrial = Trial<PbftState, PbftMessage>;

function start(
  options: Partial<PbftOptions> = {},
  trial: Partial<TrialOptions<PbftState, PbftMessage>> = {},
): PbftTrial {
  const nodes = options.nodes ?? [1, 2, 3, 4];
  const core = pbft({ checkpointEvery: 4, ...options, nodes }, kv);
  return new Trial({ core, group: byzantineGroup(nodes), clients: 1, ...trial });
}

function askAll(trial: PbftTrial, times = 1): void {
  for (let i = 0; i < times; i++) {
    for (const client of trial.clients) trial.ask(client);
    trial.settle();
  }
}

/** How many messages of each type the group sends while something happens. */
function counted(trial: PbftTrial, act: () => void): Record<string, number> {
  const counts: Record<string, number> = {};
  trial.replicas.passes = ({ message }): boolean => {
    counts[message.type] = (counts[message.type] ?? 0) + 1;
    return true;
  };
  act();
  return counts;
}

const listOf = (trial: PbftTrial, id: number): unknown =>
  (trial.replicas.state(id).execution.machine as { readonly list?: unknown }).list ?? [];

/** Two timeouts: the first tells everybody of the request, the second blames the primary. */
function losePatience(trial: PbftTrial): void {
  for (let i = 0; i < 2; i++) {
    trial.fireAll((timer) => timer === 'request');
    trial.settle();
  }
}

describe('PBFT', () => {
  it('S2.27 carries a request out once on every replica, by pre-prepare, prepare and commit', () => {
    const trial = start();
    askAll(trial, 3);
    expect(trial.results.map((result) => result.outcome)).toEqual(['ok', 'ok', 'ok']);
    for (const id of [1, 2, 3, 4]) expect(listOf(trial, id)).toEqual([1001, 1002, 1003]);
    expect(trial.monitor.executed).toBe(3);
    // The client asks again: the answer is the old one, and nothing is carried out.
    const [first] = trial.clients;
    if (first === undefined) expect.fail('a client');
    const again = signCommand(simulatedSigner, {
      client: 1,
      sequence: 3,
      operation: { f: 'append', key: 'list', value: 1003 },
    });
    const id = trial.replicas.request(2, again);
    trial.settle();
    expect(trial.replicas.replies.get(id)).toEqual({ ok: true, value: 3 });
    expect(trial.replicas.ids.map((node) => trial.replicas.view(node).applied)).toEqual([3, 3, 3, 3]);
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.29 sends 24, 84, 180 and 312 messages a request with 4, 7, 10 and 13 replicas, where Raft sends 2(n-1)', () => {
    const sizes = [4, 7, 10, 13];
    const pbftCounts = sizes.map((n) => {
      const trial = start({ nodes: Array.from({ length: n }, (_, i) => i + 1) });
      const counts = counted(trial, () => askAll(trial));
      expect(counts['pre-prepare']).toBe(n - 1);
      return (counts['pre-prepare'] ?? 0) + (counts['prepare'] ?? 0) + (counts['commit'] ?? 0);
    });
    expect(pbftCounts).toEqual([24, 84, 180, 312]);
    expect(pbftCounts).toEqual(sizes.map((n) => 2 * n * (n - 1)));
    const raftCounts = sizes.map(raftMessages);
    expect(raftCounts).toEqual(sizes.map((n) => 2 * (n - 1)));
    // The slope of log messages over log (n - 1/2): n (n - 1) is (n - 1/2) squared but for 1/4.
    expect(exponent(sizes, pbftCounts, 0.5)).toBeCloseTo(2, 1);
    expect(exponent(sizes, raftCounts, 1)).toBeCloseTo(1, 5);
  });

  it('S2.27 X14: handlers that count by sequence alone commit twice and execute six times', () => {
    expect(naiveHandlers(4)).toEqual({ commitsByNode: [2, 2, 2, 2], executionsByNode: [6, 6, 6, 6] });
  });

  it('S2.27 votes count for one view, sequence number and digest, once for each sender', () => {
    const trial = start();
    const { replicas } = trial;
    // Node 2 hears the primary, and of prepares only those of node 3, five times.
    replicas.passes = ({ from, to, message }): boolean =>
      message.type === 'pre-prepare' || (message.type === 'prepare' && from === 3 && to === 2);
    for (const client of trial.clients) trial.ask(client);
    const copies: (typeof replicas.flying)[number][] = [];
    for (let round = 0; round < 3; round++) {
      copies.push(...replicas.flying.filter(({ message }) => message.type === 'prepare'));
      replicas.deliverWhere(() => true);
    }
    for (let i = 0; i < 5; i++) for (const copy of copies) replicas.deliver(copy);
    const slot = replicas.state(2).slots[1];
    expect(Object.keys(slot?.prepares ?? {})).toEqual(['2', '3']);
    expect(slot?.prepared, 'two prepares of backups, 2f').not.toBeNull();
    expect(slot?.committed).toBeNull();
    const [vote] = copies;
    if (vote?.message.type !== 'prepare') expect.fail('a prepare was sent');
    const other = { ...vote.message, by: 4 };
    replicas.deliver({ ...vote, from: 4, message: other });
    expect(Object.keys(replicas.state(2).slots[1]?.prepares ?? {}), 'signed by 3, not by 4').toEqual([
      '2',
      '3',
    ]);
  });

  it('S2.27 a lying primary never makes two correct replicas carry out different requests, and is replaced', () => {
    for (const lie of ['equivocate', 'waver'] as const) {
      const trial = start({}, { lies: { 1: PBFT_LIES[lie] }, clients: 2 });
      for (const client of trial.clients) trial.ask(client);
      expect(trial.stabilise(), `${lie}: live`).toBe(true);
      catchUp(trial);
      expect(trial.monitor.violations).toEqual([]);
      const lists = [2, 3, 4].map((id) => listOf(trial, id));
      expect(lists[0]).toHaveLength(2);
      expect(new Set(lists.map((list) => JSON.stringify(list))).size).toBe(1);
    }
  });

  it('S2.28 a silent primary is replaced, and the request carried out in the next view', () => {
    const trial = start({}, { lies: { 1: PBFT_LIES.silence } });
    askAll(trial);
    expect(trial.results).toEqual([]);
    losePatience(trial);
    expect(trial.results.map(({ outcome }) => outcome)).toEqual(['ok']);
    expect(trial.replicas.view(3)).toMatchObject({ view: 1, leader: 2, active: true, applied: 1 });
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.28 a request committed at one replica survives the view change, though its command waits nowhere else', () => {
    const { trial, decided } = committedAtOne(undefined);
    expect(decided).toBe(1);
    losePatience(trial);
    expect(trial.replicas.view(3)).toMatchObject({ view: 1, active: true });
    for (const id of [2, 3, 4]) expect(listOf(trial, id)).toEqual([1001, 2001]);
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.28 catalogue 100: a view change that leaves out what was prepared loses a committed request', () => {
    const { trial } = committedAtOne('drops-prepared');
    losePatience(trial);
    trial.stabilise();
    expect(trial.monitor.violations.map(({ promise }) => promise)).toContain('agreement');
  });

  it('S2.28 checkpoints become stable with 2f+1 equal digests; the log before them is dropped, the watermarks move', () => {
    const trial = start({ checkpointEvery: 4, logSize: 8 });
    askAll(trial, 3);
    expect(trial.replicas.view(2)).toMatchObject({ applied: 3, stable: 0 });
    askAll(trial, 7);
    for (const id of [1, 2, 3, 4]) {
      const { stable, slots, snapshots, stableProof } = trial.replicas.state(id);
      expect(stable).toBe(8);
      expect(Object.keys(slots)).toEqual(['9', '10']);
      expect(Object.keys(snapshots)).toEqual(['8']);
      expect(stableProof.length).toBeGreaterThanOrEqual(3);
      const records = Object.keys(trial.replicas.host(id).records).filter((key) => key.startsWith('slot/'));
      expect(records.sort()).toEqual(['slot/10', 'slot/9']);
    }
    // Without stable checkpoints the high watermark holds requests back.
    trial.replicas.passes = ({ message }): boolean => message.type !== 'checkpoint';
    askAll(trial, 8);
    expect(trial.replicas.view(1)).toMatchObject({ applied: 16, stable: 8, pending: 2 });
  });

  it('S2.28 a replica that missed a checkpoint takes the state that 2f+1 vouch for, and no other', () => {
    const trial = start();
    trial.replicas.passes = ({ to }): boolean => to !== 4;
    askAll(trial, 9);
    expect(trial.replicas.view(4).applied).toBe(0);
    trial.replicas.passes = (): boolean => true;
    // A liar offers a state of its own making with the true proof.
    const { stableProof: proof, snapshots } = trial.replicas.state(1);
    const snapshot = { ...(snapshots[8] as NonNullable<(typeof snapshots)[8]>), machine: { list: [-1] } };
    trial.replicas.deliver({ from: 3, to: 4, message: { type: 'state', sequence: 8, proof, snapshot } });
    expect(trial.replicas.view(4).applied).toBe(0);
    catchUp(trial);
    expect(trial.replicas.view(4)).toMatchObject({ applied: 9, stable: 8 });
    expect(listOf(trial, 4)).toEqual(listOf(trial, 1));
    expect(trial.monitor.violations).toEqual([]);
  });

  it('S2.28 a client believes f+1 equal replies, so no forged one; one that believes the first is deceived', () => {
    const falseReply = (): { readonly ok: true; readonly value: -1 } => ({ ok: true, value: -1 });
    for (const replies of [2, 1]) {
      const trial = start({}, { lies: { 1: PBFT_LIES.replay }, falseReply, replies });
      askAll(trial, 2);
      expect(trial.results).toHaveLength(2);
      const promises = trial.monitor.violations.map(({ promise }) => promise);
      if (replies === 2) expect(promises).toEqual([]);
      else expect(promises).toContain('client reply');
    }
  });

  it('S2.28 catalogue 98: clients that want 2f+1 replies wait for ever when nobody helps whom the primary leaves out', () => {
    for (const defect of ['only-primary-retransmits', undefined] as const) {
      // The primary leaves node 4 out; with 2f+1 = 3 equal replies wanted and the liar's answers false, node 4 is needed.
      const falseReply = (): { readonly ok: true; readonly value: -1 } => ({ ok: true, value: -1 });
      const lies = { 1: PBFT_LIES.withhold };
      const trial = start({ defect }, { lies, replies: 3, falseReply });
      askAll(trial);
      expect(trial.replicas.view(3).applied).toBe(1);
      expect(trial.stabilise(12)).toBe(defect === undefined);
      expect(trial.replicas.view(3).view, 'nobody blames the primary: the group goes on').toBe(0);
    }
  });

  it('commands that no client signed are refused by whoever is asked', () => {
    const trial = start();
    const command = signCommand(simulatedSigner, {
      client: 1,
      sequence: 1,
      operation: { f: 'get', key: 'list' },
    });
    const id = trial.replicas.request(1, { ...command, operation: { f: 'put', key: 'list', value: 7 } });
    expect(trial.replicas.replies.get(id)).toEqual({ ok: false, error: 'not-genuine' });
    expect(trial.replicas.flying).toEqual([]);
  });

  it('works the same over real signatures: ed25519 and SHA-256', () => {
    const nodes = [1, 2, 3, 4];
    const signer = ed25519Signer([...nodes.map(nodePrincipal), ...[1, 2].map(clientPrincipal)]);
    for (const lie of ['equivocate', 'forge'] as const) {
      const trial = start({ signer }, { signer, lies: { 1: PBFT_LIES[lie] }, clients: 2 });
      for (const client of trial.clients) trial.ask(client);
      expect(trial.stabilise()).toBe(true);
      expect(trial.monitor.violations).toEqual([]);
      expect(trial.monitor.executed).toBe(2);
    }
  });

  it('refuses options no group can run with', () => {
    expect(() => pbft({ nodes: [1, 2, 3], faulty: 1 }, kv)).toThrow(ByzantineOptionsError);
    expect(() => pbft({ nodes: [1, 2, 2, 3] }, kv)).toThrow(/nodes must be distinct/);
    expect(() => pbft({ nodes: [1, 2, 3, 4], checkpointEvery: 10, logSize: 5 }, kv)).toThrow(
      /logSize must be at least checkpointEvery \(10\): current value is 5/,
    );
  });

  it('reads like this: a request, and a silent primary', () => {
    expectGolden('pbft.txt', transcript());
  });
});

function raftMessages(n: number): number {
  const ids = Array.from({ length: n }, (_, i) => i + 1);
  const group = new CoreGroup(raft({ voters: ids, preVote: false }, kv), ids);
  group.fire(1, 'election');
  group.settle();
  let messages = 0;
  let counting = true;
  group.passes = (): boolean => {
    if (counting) messages++;
    return true;
  };
  group.request(1, { client: 0, sequence: 0, operation: { f: 'get', key: 'a' } });
  // One round: entries out, acknowledgements back; that it is committed travels with what comes next.
  group.deliverWhere(() => true);
  counting = false;
  group.settle();
  return messages;
}

/** The exponent that fits: the slope of log messages over log (n - shift). */
function exponent(sizes: readonly number[], counts: readonly number[], shift: number): number {
  const points = sizes.map((n, i): [number, number] => [Math.log(n - shift), Math.log(counts[i] ?? 0)]);
  const mean = (at: 0 | 1): number => points.reduce((sum, point) => sum + point[at], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const over = points.reduce((sum, [px, py]) => sum + (px - x) * (py - y), 0);
  return over / points.reduce((sum, [px]) => sum + (px - x) ** 2, 0);
}

/** Handlers as they are often sketched: they count messages by sequence number, and act on each one past the threshold. */
function naiveHandlers(n: number): { commitsByNode: number[]; executionsByNode: number[] } {
  const f = Math.floor((n - 1) / 3);
  const zeros = (): number[] => Array.from({ length: n }, () => 0);
  const prepares = zeros();
  const commits = zeros();
  const sent = zeros();
  const executed = zeros();
  const onCommit = (node: number): void => {
    commits[node] = (commits[node] ?? 0) + 1;
    if ((commits[node] ?? 0) >= 2 * f + 1) executed[node] = (executed[node] ?? 0) + 1;
  };
  const onPrepare = (node: number): void => {
    prepares[node] = (prepares[node] ?? 0) + 1;
    if ((prepares[node] ?? 0) < 2 * f) return;
    sent[node] = (sent[node] ?? 0) + 1;
    for (let to = 0; to < n; to++) onCommit(to);
  };
  // Prepares come from the backups, to everybody.
  for (let backup = 1; backup < n; backup++) for (let to = 0; to < n; to++) onPrepare(to);
  return { commitsByNode: sent, executionsByNode: executed };
}

/** A request that only the primary was asked is prepared everywhere and committed at node 4 alone; the primary stops, another waits. */
function committedAtOne(defect: PbftOptions['defect']): { trial: PbftTrial; decided: number } {
  const trial = start({ defect }, { clients: 2 });
  const { replicas } = trial;
  replicas.passes = ({ to, message }): boolean => message.type !== 'commit' || to === 4;
  const operation = { f: 'append', key: 'list', value: 1001 };
  replicas.request(1, signCommand(simulatedSigner, { client: 1, sequence: 1, operation }));
  trial.settle();
  const decided = trial.monitor.decided;
  replicas.passes = (): boolean => true;
  replicas.crash(1);
  for (const client of trial.clients) if (client.id === 2) trial.ask(client);
  trial.settle();
  return { trial, decided };
}

/** Those behind are brought up to date. */
function catchUp(trial: PbftTrial): void {
  for (let i = 0; i < 3; i++) {
    trial.fireAll((timer) => timer === 'status');
    trial.settle();
  }
}

function transcript(): string {
  const trial = start();
  const askAgain = (): void => {
    for (const client of trial.clients) trial.ask(client);
  };
  const lose = (): void => trial.fireAll((timer) => timer === 'request');
  return transcriptOf(trial, [
    ['client 1 asks everybody', askAgain],
    [
      'the primary stops; client 1 asks everybody',
      (): void => {
        trial.replicas.crash(1);
        askAgain();
      },
    ],
    ['patience is lost: everybody is told', lose],
    ['patience is lost again: a new view', lose],
  ]);
}
