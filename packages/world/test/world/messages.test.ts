import { describe, expect, it } from 'vitest';
import { Choices } from '../../src/choices/choices.ts';
import { linkPolicy } from '../../src/network/link.ts';
import type { WorldOptions } from '../../src/world/options.ts';
import { World } from '../../src/world/world.ts';
import { lab, STEADY } from '../helpers/lab.ts';

const LATENCY = { kind: 'constant', us: 1_000 } as const;

function received(l: ReturnType<typeof lab>, id = 1): unknown[] {
  return (l.diaries[id] ?? []).map((e) => [e.at, e.what]);
}

describe('messages', () => {
  it('share one number from sending to every delivery, and deliveries name their cause', () => {
    const l = lab({ link: linkPolicy({ latency: LATENCY, duplicate: 1 }) });
    l.world.host(0).send(1, 'x');
    l.world.run(5_000);
    const events = l.trace().events.filter((e) => e.message === 0);
    expect(events.map((e) => [e.kind, e.node, e.peer, e.at])).toEqual([
      ['send', 0, 1, 0],
      ['deliver', 1, 0, 1_000],
      ['deliver', 1, 0, 1_000],
    ]);
    expect(events[1]?.cause).toBe(events[0]?.id);
    expect(events[0]?.data).toBe('x');
  });

  it('an answer is caused by the delivery it answers', () => {
    const l = lab({ behaviour: { message: (host, from, n) => void (n === 1 && host.send(from, 2)) } });
    l.world.host(0).send(1, 1);
    l.world.run(5_000);
    const { events } = l.trace();
    const answer = events.find((e) => e.kind === 'send' && e.node === 1);
    expect(events[answer?.cause ?? -1]).toMatchObject({ kind: 'deliver', node: 1, message: 0 });
  });

  it('a host reaches itself whatever the network does', () => {
    const l = lab({ link: linkPolicy({ latency: LATENCY, loss: 1 }) });
    const { world } = l;
    world.network.reachability.cut({ kind: 'partition', groups: [], unlisted: 'isolated' });
    world.host(0).send(0, 'to myself');
    world.host(0).send(1, 'to nobody');
    world.run(5_000);
    expect(received(l, 0)).toEqual([[1, 'got "to myself" from N1']]);
    expect([l.said(1), world.messagesSent, world.messagesDropped]).toEqual([[], 2, 1]);
  });

  it('a corrupt packet is dropped by its checksum, or arrives altered where there is none', () => {
    const link = linkPolicy({ latency: LATENCY, corrupt: 1 });
    const checked = lab({ link });
    checked.world.host(0).send(1, 'sum');
    checked.world.run(5_000);
    expect(checked.said(1)).toEqual([]);
    expect(checked.trace().events.find((e) => e.kind === 'drop')?.label).toBe('message: corrupt');

    const mangled = lab({ link, mangle: (payload) => `${String(payload)}?` });
    mangled.world.host(0).send(1, 'sum');
    mangled.world.run(5_000);
    expect(mangled.said(1)).toEqual(['got "sum?" from N1']);
    const other = lab({ link, mangle: (payload) => `${String(payload)}!` });
    other.world.host(0).send(1, 'sum');
    other.world.run(5_000);
    expect(other.world.digest.text()).not.toBe(mangled.world.digest.text());
  });

  it('a refusing link answers the sender after a round trip; a black hole never does', () => {
    const refusing = lab({ link: linkPolicy({ latency: LATENCY, answer: 'refuse' }) });
    refusing.world.host(0).send(1, 'hello');
    refusing.world.run(5_000);
    expect([received(refusing, 0), refusing.said(1)]).toEqual([[[2_000, 'refused "hello" by N2']], []]);

    const hole = lab({ link: linkPolicy({ latency: LATENCY, answer: 'swallow' }) });
    hole.world.host(0).send(1, 'hello');
    hole.world.run(5_000);
    expect([hole.said(0), hole.said(1), hole.world.messagesDropped]).toEqual([[], [], 1]);
  });

  it('a refusal does not reach a sender that has crashed meanwhile', () => {
    const l = lab({ link: linkPolicy({ latency: LATENCY, answer: 'refuse' }) });
    l.world.host(0).send(1, 'hello');
    l.world.crash(l.world.host(0));
    l.world.restart(l.world.host(0));
    l.world.run(5_000);
    expect(l.said(0)).toEqual([]);
  });

  it('sizes queue packets behind one another on a narrow link', () => {
    const link = linkPolicy({ latency: LATENCY, bitsPerSecond: 8_000_000 });
    const l = lab({ link, sizeOf: (payload) => String(payload).length });
    for (const text of ['x'.repeat(500), 'y', 'z'.repeat(250)]) l.world.host(0).send(1, text);
    l.world.run(9_000);
    expect(l.diaries[1]?.map((e) => e.at)).toEqual([1_500, 1_501, 1_751]);
  });

  it('the rewrite hook of a Byzantine host replaces, doubles or silences what it sends, per receiver', () => {
    const l = lab();
    const { world } = l;
    world.host(0).rewrite = (to, payload) => (to === 1 ? [`not ${String(payload)}`, 'and more'] : []);
    world.host(0).send(1, 'true');
    world.host(0).send(2, 'true');
    world.host(1).send(2, 'honest');
    world.run(5_000);
    expect([l.said(1), l.said(2)]).toEqual([
      ['got "not true" from N1', 'got "and more" from N1'],
      ['got "honest" from N2'],
    ]);
    expect(l.trace().events.filter((e) => e.kind === 'send' && e.node === 0)).toHaveLength(2);
  });

  it('their own hash goes into the digest, and labels into the trace', () => {
    const digest = (payload: string, hashOf: (p: unknown) => number): string => {
      const world = new World({
        choices: new Choices({ seed: 1 }),
        hosts: ['N1', 'N2'],
        link: STEADY,
        hashOf,
      });
      world.host(0).up = true;
      world.start(1, () => ({ onMessage: () => undefined, onTimer: () => undefined }));
      world.host(0).send(1, payload);
      world.run(5_000);
      return world.digest.text();
    };
    const length = (payload: unknown): number => String(payload).length;
    expect(digest('abc', length)).toBe(digest('xyz', length));
    expect(digest('abc', length)).not.toBe(digest('abcd', length));
    const l = lab({ messageLabel: (payload) => `Msg${String(payload)}` });
    l.world.host(0).send(1, 'App');
    l.world.run(5_000);
    expect(
      l
        .trace()
        .events.filter((e) => e.message === 0)
        .map((e) => e.label),
    ).toEqual(['MsgApp', 'MsgApp']);
  });

  it('arrive in the order of their delivery times, ties in the order they were sent', () => {
    const l = lab({ hosts: ['N1', 'N2', 'N3'] });
    l.world.host(2).send(1, 'first');
    l.world.host(0).send(1, 'second');
    l.world.host(0).send(1, 'third');
    l.world.run(5_000);
    expect(l.said(1)).toEqual(['got "first" from N3', 'got "second" from N1', 'got "third" from N1']);
  });
});

