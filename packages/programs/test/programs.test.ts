import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const RUNS = fileURLToPath(new URL('helpers/runs.ts', import.meta.url));

interface Left {
  readonly resources: readonly [before: string[], after: string[]];
  readonly listeners: number;
}

/** Runs programs in a process of their own: the loop of the test runner is not theirs to drain. */
function inProcess<T>(kind: string, argument = ''): { readonly result: T; readonly left: Left } {
  const args = ['--import', 'tsx', RUNS, kind, argument];
  const env = { ...process.env, TZ: 'UTC' };
  const child = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 55_000, env });
  if (child.status !== 0) throw new Error(`the process failed: ${child.stderr}`);
  return JSON.parse(child.stdout) as { result: T; left: Left };
}

/** Resources there are now and were not before. */
function added({ resources: [before, after] }: Left): string[] {
  const count = (names: string[], name: string): number => names.filter((other) => other === name).length;
  return after.filter((name) => count(after, name) > count(before, name));
}

interface Seed {
  readonly digest: string;
  readonly again: string;
  readonly client: readonly string[];
  readonly starts: number;
  readonly lost: number;
  readonly escapes: readonly string[];
}

interface Shown {
  readonly output: readonly string[];
  readonly crashes: readonly string[];
  readonly escapes: readonly string[];
}

describe('a plain node:http server and client, unmodified, on two hosts', () => {
  it('100 seeds with loss and a crash are the same run twice, and the same in a second process', () => {
    const { result, left } = inProcess<Seed[]>('seeds', '100');
    expect(result).toHaveLength(100);
    for (const { digest, again, client, starts, lost } of result) {
      expect(again).toBe(digest);
      expect(client.at(-1)).toMatch(/^done: 20 orders, \d+ retries, \d+ ms$/);
      expect(starts).toBe(2);
      expect(lost).toBeGreaterThan(0);
    }
    expect(new Set(result.map((seed) => seed.digest)).size).toBe(100);
    const heard = result.flatMap((seed) => seed.client).join('\n');
    for (const trouble of ['ECONNRESET', 'no answer in time']) expect(heard).toContain(trouble);
    expect(result[0]?.escapes).toEqual([]);
    expect([added(left), left.listeners]).toEqual([[], 0]);

    const second = inProcess<string[]>('digests', '100');
    expect(second.result).toEqual(result.map((seed) => seed.digest));
    expect(added(second.left)).toEqual([]);
  });

  it('are the same runs when Node cannot be drained within a turn and gets a turn of its loop for every event', () => {
    const { result, left } = inProcess<[string, string][]>('fallback', '8');
    expect(result).toHaveLength(8);
    for (const [turnPerEvent, inTurn] of result) expect(turnPerEvent).toBe(inTurn);
    expect(added(left)).toEqual([]);
  });

  it('hear of a link that refuses at once, and of one that swallows everything when their patience ends', () => {
    expect(inProcess<string[]>('unreachable').result).toEqual([
      'PUT /orders/0: ECONNREFUSED',
      'PUT /orders/0: no answer in time',
    ]);
  });
});

describe('a program', () => {
  it('has clocks and randomness of its own host, and the order of callbacks that Node has', () => {
    const { result } = inProcess<Record<'server' | 'other', [string, string]>>('clocks');
    const start = 1_767_225_600_000;
    const order = ['tick', 'reaction', 'immediate', 'timeout 1', 'timeout 0', 'turn 1', 'turn 2'];
    const [first, last] = result.server.map((line) => JSON.parse(line) as Record<string, unknown>);
    const [otherFirst, otherLast] = result.other.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(first).toMatchObject({ seen: [start, start, 0, 0, 0], zero: true });
    expect(last).toEqual({ order, seen: [start + 1_000, start + 1_000, 1_000, 0, 1_000] });
    const ahead = start + 1_000 + 3_600_000;
    expect(otherLast).toEqual({ order, seen: [ahead, ahead, 1_000, 0, 1_000] });
    expect(otherFirst?.['random']).not.toBe(first?.['random']);
  });

  it('is refused whatever has no stand-in, by the name of the API, and opens nothing real', () => {
    const { result, left } = inProcess<Shown>('alone', 'refused.js');
    const refused = (name: string, api: string): string => `${name}: UNSUPPORTED_IN_WORLD ${api}`;
    expect(result.output).toEqual([
      ...['fs', 'net', 'crypto', 'worker_threads', 'async_hooks'].map((name) =>
        refused(name, `node:${name}`),
      ),
      refused('fetch', 'fetch'),
      refused('WebSocket', 'WebSocket'),
      refused('webcrypto', 'crypto.randomUUID'),
      refused('wasm', 'WebAssembly.compile'),
      refused('weak', 'WeakRef'),
      refused('global', 'fetch'),
      refused('abort', 'AbortController'),
      refused('timeout', 'AbortSignal.timeout'),
      refused('calendar', 'Intl.DateTimeFormat'),
      refused('exit', 'process.exit'),
      refused('signal', 'process.on'),
      refused('memory', 'process.memoryUsage'),
      refused('console', 'console.time'),
      refused('clientRequest', 'http.ClientRequest'),
      refused('socketPath', 'http.request({ socketPath })'),
      refused('listenPath', 'http.Server.listen on a path'),
      refused('esm', 'the ES module /module.mjs'),
      refused('spin', 'a loop that waits for the clock'),
    ]);
    expect([result.crashes, result.escapes, added(left)]).toEqual([[], [], []]);
  });

  it('that fails in a timer, a tick, a reaction, a rejection or at its start crashes its host, and stays silent', () => {
    const { result, left } = inProcess<Record<string, Shown>>('failing');
    const messages = {
      timer: 'from a timer',
      tick: 'from a tick',
      reaction: 'from a microtask',
      rejection: 'from a rejection',
      boot: 'while booting',
    };
    const expected = Object.entries(messages).map(([way, message]) => {
      const crash = `uncaught Error: ${message}`;
      return [way, { output: [`will fail: ${way}`, crash], crashes: [crash], escapes: [] }];
    });
    expect(result).toEqual(Object.fromEntries(expected));
    expect([added(left), left.listeners]).toEqual([[], 0]);
  });

  it('that gets hold of the real global object is named by the audit', () => {
    expect(inProcess<Shown>('alone', 'escaping.js').result.escapes).toEqual(['Timeout']);
  });

  it('is run one world at a time, from outside of promise reactions, and only with faults that can strike', () => {
    const [both, unknown, inReaction] = inProcess<[string[], string, boolean]>('misuse').result;
    expect(both).toEqual(['fulfilled', 'rejected']);
    expect(unknown).toContain("host 'nobody' is not known: known are server");
    expect(inReaction).toBe(false);
  });
});
