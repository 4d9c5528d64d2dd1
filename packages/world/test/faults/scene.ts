import type { Fault } from '../../src/faults/fault.ts';
import { FaultInjector, type InjectorOptions } from '../../src/faults/inject.ts';
import type { Host } from '../../src/world/host.ts';
import { type Behaviour, diarist, type Entry, lab, type Lab, type LabOptions } from '../helpers/lab.ts';

export const MS = 1_000;
/** Every message and tick of a scene lies before this. */
export const END_US: number = 200 * MS;

/** `id`, `atUs` and `forUs` filled in: strikes at 45 ms, lasts 30 ms. */
export type FaultSketch = Fault extends infer F
  ? F extends Fault
    ? Omit<F, 'id' | 'atUs' | 'forUs'> & Partial<Pick<Fault, 'id' | 'atUs' | 'forUs'>>
    : never
  : never;

export function faultOf(sketch: FaultSketch): Fault {
  return { id: 0, atUs: 45 * MS, forUs: 30 * MS, ...sketch } as Fault;
}

/** N2 keeps every number it is told on its disk, and says at each start what it found there. */
const keeper: Behaviour = {
  boot(host) {
    if (host.incarnation === 0) return;
    const { records, damaged } = host.disk.recover();
    const found = Object.values(records).map((value) => JSON.stringify(value));
    host.world.note(
      host.id,
      'note',
      `found ${found.join(' ')}${damaged.length > 0 ? ` damaged ${damaged.join(' ')}` : ''}`,
    );
  },
  message(host, _from, payload) {
    const ticket = host.disk.write([{ key: `k${Number(payload) % 3}`, value: payload }]);
    if (typeof ticket !== 'number') {
      host.world.note(host.id, 'note', `refused ${String(payload)}`);
      return;
    }
    host.after(host.disk.drawSyncUs(host.choices), 'sync', () => {
      const answer = host.disk.complete(ticket);
      host.world.note(host.id, 'note', `${String(payload)} ${answer}`);
    });
  },
};

export interface Scene extends Lab {
  readonly injector: FaultInjector;
  /** What hosts of version `two` have written. */
  readonly shouted: readonly Entry[];
  /** Numbers N2 got, as `number@millisecond`. */
  got(id?: number): string[];
  notes(id: number): string[];
}

/**
 * N1 sends 1, 2, ... to N2 every 10 ms from 10 ms on, ten times, N2 keeps them on disk; every host ticks every 20 ms by its own clock.
 * The faults strike; the scene runs to its end.
 */
export function scene(
  faults: readonly FaultSketch[],
  options: LabOptions & { readonly injector?: Partial<InjectorOptions>; readonly untilUs?: number } = {},
): Scene {
  const { injector: more, untilUs = END_US, ...rest } = options;
  const shouted: Entry[] = [];
  const l = lab({
    channels: ['data', 'control'],
    disk: { syncLatency: { kind: 'constant', us: 100 } },
    behaviour: {
      ...keeper,
      boot(host) {
        keeper.boot?.(host);
        host.setTimer(20 * MS, 'tick');
      },
      timer: (host) => void host.setTimer(20 * MS, 'tick'),
    },
    ...rest,
  });
  const { world } = l;
  for (let i = 1; i <= 10; i++) {
    world.at(i * 10 * MS, 'say', () => {
      const sender: Host = world.host(0);
      if (sender.up) sender.send(1, i);
    });
  }
  const injector = new FaultInjector(world, {
    models: ['byzantine'],
    lies: { negated: () => (_to, payload) => [-Number(payload)], doubled: () => (_to, n) => [n, n] },
    versions: { two: (host) => diarist(host, shouted) },
    ...more,
  });
  injector.schedule(faults.map((fault, id) => faultOf({ id, ...fault })));
  world.run(untilUs);
  const short = (entry: Entry): string => `${entry.what.split(' ')[1]}@${entry.at / MS}`;
  return {
    ...l,
    injector,
    shouted,
    got: (id = 1) => (l.diaries[id] ?? []).filter((e) => e.what.startsWith('got')).map(short),
    notes: (id) =>
      l
        .trace()
        .events.filter((e) => e.kind === 'note' && e.node === id)
        .map((e) => e.label),
  };
}
