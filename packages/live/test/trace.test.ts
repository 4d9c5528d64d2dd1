import { describe, expect, it } from 'vitest';
import type { SeenMessage } from '../src/devices/mesh/link.ts';
import { judge } from '../src/experiment/judge.ts';
import { MAX_CLIENT_LANES, type SeenRun, traceOf } from '../src/experiment/trace.ts';
import { Watches } from '../src/experiment/watches.ts';
import type { Draft } from '../src/faults/pairs.ts';
import { type Answer, Recorder } from '../src/history/recorder.ts';

const N1 = { name: 'N1', index: 0 };

function message(type: string, from: number, to: number, atMs: number, passedAtMs?: number): SeenMessage {
  const seen = { type, term: 2, index: 5, entries: 0, context: '', from, to, atMs };
  return passedAtMs === undefined ? seen : { ...seen, passedAtMs };
}

async function recordedBy(
  asked: readonly (readonly [client: string, f: string, key: string, answer: Answer])[],
) {
  const recorder = new Recorder();
  for (const [client, f, key, answer] of asked) {
    const input = f === 'write' ? 1 : null;
    await recorder.record(
      client,
      N1,
      { f, key, input, mode: f === 'read' ? 'linearizable' : undefined },
      () => Promise.resolve(answer),
    );
  }
  return recorder.finish();
}

async function seenRun(changes: Partial<SeenRun> = {}): Promise<SeenRun> {
  return {
    members: ['N1', 'N2'],
    recording: await recordedBy([
      ['a', 'write', 'x', { outcome: 'ok', output: null }],
      ['b', 'read', 'x', { outcome: 'unknown', output: 'no answer' }],
    ]),
    struck: [],
    messages: [],
    meshStartUs: 0,
    journal: [],
    endedUs: 1_000_000,
    ...changes,
  };
}

describe('the trace of a live run', () => {
  it('gives members and clients lanes and every operation both its ends', async () => {
    const trace = traceOf(await seenRun());
    expect(trace.nodes.map(({ name, role }) => `${role} ${name}`)).toEqual([
      'server N1',
      'server N2',
      'client a',
      'client b',
    ]);
    const told = trace.events.map(({ kind, node, label, operation }) => [kind, node, label, operation]);
    expect(told).toEqual([
      ['invoke', 2, 'write x', 0],
      ['ok', 2, 'write x', 0],
      ['invoke', 3, 'read x', 1],
      // The client gave up at some time, though in the history the operation never ends.
      ['unknown', 3, 'read x', 1],
    ]);
    expect(trace.events[3]?.cause).toBe(2);
    expect(trace.events.every(({ at }) => Number.isFinite(at))).toBe(true);
  });

  it('puts more clients than there is room for into one lane', async () => {
    const ok: Answer = { outcome: 'ok', output: 1 };
    const many = Array.from({ length: MAX_CLIENT_LANES + 1 }, (_, i) => [`c${i}`, 'read', 'x', ok] as const);
    const trace = traceOf(await seenRun({ recording: await recordedBy(many) }));
    expect(trace.nodes.at(-1)).toEqual({ name: 'clients', role: 'client' });
    expect(new Set(trace.events.map(({ node }) => node))).toEqual(new Set([2]));
  });

  it('shows faults as spans and what they did to processes, and those that never ended until the end', async () => {
    const pause = { kind: 'pause', host: 'N2', atUs: 0, forUs: 0 } as const satisfies Draft;
    const cut = {
      kind: 'one-way',
      from: ['N1'],
      to: ['N2'],
      atUs: 0,
      forUs: 0,
    } as const satisfies Draft;
    const trace = traceOf(
      await seenRun({
        recording: await recordedBy([]),
        struck: [
          { fault: pause, members: [1], fromUs: 100, untilUs: 900 },
          { fault: cut, members: [0, 1], fromUs: 200, untilUs: undefined },
        ],
      }),
    );
    expect(trace.faults.map(({ kind, from, until, nodes }) => [kind, from, until, nodes])).toEqual([
      ['pause', 100, 900, [1]],
      ['one-way', 200, 1_000_000, [0, 1]],
    ]);
    expect(trace.events.map(({ kind, node, at }) => [kind, node, at])).toEqual([
      ['fault', -1, 100],
      ['pause', 1, 100],
      ['fault', -1, 200],
      ['heal', -1, 900],
      ['resume', 1, 900],
    ]);
  });

  it('draws each message from where the mesh saw it to where it let it go, and tells roles by them', async () => {
    const trace = traceOf(
      await seenRun({
        recording: await recordedBy([]),
        meshStartUs: -10_000,
        messages: [
          message('Vote', 1, 0, 2, 3),
          message('App', 0, 1, 12, 15),
          message('AppResp', 1, 0, 16, -1),
          message('Heartbeat', 0, 1, 18),
        ],
      }),
    );
    const told = trace.events.map(({ kind, node, peer, at, cause }) => [kind, node, peer, at, cause]);
    expect(told).toEqual([
      // What was said before the recording is left out, but for what it tells of its sender.
      ['state', 1, -1, 0, -1],
      ['state', 0, -1, 2_000, -1],
      ['send', 0, 1, 2_000, -1],
      ['deliver', 1, 0, 5_000, 2],
      ['state', 1, -1, 6_000, -1],
      ['send', 1, 0, 6_000, -1],
      ['drop', 0, 1, 6_000, 5],
      ['send', 0, 1, 8_000, -1],
    ]);
    expect(trace.events.filter(({ kind }) => kind === 'state').map(({ data }) => data)).toEqual([
      { role: 'candidate', term: 2 },
      { role: 'leader', term: 2 },
      { role: 'follower', term: 2 },
    ]);
  });
});

describe('a verdict on a part of a recording', () => {
  it('names the operations by their places in the whole', async () => {
    const ok = (output: Answer['output']): Answer => ({ outcome: 'ok', output });
    const recording = await recordedBy([
      ['a', 'write', 'other', ok(null)],
      ['a', 'write', 'x', ok(null)],
      ['b', 'read', 'x', ok(7)],
    ]);
    const verdict = judge({ linearizable: 'kv', keyPrefix: 'x' }, recording, new Map(), new Watches());
    expect(verdict.status).toBe('violated');
    expect(verdict.evidence.blocking?.id).toBe(2);
    expect(recording.history.operations[verdict.evidence.blocking?.id ?? -1]?.output).toBe(7);
    expect(verdict.evidence.minimal?.every(({ id }) => id === 1 || id === 2)).toBe(true);
  });
});
