import { describe, expect, it } from 'vitest';
import { Choices } from '../../src/choices/choices.ts';
import type { Host } from '../../src/world/host.ts';
import type { Program } from '../../src/world/program.ts';
import { World } from '../../src/world/world.ts';
import { lab, STEADY } from '../helpers/lab.ts';

const SERVER = 0;
const CLIENT = 1;
const WRITES = 8;

/** Stores what it is told; acknowledges once that is durable, or, the broken twin, at once. */
function store(host: Host, early: boolean): Program {
  return {
    onMessage(from, payload) {
      const key = String(payload);
      const ticket = host.disk.write([{ key, value: true }]);
      if (typeof ticket !== 'number') throw new Error('the disk is full');
      if (early) host.send(from, key);
      host.after(host.disk.drawSyncUs(host.choices), 'sync', () => {
        if (host.disk.complete(ticket) === 'durable' && !early) host.send(from, key);
      });
    },
    onTimer: () => undefined,
  };
}

/** Sends one write after the other, each again and again until it is acknowledged. */
function writer(host: Host, acknowledged: Set<string>): Program {
  let next = 0;
  const ask = (): void => {
    if (next >= WRITES) return;
    host.send(SERVER, `k${next}`);
    host.setTimer(20_000, next);
  };
  ask();
  return {
    onMessage(_from, payload) {
      acknowledged.add(String(payload));
      if (payload !== `k${next}`) return;
      next++;
      ask();
    },
    onTimer(timer) {
      if (timer === next) ask();
    },
  };
}

/** Crashes the server with a power failure just after event number `crashAt`; returns what it lost although acknowledged. */
function lostWhenCrashedAt(crashAt: number, early: boolean): { lost: string[]; events: number } {
  const world = new World({ choices: new Choices({ seed: 5 }), hosts: ['S', 'C'], link: STEADY });
  const acknowledged = new Set<string>();
  world.start(SERVER, (host) => store(host, early));
  world.start(CLIENT, (host) => writer(host, acknowledged));
  const server = world.host(SERVER);
  server.losesUnsyncedWrites = true;
  world.observe(() => {
    if (world.eventsHandled !== crashAt || !server.up) return;
    world.crash(server);
    world.at(world.nowUs + 10_000, 'restart', () => world.restart(server));
  });
  world.run(2_000_000);
  const { records } = server.disk.readAll();
  expect(acknowledged.size).toBe(WRITES);
  return { lost: [...acknowledged].filter((key) => !(key in records)), events: world.eventsHandled };
}

