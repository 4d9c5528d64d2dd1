import type { Pair } from '../faults/pairs.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { NamespaceSite } from '../site/namespaces.ts';
import type { LinkChange, LinkDevice } from './links.ts';
import { NftSession } from './nftSession.ts';

/** Chances are drawn by the kernel in ten-thousandths. */
const PARTS = 10_000;

/** Packet rules inside the receiving member's namespace, one table per fault, so that removing the table undoes it. */
export class PacketRules implements LinkDevice {
  readonly name = 'packet rules';
  readonly changes: ReadonlySet<LinkChange['kind']> = new Set<LinkChange['kind']>(['loss']);
  private readonly site: NamespaceSite;
  private readonly ledger: Ledger;
  private readonly sessions = new Map<number, NftSession>();
  private tables = 0;

  constructor(site: NamespaceSite, ledger: Ledger, members: number) {
    this.site = site;
    this.ledger = ledger;
    for (let index = 0; index < members; index++)
      this.sessions.set(index, new NftSession(site.namespaceOf(index), ledger.runId));
  }

  cut(pairs: readonly Pair[]): Promise<() => Promise<void>> {
    return this.impose(pairs, 'drop');
  }

  change(pairs: readonly Pair[], change: LinkChange): Promise<() => Promise<void>> {
    if (change.kind !== 'loss') throw new TypeError(`packet rules do not do ${change.kind}`);
    const parts = Math.round(change.probability * PARTS);
    return this.impose(pairs, `numgen random mod ${PARTS} < ${parts} drop`);
  }

  /** Ends what it keeps open; rules go with the namespaces. */
  close(): void {
    for (const session of this.sessions.values()) session.close();
  }

  /** All namespaces at once: the members of a cut are cut together. */
  private async impose(pairs: readonly Pair[], verdict: string): Promise<() => Promise<void>> {
    const { ledger, site } = this;
    const table = `hf_${++this.tables}`;
    const members = [...new Set(pairs.map(([, to]) => to))];
    const undos = ledger.beforeAll(
      members.map((to) => ({ kind: 'rules', namespace: site.namespaceOf(to), table })),
    );
    const hostsTo = (to: number): string[] =>
      pairs.filter((pair) => pair[1] === to).map(([from]) => site.hostOf(from));
    await this.each(members, (to) =>
      [
        `add table inet ${table}`,
        `add chain inet ${table} in { type filter hook input priority -300; policy accept; }`,
        `add rule inet ${table} in ip saddr { ${hostsTo(to).join(', ')} } ${verdict}`,
      ].join('; '),
    );
    return async () => {
      await this.each(members, () => `delete table inet ${table}`);
      for (const undo of undos) ledger.settled(undo);
    };
  }

  private session(member: number): NftSession {
    const session = this.sessions.get(member);
    if (session === undefined) throw new RangeError(`there is no member ${member}`);
    return session;
  }

  private async each(members: readonly number[], commands: (member: number) => string): Promise<void> {
    await Promise.all(members.map((member) => this.session(member).run(commands(member))));
  }
}
