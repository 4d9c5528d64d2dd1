import {
  answerOf,
  Endpoint,
  type Lookup,
  NameLookup,
  type NameRecord,
  Resolver,
  type ResolverEvent,
  serveZone,
  type StreamConnection,
  type Zone,
} from '@holdfast/world';
import type { DiagnosisLab, Observation } from '../lab.ts';
import { countLines, MS, rigWorld, SECOND } from '../rig.ts';

const CLIENT = 0;
const RESOLVER = 1;
const AUTHORITY = 2;
const SERVICE = 3;
const OLD = 4;
const HOSTS = ['client', 'resolver', 'authority', 'service', 'old-service'];

/** A client that reaches a service by its address, and not by its name. */
export const nameNotAddress: DiagnosisLab = {
  name: 'works-by-ip-not-by-name',
  symptom: 'The service answers at its address. By its name it cannot be reached.',
  causes: [
    { name: 'stale-cache', about: 'the service has moved, and the resolver remembers where it was' },
    { name: 'split-horizon', about: 'the authority tells those inside another address than those outside' },
    { name: 'search-suffix', about: 'the name with a suffix exists, too, and is tried first' },
    { name: 'record-missing', about: 'the authority has no such record' },
  ],
  evidence: [
    {
      name: 'local-answer',
      about: 'what the local resolver answers, beside what the authority tells it now',
      unit: 'differences',
      floor: 0.5,
    },
    {
      name: 'authority-by-asker',
      about: 'what the authority tells an asker outside, beside one inside',
      unit: 'differences',
      floor: 0.5,
    },
    {
      name: 'names-asked',
      about: 'the names that were really asked for',
      unit: 'names the answer was for that nobody meant',
      floor: 0.5,
    },
    {
      name: 'authority-answer',
      about: 'whether the authority has the record',
      unit: 'records missing',
      floor: 0.5,
    },
    {
      name: 'resolver-load',
      about: 'questions that the resolver was too busy for',
      unit: 'questions',
      floor: 0.5,
    },
    { name: 'by-address', about: 'what became of a connection to the address', unit: 'failures', floor: 0.5 },
  ],
  run,
};

function zoneOf(cause: string | null, old: NameRecord, now: NameRecord): Zone {
  const records: Record<string, NameRecord> =
    cause === 'record-missing' ? {} : { api: cause === 'stale-cache' ? old : now };
  if (cause === 'search-suffix') records['api.corp'] = old;
  const views = cause === 'split-horizon' ? [{ askers: [RESOLVER], records: { api: old } }] : [];
  return { records, negativeTtlUs: 600 * SECOND, views };
}

function run(cause: string | null, seed: number): Observation {
  const world = rigWorld(HOSTS, seed, { kind: 'uniform', minUs: MS, maxUs: 4 * MS });
  const ttlUs = world.choices.stream('ttl').between(600, 3_600, 'ttl') * SECOND;
  const [old, now] = [OLD, SERVICE].map((address): NameRecord => ({ addresses: [address], ttlUs }));
  if (old === undefined || now === undefined) throw new RangeError('two records');
  const zone = zoneOf(cause, old, now);
  const events: ResolverEvent[] = [];
  const asking = { timeoutUs: SECOND, attempts: 2 };
  new Endpoint(world, AUTHORITY, (stack) => void serveZone(stack, zone));
  const resolvers: Resolver[] = [];
  new Endpoint(world, RESOLVER, (stack) => {
    const heard = (event: ResolverEvent): void => void events.push(event);
    resolvers.push(
      new Resolver(stack, { ...asking, authority: AUTHORITY, mostPending: 100, mostEntries: 100, heard }),
    );
  });
  new Endpoint(world, SERVICE, (stack) => void stack.listen(80));
  new Endpoint(world, OLD);
  const client = new Endpoint(world, CLIENT);
  const lookup = new NameLookup(client.stack, 6_000, { ...asking, resolver: RESOLVER, search: ['corp'] });
  // Somebody has asked before; then the service moves.
  lookup.find('api', () => undefined);
  world.run(10 * SECOND);
  if (cause === 'stale-cache') zone.records['api'] = now;
  const found: Lookup[] = [];
  const ends: Record<string, StreamConnection> = {};
  lookup.find('api', (result) => {
    found.push(result);
    const [address] = result.addresses;
    if (address !== undefined) ends['name'] = client.stack.connect(address, 80);
  });
  ends['address'] = client.stack.connect(SERVICE, 80);
  world.run(60 * SECOND);
  const [result] = found;
  return observed(zone, events, result, ends);
}

function observed(
  zone: Zone,
  events: readonly ResolverEvent[],
  result: Lookup | undefined,
  ends: Readonly<Record<string, StreamConnection>>,
): Observation {
  const meant = result?.asked.at(-1) ?? 'api';
  const told = answerOf(zone, meant, RESOLVER);
  const outside = answerOf(zone, meant, CLIENT);
  const isOpen = (how: string): boolean => ends[how]?.state === 'established';
  const text = (addresses: readonly number[] | undefined): string =>
    addresses === undefined || addresses.length === 0
      ? 'nothing'
      : addresses.map((each) => HOSTS[each]).join(', ');
  const differs = (a: readonly number[] = [], b: readonly number[] = []): number =>
    text(a) === text(b) ? 0 : 1;
  const busy = events.filter(({ kind }) => kind === 'too-busy').length;
  return {
    hasSymptom: !isOpen('name') && isOpen('address'),
    told: `by name: ${isOpen('name') ? 'connected' : (ends['name']?.why ?? result?.status ?? 'no answer')}; by address: ${isOpen('address') ? 'connected' : 'not'}`,
    evidence: {
      'local-answer': {
        figure: differs(result?.addresses, told.addresses),
        lines: [
          `the resolver: ${meant} is ${text(result?.addresses)}, good for ${((result?.ttlUs ?? 0) / SECOND).toFixed(0)} s`,
          `the authority, asked by the resolver: ${text(told.addresses)}`,
        ],
      },
      'authority-by-asker': {
        figure: differs(told.addresses, outside.addresses),
        lines: [
          `asked from inside: ${text(told.addresses)}`,
          `asked from outside: ${text(outside.addresses)}`,
        ],
      },
      'names-asked': {
        figure: result?.status === 'ok' && meant !== 'api' ? 1 : 0,
        lines: (result?.asked ?? []).map((name) => `asked for ${name}`),
      },
      'authority-answer': {
        figure: outside.status === 'ok' ? 0 : 1,
        lines: [`the authority on ${meant}: ${outside.status}`],
      },
      'resolver-load': { figure: busy, lines: countLines({ 'questions it was too busy for': busy }) },
      'by-address': {
        figure: isOpen('address') ? 0 : 1,
        lines: [isOpen('address') ? 'connected' : 'not connected'],
      },
    },
  };
}
