/** Hosts are indexes from 0 into the list of hosts a `Reachability` was made with. */
export type HostIndex = number;

/** The groups exchange nothing. `unlisted` says what becomes of hosts in no group; needed as soon as there are any. */
export interface PartitionCut {
  readonly kind: 'partition';
  readonly groups: readonly (readonly HostIndex[])[];
  /** `isolated`: they reach only themselves. `with-all`: they reach, and are reached by, every host. */
  readonly unlisted?: 'isolated' | 'with-all' | undefined;
}

/** Nothing passes from any of `from` to any of `to`; the other direction works. */
export interface OneWayCut {
  readonly kind: 'one-way';
  readonly from: readonly HostIndex[];
  readonly to: readonly HostIndex[];
}

/** `left` and `right` exchange nothing; every other host reaches both. */
export interface BridgeCut {
  readonly kind: 'bridge';
  readonly left: readonly HostIndex[];
  readonly right: readonly HostIndex[];
}

/**
 * Hosts stand in a ring (`order`, else by index) and reach only their nearest ones: each reaches a majority, no two reach
 * the same one. Needs at least four hosts. Source: Jepsen's majorities-ring nemesis.
 */
export interface MajoritiesRingCut {
  readonly kind: 'majorities-ring';
  readonly order?: readonly HostIndex[] | undefined;
}

/** Among the hosts named, only these links remain, both ways; a host not named keeps all its links. */
export interface OnlyLinksCut {
  readonly kind: 'only-links';
  readonly links: readonly (readonly [HostIndex, HostIndex])[];
}

/** Something wrong with who reaches whom, as plain data. A host always reaches itself. */
export type Cut = PartitionCut | OneWayCut | BridgeCut | MajoritiesRingCut | OnlyLinksCut;

/** Thrown when a cut does not make sense for the hosts at hand. */
export class BadCutError extends RangeError {
  readonly code = 'BAD_CUT';
  readonly cut: Cut;
  constructor(cut: Cut, found: string, advice: string) {
    super(`Cannot cut the network by '${cut.kind}': ${found}; ${advice}`);
    this.name = 'BadCutError';
    this.cut = cut;
  }
}

/** Calls `block(from, to)` for every directed pair the cut stops; may name a pair more than once, never a host with itself. */
export function eachBlockedPair(
  cut: Cut,
  hosts: number,
  block: (from: HostIndex, to: HostIndex) => void,
): void {
  assertCut(cut, hosts);
  switch (cut.kind) {
    case 'partition':
      blockPartition(cut, hosts, block);
      return;
    case 'one-way':
      blockAll(cut.from, cut.to, block);
      return;
    case 'bridge':
      blockAll(cut.left, cut.right, block);
      blockAll(cut.right, cut.left, block);
      return;
    case 'majorities-ring':
      blockRing(cut.order ?? indexes(hosts), block);
      return;
    case 'only-links':
      blockUnlinked(cut, hosts, block);
      return;
  }
}

/** Throws `BadCutError` unless the cut names hosts from 0 to `hosts - 1` sensibly. */
export function assertCut(cut: Cut, hosts: number): void {
  switch (cut.kind) {
    case 'partition':
      assertPartition(cut, hosts);
      return;
    case 'one-way':
      assertHosts(cut, [...cut.from, ...cut.to], hosts, false);
      return;
    case 'bridge':
      assertHosts(cut, [...cut.left, ...cut.right], hosts, true);
      return;
    case 'majorities-ring':
      if (hosts < 4) throw new BadCutError(cut, `there are ${hosts} hosts`, 'use it with four hosts or more');
      if (cut.order === undefined) return;
      assertHosts(cut, cut.order, hosts, true);
      if (cut.order.length !== hosts) {
        throw new BadCutError(
          cut,
          `order names ${cut.order.length} of ${hosts} hosts`,
          'name every host once',
        );
      }
      return;
    case 'only-links':
      assertHosts(cut, cut.links.flat(), hosts, false);
      return;
  }
}

function assertPartition(cut: PartitionCut, hosts: number): void {
  const listed = cut.groups.flat();
  assertHosts(cut, listed, hosts, true);
  if (listed.length < hosts && cut.unlisted === undefined) {
    throw new BadCutError(
      cut,
      `${hosts - listed.length} of ${hosts} hosts are in no group`,
      "list them, or say unlisted: 'isolated' or 'with-all'",
    );
  }
}