describe('the loop', () => {
  it('stops when asked to and goes on where it was', () => {
    const l = lab({ hosts: ['N1'] });
    const { world } = l;
    for (let i = 1; i <= 5; i++) world.host(0).setTimer(i * 10, i);
    world.observe(() => {
      if (world.nowUs === 30) world.stop();
    });
    world.run(1_000);
    expect([world.nowUs, l.said(0).length, world.pendingEvents]).toEqual([30, 3, 2]);
    world.run(45);
    expect([world.nowUs, l.said(0).length]).toEqual([45, 4]);
    world.run(Number.POSITIVE_INFINITY);
    expect([world.nowUs, l.said(0).length, world.nextEventUs()]).toEqual([50, 5, Number.POSITIVE_INFINITY]);
  });

  it('calls observers after each event, when the program has drained it', () => {
    const seen: string[] = [];
    const l = lab({ hosts: ['N1'], behaviour: { afterEvent: () => void seen.push('drained') } });
    l.world.observe((host) => seen.push(`observed ${host.name}`));
    l.world.host(0).setTimer(1, 'x');
    l.world.run(10);
    expect(seen).toEqual(['drained', 'drained', 'observed N1']);
  });

  it('cancels timers, devices and calls of the world, and ignores handles of what has happened', () => {
    const called: string[] = [];
    const l = lab({ hosts: ['N1'] });
    const { world } = l;
    const host = world.host(0);
    const early = host.setTimer(1, 'early');
    const handles = [
      host.setTimer(10, 'timer'),
      host.after(11, 'device', () => called.push('device')),
      world.at(12, 'call', () => called.push('call')),
    ];
    world.run(5);
    host.cancelTimer(early);
    for (const handle of handles) world.cancel(handle);
    world.run(20);
    expect([l.said(0), called]).toEqual([['timer early'], []]);
  });

  it('never goes back in time: what is asked for in the past happens now', () => {
    const l = lab({ hosts: ['N1'] });
    const { world } = l;
    const times: number[] = [];
    world.run(100);
    world.at(50, 'late', () => times.push(world.nowUs));
    world.host(0).after(-20, 'late', () => times.push(world.nowUs));
    world.host(0).setTimer(-20, 'late');
    world.run(200);
    expect([times, l.diaries[0]?.[0]?.at]).toEqual([[100, 100], 100]);
  });

  it('names the hosts there are when asked for one there is not', () => {
    expect(() => lab().world.host(3)).toThrow('Cannot find host 3 as there are 3 hosts');
  });

  it('an edited message is lost or late, and no other message is touched', () => {
    const send = (messages: WorldOptions['messages']): ReturnType<typeof lab> => {
      const l = lab({
        link: linkPolicy({ latency: { kind: 'uniform', minUs: 100, maxUs: 900 } }),
        messages,
        seed: 5,
      });
      for (const word of ['a', 'b', 'c']) l.world.host(0).send(1, word);
      l.world.run(50_000);
      return l;
    };
    const at = (l: ReturnType<typeof lab>): Record<string, number> =>
      Object.fromEntries((l.diaries[1] ?? []).map((e) => [e.what.slice(5, 6), e.at]));
    const plain = at(send(undefined));
    const edited = send({ 0: { kind: 'delay', byUs: 20_000 }, 1: { kind: 'drop' } });
    expect(at(edited)).toEqual({ a: (plain.a ?? 0) + 20_000, c: plain.c });
    expect(edited.trace().events.find((e) => e.kind === 'drop')?.label).toBe('message: taken out');
    expect(() => send({ 0: { kind: 'delay', byUs: -1 } })).toThrow('messages.0.byUs');
  });
});
