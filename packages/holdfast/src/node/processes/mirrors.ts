import type { Core } from '@holdfast/protocols';
import type { Host, HostId, Program } from '@holdfast/world';
import type { CoreProgramOptions } from '../../simulate/coreProgram.ts';
import type { Input, Said, Taped, Told } from './frames.ts';
import { MirroredCore, ReplayingTape } from './mirroredCore.ts';

/** A host whose process has not come yet: nobody listens. */
export const NOBODY: Program = { onMessage: () => undefined, onTimer: () => undefined };

/** Who is told what mirrors hear and what arrives for their processes. */
export interface MirrorWiring {
  /** A message has arrived for a process. */
  readonly deliver: (host: HostId, message: Extract<Said, { kind: 'message' }>) => void;
  /** Something a process told was heard, and happens now at its host. */
  readonly heard: (host: HostId, told: Told) => void;
  readonly failed: (error: Error) => void;
}

/** The mirrors of all processes of a run: what processes tell goes in, and happens at their hosts. */
export class Mirrors {
  private readonly wiring: MirrorWiring;
  /** Per host, the events of the trace that deliveries to its process are, until it says what it did with them. */
  private readonly deliveries: Map<number, number>[] = [];
  /** Per host, the event of the trace its process handled last: the cause of what it sends next. */
  private readonly causes = new Map<HostId, number>();
  /** Steps that processes took, each the step of its core. */
  steps = 0;
  /** Processes that have started. */
  booted = 0;

  constructor(wiring: MirrorWiring) {
    this.wiring = wiring;
  }

  /** Makes room for the process that a host starts now; what it tells goes into the returned function, until the host crashes. */
  place<S, M, C, R>(
    core: Core<S, M, C, R>,
    host: Host,
    options: CoreProgramOptions<R>,
  ): (told: Told) => void {
    const { incarnation } = host;
    const happens = (told: Told): void => {
      if (told.told === 'booted') this.mirror(told.records, told.tape, host, core, options);
      else if (told.told === 'send') {
        host.world.currentEvent = this.causes.get(host.id) ?? -1;
        host.send(told.to, told.payload, told.channel);
      } else if (host.program instanceof MirroredCore) this.follow(told.input, told.tape, host, host.program);
    };
    return (told) => {
      if (host.incarnation !== incarnation) return;
      this.wiring.heard(host.id, told);
      // Held back while the host is paused, lost once it has crashed.
      host.after(0, told.told, () => {
        try {
          happens(told);
        } catch (error) {
          this.wiring.failed(error as Error);
        }
      });
    };
  }

  private follow(
    input: Input,
    tape: Taped,
    host: Host,
    mirror: MirroredCore<unknown, unknown, unknown, unknown>,
  ): void {
    this.steps++;
    const cause = causeOf(input, host, this.deliveries[host.id]);
    host.world.currentEvent = cause;
    this.causes.set(host.id, cause);
    mirror.follow(input, tape);
  }

  private mirror<S, M, C, R>(
    records: Readonly<Record<string, unknown>>,
    given: Taped,
    host: Host,
    core: Core<S, M, C, R>,
    options: CoreProgramOptions<R>,
  ): void {
    const arrived = new Map<number, number>();
    this.deliveries[host.id] = arrived;
    let delivery = 0;
    // The disk of the world holds from now on what the process found on its own.
    host.disk.wipe();
    const ticket = host.disk.write(Object.entries(records).map(([key, value]) => ({ key, value })));
    if (typeof ticket === 'number') host.disk.complete(ticket);
    host.program = MirroredCore.started(
      core,
      host,
      {
        ...options,
        tape: new ReplayingTape(),
        records,
        deliver: (from, payload, channel) => {
          arrived.set(++delivery, host.world.currentEvent);
          this.wiring.deliver(host.id, { kind: 'message', from, channel, payload, delivery });
        },
      },
      given,
    );
    this.booted++;
  }
}

/** The event of the trace that an input of a process is. */
function causeOf(input: Input, { world, id }: Host, deliveries: Map<number, number> | undefined): number {
  if (input.kind === 'timer') return world.note(id, 'timer', input.timer);
  if (input.kind === 'stored') return -1;
  const event = deliveries?.get(input.delivery) ?? -1;
  deliveries?.delete(input.delivery);
  return event;
}
