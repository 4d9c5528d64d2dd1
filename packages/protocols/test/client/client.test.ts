import { describe, expect, it } from 'vitest';
import {
  type ClientMessage,
  type ClientOptions,
  type ClientResult,
  type ClientState,
  leaderClient,
} from '../../src/client/client.ts';
import { type Effect, EffectList } from '../../src/core/effects.ts';

type Result = { ok: boolean; leader?: number };
const OPTIONS: ClientOptions<Result> = {
  servers: [1, 2, 3],
  attemptTimeoutMs: 100,
  backoffMs: [10, 20],
  maxAttempts: 3,
  deadlineMs: 1000,
  callsArriveOnce: true,
  classify: (r) => (r.ok ? { kind: 'done' } : { kind: 'redirect', leader: r.leader ?? 0 }),
};

class Harness {
  readonly state: ClientState<string>;
  readonly out = new EffectList<ClientMessage<string, Result>, ClientResult<Result>>();
  private readonly core;
  constructor(options: Partial<ClientOptions<Result>> = {}) {
    this.core = leaderClient<string, Result>({ ...OPTIONS, ...options });
    this.state = this.core.boot({ self: 9, records: {} }, this.out);
  }
  request(id: number): void {
    this.core.step(this.state, { kind: 'request', id, command: `op${id}` }, this.out);
  }
  timer(timer: string): void {
    this.core.step(this.state, { kind: 'timer', timer }, this.out);
  }
  answer(from: number, attempt: number, result: Result): void {
    this.core.step(
      this.state,
      { kind: 'message', from, message: { kind: 'answer', attempt, result } },
      this.out,
    );
  }
  of<K extends Effect<never, never>['kind']>(kind: K) {
    return this.out.effects.filter(
      (e): e is Extract<(typeof this.out.effects)[number], { kind: K }> => e.kind === kind,
    );
  }
}

describe('leaderClient()', () => {
  it('S3.32 follows a redirect to the leader and keeps asking it afterwards', () => {
    const h = new Harness();
    h.request(1);
    const first = h.of('send')[0];
    h.answer(first?.to ?? 0, 1, { ok: false, leader: 3 });
    h.timer('backoff/1');
    expect(h.of('send')[1]?.to).toBe(3);
    h.answer(3, 2, { ok: true });
    expect(h.of('reply')[0]?.result).toEqual({ outcome: 'ok', result: { ok: true } });
    h.request(2);
    expect(h.of('send')[2]?.to).toBe(3);
  });

  it('S3.32 sends one identity over all attempts and stays within the budget', () => {
    const h = new Harness();
    h.request(1);
    for (let i = 0; i < 5; i++) {
      h.timer('attempt/1');
      h.timer('backoff/1');
    }
    expect(h.of('send')).toHaveLength(3);
    expect(new Set(h.of('send').map((e) => (e.message.kind === 'call' ? e.message.command : '')))).toEqual(
      new Set(['op1']),
    );
    expect(h.of('reply')[0]?.result).toMatchObject({ outcome: 'unknown' });
  });

  it('S1.11 says unknown after a timeout and fail only when every attempt was refused', () => {
    const refused = new Harness();
    refused.request(1);
    for (let i = 1; i <= 3; i++) {
      refused.answer(refused.state.open[1]?.target ?? 0, i, { ok: false });
      refused.timer('backoff/1');
    }
    expect(refused.of('reply')[0]?.result).toMatchObject({ outcome: 'fail' });
    const once = new Harness();
    once.request(1);
    once.timer('deadline/1');
    expect(once.of('reply')[0]?.result).toMatchObject({ outcome: 'unknown' });
  });

  it('S1.11 never says fail where the transport may duplicate calls', () => {
    const h = new Harness({ callsArriveOnce: false });
    h.request(1);
    for (let i = 1; i <= 3; i++) {
      h.answer(h.state.open[1]?.target ?? 0, i, { ok: false });
      h.timer('backoff/1');
    }
    expect(h.of('reply')[0]?.result).toMatchObject({ outcome: 'unknown' });
  });

  it('answers each request once, whatever arrives late or twice', () => {
    const h = new Harness();
    h.request(1);
    h.answer(1, 1, { ok: true });
    h.answer(1, 1, { ok: true });
    h.timer('attempt/1');
    h.timer('deadline/1');
    expect(h.of('reply')).toHaveLength(1);
    expect(h.state.open).toEqual({});
    expect(h.state.waiting).toEqual({});
  });

  it('refuses options it cannot work with', () => {
    expect(() => new Harness({ servers: [] })).toThrow(/servers must not be empty/);
    expect(() => new Harness({ maxAttempts: 0 })).toThrow(
      /maxAttempts must be at least 1: current value is 0/,
    );
    expect(() => new Harness({ backoffMs: [5, 1] })).toThrow(/backoffMs/);
  });
});
