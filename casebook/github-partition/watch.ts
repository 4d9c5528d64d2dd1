import type { LabMonitor } from 'holdfast';
import { AUTHORITY, type Command, EAST, type Result, type Site, STEPS, WEST } from './model.ts';

/** What the case promises, beside its contract. */
export const PROMISES = [
  'one write authority',
  'acknowledged writes survive',
  'recovery goes step by step',
  'the comparison lists exactly what diverged',
  'equal replicas after recovery',
] as const;
type Promise = (typeof PROMISES)[number];

/** Watches both sites from outside: it knows every log, and so what a comparison has to find. */
export function watchSites(): LabMonitor<Site, Command, Result> {
  return new Watch();
}

class Watch implements LabMonitor<Site, Command, Result> {
  readonly breaches: { promise: Promise; node: number; reason: string }[] = [];
  private readonly counts = new Map<string, number>();
  private readonly sites = new Map<number, Site>();
  /** Acknowledged writes: the site that said so first. */
  private readonly acked = new Map<string, number>();
  private newest = { epoch: 1, node: EAST };
  private place = -1;

  examined(promise: string): number {
    return this.counts.get(promise) ?? 0;
  }

  observe(node: number, site: Site): void {
    this.sites.set(node, site);
  }

  noted(node: number, kind: string, data: unknown): void {
    const found = data as Readonly<Record<string, unknown>>;
    if (kind === 'leads') this.newest = { epoch: Number(found.epoch), node };
    else if (kind === 'acked') this.acknowledged(node, String(found.id), Number(found.epoch));
    else if (kind === 'recovery') this.stepped(Number(found.place));
    else if (kind === 'compared') this.compared(Number(found.site), found.divergent as readonly string[]);
  }

  ended(states: ReadonlyMap<number, Site>): void {
    const final = states.get(states.get(AUTHORITY)?.primary ?? EAST);
    const kept = new Set(final?.log.map(({ id }) => id));
    for (const [id, node] of this.acked) {
      const words = `write ${id} was acknowledged by N${node} and is not in the final log of N${final?.self ?? 0}`;
      this.judge('acknowledged writes survive', kept.has(id), node, words);
    }
  }

  private acknowledged(node: number, id: string, epoch: number): void {
    if (!this.acked.has(id)) this.acked.set(id, node);
    const { newest } = this;
    const words = `N${node} acknowledged write ${id} in epoch ${epoch} after N${newest.node} had begun to lead in epoch ${newest.epoch}`;
    this.judge('one write authority', epoch >= newest.epoch, node, words);
  }

  private stepped(place: number): void {
    const expected = place === 0 ? place : this.place + 1;
    const words = `a recovery went on to '${STEPS[place] ?? '?'}' without '${STEPS[expected] ?? '?'}'`;
    this.judge('recovery goes step by step', place === expected, AUTHORITY, words);
    this.place = place;
    if (STEPS[place] === 'announce') this.announced();
  }

  private compared(lost: number, divergent: readonly string[]): void {
    const own = this.idsOf(lost);
    const base = this.idsOf(lost === EAST ? WEST : EAST);
    const from = own.findIndex((id, at) => id !== base[at]);
    const truth = from === -1 ? [] : own.slice(from);
    const words = `the comparison listed ${divergent.length} writes as diverged, and ${truth.length} are on N${lost} only`;
    this.judge(
      'the comparison lists exactly what diverged',
      truth.join() === divergent.join(),
      AUTHORITY,
      words,
    );
  }

  private announced(): void {
    const [east, west] = [this.idsOf(EAST), this.idsOf(WEST)];
    const apart = east.findIndex((id, at) => at < west.length && id !== west[at]);
    const words = `after the recovery the sites differ from entry ${apart} on`;
    this.judge('equal replicas after recovery', apart === -1, AUTHORITY, words);
  }

  private idsOf(node: number): string[] {
    return this.sites.get(node)?.log.map(({ id }) => id) ?? [];
  }

  private judge(promise: Promise, holds: boolean, node: number, reason: string): void {
    this.counts.set(promise, this.examined(promise) + 1);
    if (!holds && this.breaches.length < 1_000) this.breaches.push({ promise, node, reason });
  }
}
