import { encodePlain } from '@holdfast/plain';
import type { NodeId } from '../core/core.ts';
import { counterOf, EMPTY_VECTOR } from '../clocks/vector.ts';
import { type Cell, EMPTY_CELL, mergeCells } from './cell.ts';
import { homesOf, type LeaderlessConfig, rangeOf, readsMeetWrites } from './config.ts';
import type { LeaderlessWrite } from './messages.ts';
import type { LeaderlessState } from './state.ts';

/** What a leaderless group promises. */
export type LeaderlessPromise =
  | 'reads meet acknowledged writes'
  | 'no write is lost silently'
  | 'replicas agree after healing';

/** A promise of a leaderless group seen broken. */
export interface LeaderlessViolation {
  readonly promise: LeaderlessPromise;
  readonly reason: string;
  readonly node: NodeId;
}

type Dots = readonly (readonly [actor: string, counter: number])[];

/**
 * Watches a group from outside. A read must have seen every write acknowledged before it began (only with R + W > N and homes alone counting);
 * a version goes only when a write or deletion came from somebody who had read it (siblings only; with last-write-wins `lost` counts);
 * in the end homes agree. Call `note` for each note, and `ended` with the final states.
 */
export class LeaderlessMonitor {
  readonly violations: LeaderlessViolation[] = [];
  /** How often each promise was examined. */
  readonly examined: Map<string, number> = new Map();
  /** Versions that last-write-wins threw away though nobody had read them, by key. */
  readonly lost: Map<string, Set<string>> = new Map();
  /** Reads that missed a write acknowledged before they began, whether promised or not. */
  staleReads = 0;
  private readonly config: LeaderlessConfig;
  private readonly writes = new Map<string, LeaderlessWrite[]>();
  private readonly acknowledged = new Map<string, (readonly [string, number])[]>();
  private readonly reading = new Map<string, number>();

  constructor(config: LeaderlessConfig) {
    this.config = config;
  }

  note(node: NodeId, kind: string, data: unknown): void {
    if (kind === 'write') {
      const write = data as LeaderlessWrite;
      this.judgeName(node, write);
      push(this.writes, write.key, write);
    } else if (kind === 'acknowledged') {
      const { key, dot } = data as LeaderlessWrite;
      if (dot !== null) push(this.acknowledged, key, dot);
    } else if (kind === 'lost') {
      const { key, dots } = data as { readonly key: string; readonly dots: Dots };
      const known = this.lost.get(key) ?? new Set();
      this.lost.set(key, known);
      for (const dot of dots) known.add(dot.join(':'));
    } else if (kind === 'read-begins') {
      const { life, number, key } = data as ReadNote;
      this.reading.set(`${node}/${life}/${number}`, this.acknowledged.get(key)?.length ?? 0);
    } else if (kind === 'read') {
      const { life, number, key, cell } = data as ReadNote & { readonly cell: Cell };
      const before = this.reading.get(`${node}/${life}/${number}`) ?? 0;
      this.judgeRead(node, key, cell, before);
    }
  }

  ended(states: ReadonlyMap<NodeId, LeaderlessState>): void {
    for (const key of this.writes.keys()) {
      const homes = homesOf(this.config, rangeOf(this.config, key)).flatMap((id) => {
        const state = states.get(id);
        return state === undefined ? [] : [{ id, cell: state.cells[key] ?? EMPTY_CELL }];
      });
      if (homes.length < this.config.n) continue;
      const [first] = homes as [(typeof homes)[number], ...typeof homes];
      this.count('replicas agree after healing');
      const other = homes.find(({ cell }) => encodePlain(cell) !== encodePlain(first.cell));
      if (other !== undefined) {
        const words = `nodes ${first.id} and ${other.id} still differ on ${key} in the end`;
        this.violate('replicas agree after healing', other.id, words);
      }
      const all = homes.reduce((cell, home) => mergeCells(this.config, cell, home.cell).cell, EMPTY_CELL);
      this.judgeRead(0, key, all, this.acknowledged.get(key)?.length ?? 0);
    }
  }

  /** A write with the name of an acknowledged one makes replicas drop either. */
  private judgeName(node: NodeId, { key, dot }: LeaderlessWrite): void {
    if (dot === null) return;
    const known = this.acknowledged.get(key)?.some((other) => other[0] === dot[0] && other[1] === dot[1]);
    if (known !== true) return;
    const words = `write ${dot.join(':')} of ${key} was acknowledged, and node ${node} gives its name to another`;
    this.violate('no write is lost silently', node, words);
  }

  private judgeRead(node: NodeId, key: string, cell: Cell, before: number): void {
    const who = node === 0 ? 'all homes together' : `a read through node ${node}`;
    const missed = (this.acknowledged.get(key) ?? [])
      .slice(0, before)
      .find(([actor, counter]) => counterOf(cell.context, actor) < counter);
    if (before > 0) this.count('reads meet acknowledged writes');
    if (missed !== undefined) {
      this.staleReads++;
      const words = `write ${missed.join(':')} of ${key} was acknowledged, and ${who} had not heard of it`;
      if (readsMeetWrites(this.config) || node === 0) {
        this.violate('reads meet acknowledged writes', node, words);
      }
    }
    if (this.config.conflict === 'siblings') this.judgeVersions(node, key, cell, who);
  }

  private judgeVersions(node: NodeId, key: string, cell: Cell, who: string): void {
    const writes = this.writes.get(key) ?? [];
    this.count('no write is lost silently');
    const shown = new Set(cell.siblings.map(([dot]) => dot.join(':')));
    for (const { dot } of writes) {
      if (dot === null || shown.has(dot.join(':'))) continue;
      if (counterOf(cell.context, dot[0]) < dot[1]) continue;
      const isReplaced = writes.some(({ read }) => counterOf(read ?? EMPTY_VECTOR, dot[0]) >= dot[1]);
      if (isReplaced) continue;
      const words = `${who} had heard of write ${dot.join(':')} of ${key} and did not show it, though nobody replaced it`;
      this.violate('no write is lost silently', node, words);
    }
  }

  private count(promise: LeaderlessPromise): void {
    this.examined.set(promise, (this.examined.get(promise) ?? 0) + 1);
  }

  private violate(promise: LeaderlessPromise, node: NodeId, reason: string): void {
    if (!this.violations.some((known) => known.reason === reason)) {
      this.violations.push({ promise, reason, node });
    }
  }
}

interface ReadNote {
  readonly life: number;
  readonly number: number;
  readonly key: string;
}

function push<V>(map: Map<string, V[]>, key: string, value: V): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
