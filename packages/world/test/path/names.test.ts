import { describe, expect, it } from 'vitest';
import {
  Endpoint,
  type Lookup,
  NameLookup,
  Resolver,
  type ResolverEvent,
  type ResolverOptions,
  serveZone,
  type World,
  type Zone,
} from '../../src/index.ts';
import { net } from '../transport/net.ts';

const SECOND = 1_000_000;
const CLIENT = 0;
const RESOLVER = 1;
const AUTHORITY = 2;
const ASKING = { timeoutUs: SECOND, attempts: 2 };

interface Names {
  readonly world: World;
  readonly zone: Zone;
  readonly asked: Map<string, number>;
  readonly events: ResolverEvent[];
  readonly find: (name: string, resolver?: number) => Lookup[];
}

function names(options: Partial<ResolverOptions> = {}, search: readonly string[] = []): Names {
  const world = net({ hosts: ['client', 'resolver', 'authority'] });
  const zone: Zone = {
    records: { 'api.example': { addresses: [10], ttlUs: 30 * SECOND } },
    negativeTtlUs: 60 * SECOND,
  };
  let asked = new Map<string, number>();
  const events: ResolverEvent[] = [];
  new Endpoint(world, AUTHORITY, (stack) => (asked = serveZone(stack, zone)));
  new Endpoint(
    world,
    RESOLVER,
    (stack) =>
      void new Resolver(stack, {
        ...ASKING,
        authority: AUTHORITY,
        mostPending: 10,
        mostEntries: 100,
        heard: (event) => events.push(event),
        ...options,
      }),
  );
  const client = new Endpoint(world, CLIENT);
  let port = 6_000;
  return {
    world,
    zone,
    asked,
    events,
    find: (name, resolver = RESOLVER) => {
      const found: Lookup[] = [];
      const lookup = new NameLookup(client.stack, port++, { ...ASKING, resolver, search });
      lookup.find(name, (result) => found.push(result));
      return found;
    },
  };
}

describe('names', () => {
  it('S1.129 a cache answers as long as it may remember, also what is no longer so, and asks anew after that', () => {
    const { world, zone, find, asked, events } = names();
    const first = find('api.example');
    world.run(SECOND);
    zone.records['api.example'] = { addresses: [11], ttlUs: 30 * SECOND };
    const stale = find('api.example');
    world.run(31 * SECOND);
    const fresh = find('api.example');
    world.run(32 * SECOND);
    expect([first, stale, fresh].map(([each]) => [each?.addresses[0], each?.tookUs])).toEqual([
      [10, 20_000],
      [10, 10_000],
      [11, 20_000],
    ]);
    expect(asked.get('api.example')).toBe(2);
    expect(events.map(({ kind }) => kind)).toEqual(['miss', 'hit', 'expired']);
  });

  it('S1.129 absence is remembered, too: a name that was made a moment late stays away for so long; not remembered, it comes at once', () => {
    const comes = (remembersAbsence: boolean): (string | undefined)[] => {
      const { world, zone, find } = names({ remembersAbsence });
      const before = find('new.example');
      world.run(SECOND);
      zone.records['new.example'] = { addresses: [12], ttlUs: 30 * SECOND };
      const soon = find('new.example');
      world.run(2 * SECOND);
      world.run(61 * SECOND);
      const late = find('new.example');
      world.run(62 * SECOND);
      return [before, soon, late].map(([each]) => each?.status);
    };
    expect(comes(true)).toEqual(['no-such-name', 'no-such-name', 'ok']);
    expect(comes(false)).toEqual(['no-such-name', 'ok', 'ok']);
  });

  it('S1.129 a resolver that has as much to do as it may says so, and recovers', () => {
    const { world, find } = names({ mostPending: 3 });
    const many = Array.from({ length: 6 }, (_, i) => find(`n${i}.example`));
    world.run(SECOND);
    expect(many.map(([each]) => each?.status)).toEqual([
      ...Array(3).fill('no-such-name'),
      ...Array(3).fill('server-failed'),
    ]);
    const again = find('n5.example');
    world.run(2 * SECOND);
    expect(again[0]?.status).toBe('no-such-name');
  });

  it('S1.129 a small cache forgets: the name that expires first makes room', () => {
    const { world, find, asked, zone } = names({ mostEntries: 1 });
    zone.records['b.example'] = { addresses: [13], ttlUs: 30 * SECOND };
    for (const name of ['api.example', 'b.example', 'api.example']) {
      find(name);
      world.run(world.nowUs + SECOND);
    }
    expect(asked.get('api.example')).toBe(2);
  });

  it('S1.129 suffixes are tried first, and cost a question each', () => {
    const { world, find } = names({}, ['svc.cluster', 'cluster']);
    const found = find('api');
    world.run(SECOND);
    expect(found[0]?.asked).toEqual(['api.svc.cluster', 'api.cluster', 'api']);
    expect(found[0]?.tookUs).toBe(60_000);
  });

  it('S1.129 a silent authority: the resolver says that it failed, and what it remembers is not touched', () => {
    const { world, find } = names();
    find('api.example');
    world.run(SECOND);
    world.crash(world.host(AUTHORITY));
    const known = find('api.example');
    const unknown = find('other.example');
    world.run(10 * SECOND);
    // The client gives up while the resolver still tries.
    expect([known[0]?.status, unknown[0]?.status]).toEqual(['ok', 'timeout']);
  });
});