function assertHosts(cut: Cut, named: readonly HostIndex[], hosts: number, once: boolean): void {
  const seen = new Set<HostIndex>();
  for (const host of named) {
    if (!Number.isInteger(host) || host < 0 || host >= hosts) {
      throw new BadCutError(cut, `it names host ${host} of ${hosts}`, `name hosts from 0 to ${hosts - 1}`);
    }
    if (once && seen.has(host)) throw new BadCutError(cut, `it names host ${host} twice`, 'name it once');
    seen.add(host);
  }
}

function indexes(hosts: number): HostIndex[] {
  return Array.from({ length: hosts }, (_, i) => i);
}

function blockAll(
  from: readonly HostIndex[],
  to: readonly HostIndex[],
  block: (from: HostIndex, to: HostIndex) => void,
): void {
  for (const a of from) for (const b of to) if (a !== b) block(a, b);
}

const WITH_ALL = -1;

function blockPartition(cut: PartitionCut, hosts: number, block: (a: HostIndex, b: HostIndex) => void): void {
  // Isolated hosts get a group of their own, numbered after the listed ones.
  const groupOf = indexes(hosts).map((h) => (cut.unlisted === 'with-all' ? WITH_ALL : cut.groups.length + h));
  cut.groups.forEach((group, g) => {
    for (const host of group) groupOf[host] = g;
  });
  for (let a = 0; a < hosts; a++) {
    for (let b = 0; b < hosts; b++) {
      const [ga, gb] = [groupOf[a], groupOf[b]];
      if (ga !== gb && ga !== WITH_ALL && gb !== WITH_ALL) block(a, b);
    }
  }
}

function blockRing(order: readonly HostIndex[], block: (a: HostIndex, b: HostIndex) => void): void {
  const n = order.length;
  const majority = Math.floor(n / 2) + 1;
  const reach = Math.floor(majority / 2);
  order.forEach((a, i) => {
    order.forEach((b, j) => {
      const apart = Math.min((i - j + n) % n, (j - i + n) % n);
      if (apart > reach) block(a, b);
    });
  });
}

function blockUnlinked(cut: OnlyLinksCut, hosts: number, block: (a: HostIndex, b: HostIndex) => void): void {
  const named = [...new Set(cut.links.flat())];
  const linked = new Set(cut.links.flatMap(([a, b]) => [a * hosts + b, b * hosts + a]));
  for (const a of named) {
    for (const b of named) if (a !== b && !linked.has(a * hosts + b)) block(a, b);
  }
}

/** One line for people: `{N1,N2} | {N3,N4,N5}`, `{N1} -x-> {N2}`, `{A,B} | {D,E} bridged`, `only A-B, A-C`. */
export function describeCut(cut: Cut, names: readonly string[]): string {
  const name = (h: HostIndex) => names[h] ?? String(h);
  const set = (hosts: readonly HostIndex[]) => `{${hosts.map(name).join(',')}}`;
  switch (cut.kind) {
    case 'partition':
      return describePartition(cut, names, set);
    case 'one-way':
      return `${set(cut.from)} -x-> ${set(cut.to)}`;
    case 'bridge': {
      const ends = new Set([...cut.left, ...cut.right]);
      const between = indexes(names.length).filter((h) => !ends.has(h));
      return `${set(cut.left)} | ${set(cut.right)} bridged by ${set(between)}`;
    }
    case 'majorities-ring':
      return `ring of majorities ${(cut.order ?? indexes(names.length)).map(name).join('-')}`;
    case 'only-links':
      return `only ${cut.links.map(([a, b]) => `${name(a)}-${name(b)}`).join(', ')}`;
  }
}

function describePartition(
  cut: PartitionCut,
  names: readonly string[],
  set: (hosts: readonly HostIndex[]) => string,
): string {
  const listed = new Set(cut.groups.flat());
  const rest = indexes(names.length).filter((h) => !listed.has(h));
  const groups = cut.groups.filter((g) => g.length > 0).map(set);
  if (rest.length > 0 && cut.unlisted === 'isolated') groups.push(...rest.map((h) => set([h])));
  const line = groups.join(' | ');
  return rest.length > 0 && cut.unlisted === 'with-all' ? `${line} with ${set(rest)} reaching all` : line;
}
