import { encodePlain } from '@holdfast/plain';
import { describe, it } from 'vitest';
import { type ClientMessage, type ClientResult, leaderClient } from '../../src/client/index.ts';
import { compareVectors, stampEvents, vectorToRecord } from '../../src/clocks/index.ts';
import { startVersioned, writeVersioned } from '../../src/conflicts/index.ts';
import { EffectList } from '../../src/core/effects.ts';
import { chooseTolerance, openEnvelope, seal } from '../../src/corruption/index.ts';
import { ORSetReplica } from '../../src/crdt/index.ts';
import { askBreaker, recordCall, startBreaker } from '../../src/delivery/index.ts';
import { fixedTimeout, phiAccrual } from '../../src/detectors/index.ts';
import { clientTable, executeOnce, kv } from '../../src/kv/index.ts';
import { changeMerkle, compareMerkle, emptyMerkle, merkleRoot } from '../../src/merkle/index.ts';
import { applyOperation, textEdit, transformOperations } from '../../src/ot/index.ts';
import { findStaleRead, quorumAvailability, quorumFacts } from '../../src/quorum/index.ts';
import { expectTranscript } from '../support/transcript.ts';

const say = (...parts: readonly unknown[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : encodePlain(part))).join(' ');

describe('data types as short texts', () => {
  it('clocks: three nodes, their Lamport and vector stamps, and what these know of concurrency', () => {
    const events = [
      { process: 'A', sends: 'm1' },
      { process: 'B' },
      { process: 'B', receives: 'm1', sends: 'm2' },
      { process: 'C' },
      { process: 'C', receives: 'm2' },
      { process: 'A' },
    ];
    const stamped = stampEvents(events);
    const lines = stamped.map(({ event, lamport, vector }) =>
      say(event, 'Lamport', lamport.counter, 'vector', vectorToRecord(vector)),
    );
    for (const [a, b] of [
      [0, 4],
      [1, 0],
      [5, 4],
    ] as const) {
      const [one, two] = [stamped[a], stamped[b]];
      if (one === undefined || two === undefined) continue;
      lines.push(`event ${a + 1} against event ${b + 1}: ${compareVectors(one.vector, two.vector)}`);
    }
    expectTranscript('clocks', lines);
  });

  it('an OR-set: an element removed here and added there stays', () => {
    const [a, b] = [new ORSetReplica('A'), new ORSetReplica('B')];
    const lines: string[] = [];
    const first = a.add('milk');
    b.merge(first);
    lines.push(say('A adds milk and tells B', first));
    const removed = a.remove('milk');
    const again = b.add('milk');
    lines.push(say('A removes it', removed), say('B adds it at the same time', again));
    a.merge(again);
    b.merge(removed);
    lines.push(say('A holds', [...a.values()], 'B holds', [...b.values()]));
    expectTranscript('crdt', lines);
  });

  it('detectors: a peer that falls silent, by a timeout and by phi', () => {
    const detectors = [
      fixedTimeout({ timeoutMs: 3_000 }),
      phiAccrual({ model: 'normal', threshold: 8, firstIntervalMs: 1_000 }),
    ] as const;
    const lines = detectors.flatMap((detector) => {
      const state = detector.start(0) as never;
      for (let beat = 1; beat <= 10; beat++) detector.heartbeat(state, beat * 1_000);
      return [10_500, 11_000, 11_500, 12_500, 13_500].map((now) =>
        say(
          `${detector.name} at ${now} ms: suspicion ${detector.suspicion(state, now).toFixed(2)},`,
          detector.suspects(state, now) ? 'suspected' : 'trusted',
        ),
      );
    });
    expectTranscript('detectors', lines);
  });

  it('quorums: what N, W and R promise, and two sets that do not meet', () => {
    const lines = [
      { n: 3, w: 2, r: 2 },
      { n: 5, w: 2, r: 2 },
    ].flatMap((counts) => [
      say(counts, quorumFacts(counts)),
      say('  with two down', quorumAvailability(counts, 2), 'a stale read', findStaleRead(counts) ?? 'none'),
    ]);
    expectTranscript('quorum', lines);
  });

  it('hash trees: two replicas find the one key in which they differ', () => {
    const [a, b] = [emptyMerkle({ fanout: 4, depth: 2 }), emptyMerkle({ fanout: 4, depth: 2 })];
    for (let i = 0; i < 20; i++) for (const tree of [a, b]) changeMerkle(tree, `key ${i}`, undefined, i);
    changeMerkle(b, 'key 7', 7, 8);
    const lines: string[] = [];
    let flying = [merkleRoot(a)] as ReturnType<typeof compareMerkle>['deeper'];
    for (let turn = 0; flying.length > 0; turn++) {
      const [from, to] = turn % 2 === 0 ? ['A', 'B'] : ['B', 'A'];
      const found = compareMerkle(turn % 2 === 0 ? b : a, flying);
      lines.push(say(`${from} -> ${to}`, flying), say(`    ${to}: buckets that differ`, found.buckets));
      flying = found.deeper;
    }
    expectTranscript('merkle', lines);
  });

  it('operational transform: two edits of one text, each after the other', () => {
    const text = 'abc';
    const [x, y] = [textEdit(3, 1, 0, 'X'), textEdit(3, 2, 1, 'Y')];
    const [x2, y2] = transformOperations(x, y);
    const lines = [say('both see', text), say('one does', x), say('the other', y)];
    lines.push(say('first then second', y2, '->', applyOperation(applyOperation(text, x), y2)));
    lines.push(say('second then first', x2, '->', applyOperation(applyOperation(text, y), x2)));
    expectTranscript('ot', lines);
  });

  it('reject on conflict: a writer with an old version is told, and changes nothing', () => {
    const held = startVersioned();
    const lines = (
      [
        ['ann', 1, 0, 'a'],
        ['bob', 1, 0, 'b'],
        ['bob', 2, 1, 'b'],
        ['ann', 1, 0, 'a'],
      ] as const
    ).map(([client, sequence, expected, value]) => {
      const write = { client, sequence, expected, value };
      return say(write, '->', writeVersioned(held, write));
    });
    expectTranscript('conflicts', lines);
  });

  it('corruption: a flipped letter is a lost message, and what to pay for when', () => {
    const sealed = seal({ key: 'x', value: 1 });
    const flipped = { ...sealed, text: sealed.text.replace('1', '3') };
    const lines = [sealed, flipped].map((envelope) =>
      say(envelope, '->', openEnvelope(envelope) ?? 'dropped'),
    );
    for (const threat of [
      { distrustful: false, intrusion: false, accidents: true },
      { distrustful: true, intrusion: false, accidents: true },
    ]) {
      lines.push(say(threat, '->', chooseTolerance(threat).tolerance));
    }
    expectTranscript('corruption', lines);
  });

  it('delivery: a breaker opens, probes and closes', () => {
    let breaker = startBreaker({ failures: 2, openMs: 1_000, probes: 1, successes: 1 });
    const lines = (
      [
        [0, false],
        [10, false],
        [20, true],
        [1_100, true],
        [1_200, true],
      ] as const
    ).map(([now, ok]) => {
      const asked = askBreaker(breaker, now);
      breaker = asked.allowed ? recordCall(asked.breaker, asked.breaker.period, ok, now) : asked.breaker;
      const outcome = asked.allowed ? (ok ? 'succeeds' : 'fails') : 'is not let through';
      return `at ${now} ms a call ${outcome}: ${breaker.state}`;
    });
    expectTranscript('delivery', lines);
  });

  it('a state machine: a repeated command is answered from the table', () => {
    const replica = { machine: kv.init(), clients: clientTable() };
    const lines = (
      [
        [1, 1, { f: 'append', key: 'x', value: 'a' }],
        [1, 1, { f: 'append', key: 'x', value: 'a' }],
        [2, 1, { f: 'append', key: 'x', value: 'b' }],
        [2, 2, { f: 'get', key: 'x' }],
      ] as const
    ).map(([client, sequence, operation], i) => {
      const command = { client, sequence, operation };
      return say(command, '->', executeOnce(kv, replica, command, { position: i + 1, limit: 10 }));
    });
    expectTranscript('kv', lines);
  });

  it('a client: a follower names the leader, an answer is lost, and the operation keeps its identity', () => {
    type Result = { readonly ok: boolean; readonly leader?: number };
    const out = new EffectList<ClientMessage<string, Result>, ClientResult<Result>>();
    const core = leaderClient<string, Result>({
      servers: [1, 2, 3],
      attemptTimeoutMs: 100,
      backoffMs: [10, 20],
      maxAttempts: 4,
      deadlineMs: 1_000,
      callsArriveOnce: true,
      classify: ({ ok, leader = 0 }) => (ok ? { kind: 'done' } : { kind: 'redirect', leader }),
    });
    const state = core.boot({ self: 9, records: {} }, out);
    const lines: string[] = [];
    const step = (words: string, event: Parameters<typeof core.step>[1]): void => {
      out.effects.length = 0;
      core.step(state, event, out);
      lines.push(words, ...out.effects.map((effect) => say('   ', effect)));
    };
    const answer = (from: number, attempt: number, result: { ok: boolean; leader?: number }): void =>
      step(say(`${from} answers attempt ${attempt}`, result), {
        kind: 'message',
        from,
        message: { kind: 'answer', attempt, result },
      });
    step('the application asks', { kind: 'request', id: 1, command: 'put x' });
    answer(1, 1, { ok: false, leader: 3 });
    step('it has waited', { kind: 'timer', timer: 'backoff/1' });
    step('no answer comes', { kind: 'timer', timer: 'attempt/1' });
    step('it has waited', { kind: 'timer', timer: 'backoff/1' });
    answer(3, 3, { ok: true });
    expectTranscript('client', lines);
  });
});
