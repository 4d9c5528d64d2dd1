import type { Trace } from '@holdfast/trace';
import { Choices } from '../../src/choices/choices.ts';
import { linkPolicy } from '../../src/network/link.ts';
import { Recorder } from '../../src/record/recorder.ts';
import type { Host } from '../../src/world/host.ts';
import type { WorldOptions } from '../../src/world/options.ts';
import type { HostId, Program } from '../../src/world/program.ts';
import { World } from '../../src/world/world.ts';

/** Something that happened at a host, as its own program saw it. */
export interface Entry {
  /** True time, microseconds. */
  readonly at: number;
  readonly incarnation: number;
  /** `got 7 from N2`, `timer tick`, `refused by N2`. */
  readonly what: string;
}

/** What a test wants a program to do beside writing its diary. */
export interface Behaviour {
  boot?(host: Host): void;
  message?(host: Host, from: HostId, payload: unknown): void;
  timer?(host: Host, timer: unknown): void;
  afterEvent?(host: Host): void;
}

/** A world in which every host writes down what happens to it. */
export interface Lab {
  readonly world: World;
  readonly recorder: Recorder;
  /** One diary per host, over all its incarnations. */
  readonly diaries: readonly Entry[][];
  /** What a host has written, without the times. */
  said(id: HostId): string[];
  trace(): Trace;
}

export interface LabOptions extends Partial<Omit<WorldOptions, 'choices' | 'recorder'>> {
  readonly seed?: number;
  readonly behaviour?: Behaviour;
}

/** One millisecond each way, nothing lost. */
export const STEADY = linkPolicy({ latency: { kind: 'constant', us: 1_000 } });

export function lab(options: LabOptions = {}): Lab {
  const { seed = 1, behaviour = {}, ...rest } = options;
  const hosts = rest.hosts ?? ['N1', 'N2', 'N3'];
  const recorder = new Recorder();
  const world = new World({ link: STEADY, ...rest, hosts, choices: new Choices({ seed }), recorder });
  const diaries: Entry[][] = hosts.map(() => []);
  hosts.forEach((_, id) => world.start(id, (host) => diarist(host, diaries[id] as Entry[], behaviour)));
  const nodes = hosts.map((name) => ({ name, role: 'server' as const }));
  return {
    world,
    recorder,
    diaries,
    said: (id) => (diaries[id] ?? []).map((entry) => entry.what),
    trace: () => recorder.finish(nodes, world.nowUs),
  };
}

/** A program that writes everything down; for `World.start` and for versions of an upgrade. */
export function diarist(host: Host, diary: Entry[], behaviour: Behaviour = {}): Program {
  const { world, incarnation } = host;
  const write = (what: string): void => void diary.push({ at: world.nowUs, incarnation, what });
  const name = (id: HostId): string => world.host(id).name;
  behaviour.boot?.(host);
  return {
    onMessage(from, payload) {
      write(`got ${JSON.stringify(payload)} from ${name(from)}`);
      behaviour.message?.(host, from, payload);
    },
    onTimer(timer) {
      write(`timer ${String(timer)}`);
      behaviour.timer?.(host, timer);
    },
    onRefused(to, payload) {
      write(`refused ${JSON.stringify(payload)} by ${name(to)}`);
    },
    afterEvent() {
      behaviour.afterEvent?.(host);
    },
  };
}
