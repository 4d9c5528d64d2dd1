import type { Host } from '../world/host.ts';
import type { HostId } from '../world/program.ts';
import type { World } from '../world/world.ts';
import type { StreamOptions } from './options.ts';
import type { Packet } from './packet.ts';
import { type StackPlace, TransportStack } from './stack.ts';

/** A host with a transport and nothing else on it: what runs there is set up anew at each start. */
export class Endpoint {
  private current: TransportStack | undefined;
  private readonly host: Host;

  constructor(
    world: World,
    id: HostId,
    begin: (stack: TransportStack) => void = () => undefined,
    options: Partial<StreamOptions> = {},
    place: StackPlace = {},
  ) {
    this.host = world.start(id, (host) => {
      const stack = new TransportStack(host, options, place);
      this.current = stack;
      begin(stack);
      return {
        onMessage: (_from, payload) => stack.receive(payload as Packet),
        onTimer: () => undefined,
      };
    });
  }

  /** The transport of the present life of the host. Throws a `RangeError` while it is down. */
  get stack(): TransportStack {
    if (this.current === undefined || !this.host.up)
      throw new RangeError(
        `Cannot use the transport of ${this.host.name} as it must be up: it is down; restart it`,
      );
    return this.current;
  }
}