describe('crash', () => {
  it('S1.3 at every event index of a run no acknowledged write is lost when it is durable before the reply', () => {
    const { events } = lostWhenCrashedAt(-1, false);
    expect(events).toBeGreaterThan(3 * WRITES);
    for (let index = 1; index <= events; index++)
      expect([index, lostWhenCrashedAt(index, false).lost]).toEqual([index, []]);
  });

  it('S1.3 at some event index an acknowledged write is lost when the reply does not wait for the disk', () => {
    const { events } = lostWhenCrashedAt(-1, true);
    const losing = Array.from({ length: events }, (_, i) => lostWhenCrashedAt(i + 1, true).lost).filter(
      (lost) => lost.length > 0,
    );
    expect(losing.length).toBeGreaterThan(0);
  });

  it('S1.3 leaves nothing of the old incarnation: its timers never fire and its devices never answer', () => {
    const l = lab({
      behaviour: {
        boot(host) {
          host.setTimer(10_000, `of ${host.incarnation}`);
          host.after(12_000, 'disk', () => host.setTimer(0, `device of ${host.incarnation}`));
        },
      },
    });
    const host = l.world.host(0);
    l.world.at(5_000, 'crash', () => l.world.crash(host));
    l.world.at(6_000, 'restart', () => l.world.restart(host));
    l.world.run(100_000);
    expect(l.said(0)).toEqual(['timer of 1', 'timer device of 1']);
    expect(l.said(1)).toEqual(['timer of 0', 'timer device of 0']);
  });

  it('loses messages that reach a host while it is down, and says so in the trace', () => {
    const l = lab();
    const { world } = l;
    const host = world.host(1);
    world.host(0).send(1, 'lost on arrival');
    world.at(500, 'crash', () => world.crash(host));
    world.at(1_500, 'sent meanwhile', () => world.host(0).send(1, 'finds it up again'));
    world.at(2_000, 'restart', () => world.restart(host));
    world.run(10_000);
    expect(l.said(1)).toEqual(['got "finds it up again" from N1']);
    expect(world.messagesDropped).toBe(1);
    const drop = l.trace().events.find((event) => event.kind === 'drop');
    expect(drop).toMatchObject({ at: 1_000, node: 1, peer: 0, message: 0, label: 'message: host down' });
    expect(l.trace().events[drop?.cause ?? -1]).toMatchObject({ kind: 'send', message: 0 });
  });

  it('drops what had been held back while the host was paused', () => {
    const l = lab({ behaviour: { boot: (host) => void (host.id === 1 && host.setTimer(3_000, 'due')) } });
    const { world } = l;
    const host = world.host(1);
    world.host(0).send(1, 'held back');
    world.pause(host);
    world.at(5_000, 'crash', () => world.crash(host));
    world.at(6_000, 'restart', () => world.restart(host));
    world.run(8_000);
    expect(l.said(1)).toEqual([]);
    expect(host.paused).toBe(false);
    expect(
      l
        .trace()
        .events.filter((e) => e.kind === 'drop')
        .map((e) => e.label),
    ).toEqual(['message: host crashed']);
    world.run(20_000);
    expect(l.said(1)).toEqual(['timer due']);
  });

  it('of a sleeping host leaves clocks that run again after the restart', () => {
    const l = lab({ behaviour: { boot: (host) => void host.setTimer(10_000, `of ${host.incarnation}`) } });
    const { world } = l;
    const host = world.host(0);
    world.at(2_000, 'suspend', () => world.pause(host, true));
    world.at(4_000, 'crash', () => world.crash(host));
    world.at(5_000, 'restart', () => world.restart(host));
    world.run(30_000);
    expect(l.diaries[0]).toEqual([{ at: 15_000, incarnation: 1, what: 'timer of 1' }]);
    expect(host.monotonicUs()).toBe(28_000);
  });

  it('happens once: a host that is down cannot crash, one that is up cannot restart', () => {
    const { world } = lab();
    const host = world.host(0);
    world.restart(host);
    expect(host.incarnation).toBe(0);
    world.crash(host);
    world.crash(host);
    expect([host.incarnation, host.up]).toEqual([1, false]);
    world.restart(host);
    expect([host.incarnation, host.up]).toEqual([1, true]);
  });

  it('by a host of itself while it boots leaves no program behind, and the next start is a fresh one', () => {
    const l = lab({
      behaviour: {
        boot(host) {
          host.setTimer(10, `of ${host.incarnation}`);
          if (host.incarnation === 1) host.world.crash(host, 'bad configuration');
        },
      },
    });
    const { world } = l;
    const host = world.host(0);
    world.crash(host);
    world.restart(host);
    expect([host.up, host.incarnation, host.program]).toEqual([false, 2, undefined]);
    world.restart(host);
    world.run(100);
    expect(l.said(0)).toEqual(['timer of 2']);
  });

  it('by a host of itself, in the middle of an event, ends that event there', () => {
    const after: string[] = [];
    const l = lab({
      behaviour: {
        boot: (host) => void host.setTimer(10, 'go'),
        timer: (host) => host.world.crash(host, 'on its own'),
        afterEvent: (host) => void after.push(`${host.name} ${host.up}`),
      },
    });
    l.world.run(100);
    expect(after).toEqual(['N1 true', 'N2 true', 'N3 true']);
    expect(l.trace().events.filter((e) => e.label === 'on its own')).toHaveLength(3);
  });
});

describe('restart', () => {
  it('S1.3 finds what was durable: all of it after a process crash, only what was synced after a power failure', () => {
    for (const power of [false, true]) {
      const found: unknown[] = [];
      const { world } = lab({
        disk: { syncLatency: { kind: 'constant', us: 1 } },
        behaviour: {
          boot: (host) => {
            if (host.id === 0) found.push(Object.keys(host.disk.recover().records));
          },
        },
      });
      const host = world.host(0);
      host.losesUnsyncedWrites = power;
      const synced = host.disk.write([{ key: 'synced', value: 1 }]);
      host.disk.complete(synced as number);
      for (let i = 0; i < 40; i++) host.disk.write([{ key: `written ${i}`, value: 1 }]);
      world.crash(host);
      world.restart(host);
      const [first, second] = found as [string[], string[]];
      expect([first, second[0]]).toEqual([[], 'synced']);
      if (power) expect(second.length).toBeLessThan(41);
      else expect(second).toHaveLength(41);
    }
  });

  it('counts incarnations and says in the trace what the crash did to the disk', () => {
    const l = lab();
    const { world } = l;
    const host = world.host(2);
    host.losesUnsyncedWrites = true;
    host.disk.write([{ key: 'k', value: 1 }]);
    world.crash(host);
    world.restart(host);
    const [crash, restart] = l.trace().events.filter((e) => e.kind === 'crash' || e.kind === 'restart');
    expect(crash).toMatchObject({ node: 2, label: 'crash' });
    const of = (kept: number, lost: number, torn: number) => ({ kept, lost, torn, damaged: [] });
    expect([of(1, 0, 0), of(0, 1, 0), of(0, 0, 1)]).toContainEqual(crash?.data);
    expect(restart).toMatchObject({ node: 2, label: 'N3' });
    expect(host.incarnation).toBe(1);
  });
});
