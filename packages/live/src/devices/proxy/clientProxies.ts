import { describeFault } from '@holdfast/world';
import { LiveError } from '../../errors.ts';
import type { Draft } from '../../faults/pairs.ts';
import { namesOf, type Strikes } from '../../faults/striker.ts';
import type { Member } from '../../subjects/cluster.ts';
import { NOMINAL_LINK_MS } from '../links.ts';
import { TcpProxy } from './tcpProxy.ts';
import type { Toxic } from './toxics.ts';

const BITS_PER_KILOBYTE = 8_000;

/** A proxy before every member of a cluster, for our own clients alone. */
export class ClientProxies {
  private readonly proxies: readonly TcpProxy[];
  private faults = 0;

  private constructor(proxies: readonly TcpProxy[]) {
    this.proxies = proxies;
  }

  /** Opens a proxy for each address. */
  static async before(addresses: readonly string[]): Promise<ClientProxies> {
    const proxies = addresses.map((upstream) => new TcpProxy({ upstream }));
    for (const proxy of proxies) await proxy.enable();
    return new ClientProxies(proxies);
  }

  /** Throws `LiveError` for a fault that is not one of clients. */
  static assertSupported(fault: Draft): void {
    if (toxicsOf(fault, 'fault') !== undefined) return;
    throw new LiveError(
      'FAULT_UNSUPPORTED',
      `Cannot strike '${describeFault({ ...fault, id: 0 })}' at a cluster that runs already: only what is between it and our clients is ours`,
      'use black-hole, slow-link or narrow-link, or let the run make its own cluster',
      fault.kind,
    );
  }

  /** Where clients reach each member. */
  get addresses(): string[] {
    return this.proxies.map(({ address }) => address);
  }

  /** Strikes what clients meet on their way to members. */
  striker(resolve: (name: string) => Promise<Member>): Strikes {
    return {
      strike: async (fault) => {
        ClientProxies.assertSupported(fault);
        const members: number[] = [];
        for (const name of namesOf(fault)) members.push((await resolve(name)).index);
        const struck = members.length === 0 ? this.proxies : members.flatMap((at) => this.proxies[at] ?? []);
        const toxics = toxicsOf(fault, `fault ${++this.faults}`) ?? [];
        const undos = struck.flatMap((proxy) => toxics.map((toxic) => proxy.add(toxic)));
        const heal = (): Promise<void> => {
          for (const undo of undos) undo();
          return Promise.resolve();
        };
        return { heal, members: [...new Set(members)] };
      },
    };
  }

  /** Closes them. */
  async close(): Promise<void> {
    for (const proxy of this.proxies) await proxy.disable();
  }
}

/** What a fault is to a connection between a client and a member; undefined for faults that are not of clients. */
function toxicsOf(fault: Draft, name: string): readonly Toxic[] | undefined {
  switch (fault.kind) {
    case 'black-hole':
      return [
        { name: `${name} up`, type: 'timeout', stream: 'upstream', attributes: { timeout: 0 } },
        { name: `${name} down`, type: 'timeout', stream: 'downstream', attributes: { timeout: 0 } },
      ];
    case 'slow-link': {
      const attributes = { latency: (fault.amount - 1) * NOMINAL_LINK_MS };
      return [
        { name: `${name} up`, type: 'latency', stream: 'upstream', attributes },
        { name: `${name} down`, type: 'latency', stream: 'downstream', attributes },
      ];
    }
    case 'narrow-link':
      return [
        {
          name,
          type: 'bandwidth',
          stream: 'downstream',
          attributes: { rate: fault.amount / BITS_PER_KILOBYTE },
        },
      ];
    default:
      return undefined;
  }
}
