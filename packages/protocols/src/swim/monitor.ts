import type { NodeId } from '../core/core.ts';
import { Breaches } from '../lab/breaches.ts';
import type { Breach, LabMonitor } from '../lab/lab.ts';
import { doublings, retransmitLimit, type SwimConfig } from './config.ts';
import { FOUNDER, isPresent, type MemberStatus, type Opinion, opinionText, overrides } from './opinion.ts';
import { Rest } from './rest.ts';
import type { SwimCommand, SwimResult, SwimState } from './state.ts';
import { Turns } from './turns.ts';

/** What the monitor watches. */
export const SWIM_PROMISES: readonly string[] = [
  'opinions only rise',
  'incarnations are their owners',
  'who left stays out',
  'others are asked first',
  'everyone is probed in turn',
  'news is passed on boundedly',
  'completeness at rest',
  'accuracy at rest',
];

interface OpinionNote {
  readonly member: NodeId;
  readonly status: MemberStatus;
  readonly incarnation: number;
  readonly period: number;
}

/** Whom a member probes, asks others of, or accuses, and in which of its periods. */
interface Asking {
  readonly member: NodeId;
  readonly period: number;
}

interface Standing {
  readonly incarnation: number;
  readonly isIn: boolean;
}

/**
 * Watches all members of one group from outside. Always: what one holds of another only rises in the order of opinions, so that nobody comes back from
 * the dead at the same incarnation; only its owner raises an incarnation, above all that is held of it; who left takes none; suspicion comes after
 * others were asked; nobody waits longer than two turns for its probe; news is passed on a bounded number of times. Once nothing has changed for
 * long enough: whoever is gone is held for gone by all (completeness), and whoever is there for alive (accuracy).
 */
export class SwimMonitor implements LabMonitor<SwimState, SwimCommand, SwimResult> {
  private readonly seen = new Breaches();
  private readonly config: SwimConfig;
  /** What each said of itself last. */
  private readonly standing = new Map<NodeId, Standing>();
  /** The latest incarnation of each that others may have heard of. */
  private readonly told = new Map<NodeId, number>();
  /** By member: what it holds of others, where it is no longer what all hold of a founder. */
  private readonly held = new Map<NodeId, Map<NodeId, Opinion>>();
  /** Of whom each member asked others last, and in which period. */
  private readonly asked = new Map<NodeId, string>();
  private readonly starting = new Set<NodeId>();
  private readonly turns: Turns;
  private readonly rest = new Rest();
  private readonly limit: number;
  private readonly founders: ReadonlySet<NodeId>;

  constructor(config: SwimConfig) {
    this.config = config;
    this.turns = new Turns(config, this.seen);
    this.founders = new Set(config.founders);
    this.limit = retransmitLimit(config, config.nodes.length);
  }

  get breaches(): readonly Breach[] {
    return this.seen.list;
  }

  examined(promise: string): number {
    return this.seen.examined(promise);
  }

  started(node: NodeId): void {
    this.starting.add(node);
    this.held.set(node, new Map());
    this.turns.started(node);
    this.rest.changed();
  }

  observe(node: NodeId, { news }: SwimState): void {
    if (news.length === 0) return;
    this.seen.count('news is passed on boundedly');
    const old = news.find(({ sent }) => sent > this.limit);
    if (old === undefined) return;
    const { member } = old.update;
    const words = `node ${node} passed news of member ${member} on ${old.sent} times, at most ${this.limit} are allowed`;
    this.seen.add('news is passed on boundedly', node, words);
  }

  noted(node: NodeId, kind: string, data: unknown): void {
    if (kind === 'opinion') this.opinion(node, data as OpinionNote);
    else if (kind === 'incarnation') this.incarnation(node, data as Standing);
    else if (kind === 'durable') this.told.set(node, (data as { readonly incarnation: number }).incarnation);
    else if (kind === 'asks-others') {
      const { member, period } = data as Asking;
      this.asked.set(node, `${member}/${period}`);
    } else if (kind === 'accuses') this.accused(node, data as Asking);
    else if (kind === 'probe') {
      const { member, period } = data as Asking;
      this.rest.period(node, period);
      this.turns.probed(node, member, period);
    }
  }

  ended(states: ReadonlyMap<NodeId, SwimState>): void {
    this.turns.ended();
    const { nodes, suspicionFactor, suspicionStretch, syncEvery } = this.config;
    const longest = suspicionFactor * suspicionStretch * doublings(nodes.length);
    const enough = 2 * nodes.length + longest + syncEvery;
    for (const [node, state] of states) {
      if (this.standing.get(node)?.isIn !== true || this.rest.of(node) < enough) continue;
      for (const other of nodes) if (other !== node) this.judgeAtRest(node, other, state, states.has(other));
    }
  }

  private judgeAtRest(node: NodeId, other: NodeId, { members }: SwimState, isUp: boolean): void {
    const held = members[other];
    const isThere = isUp && this.standing.get(other)?.isIn === true;
    const promise = isThere ? 'accuracy at rest' : 'completeness at rest';
    this.seen.count(promise);
    const text = held === undefined ? 'unknown' : opinionText(held);
    if (isThere && held?.status !== 'alive') {
      this.seen.add(
        promise,
        node,
        `member ${other} is there, and node ${node} holds it for ${text} for good`,
      );
    } else if (!isThere && held !== undefined && isPresent(held)) {
      this.seen.add(promise, node, `member ${other} is gone, and node ${node} holds it for ${text} for good`);
    }
  }

  private opinion(node: NodeId, note: OpinionNote): void {
    const { member, status, incarnation, period } = note;
    this.rest.changed();
    const held = this.held.get(node) ?? new Map<NodeId, Opinion>();
    this.held.set(node, held);
    const before = held.get(member) ?? (this.founders.has(member) ? FOUNDER : undefined);
    this.seen.count('opinions only rise');
    if (before !== undefined && !overrides(note, before)) {
      const words = `node ${node} held member ${member} for ${opinionText(before)} and then for ${opinionText(note)}`;
      this.seen.add('opinions only rise', node, words);
    }
    held.set(member, { status, incarnation });
    this.turns.held(node, member, isPresent(note), period);
    const own = this.standing.get(member)?.incarnation ?? 0;
    this.seen.count('incarnations are their owners');
    if (incarnation <= own) return;
    const words = `node ${node} holds member ${member} for ${opinionText(note)}, and that member never went beyond ${own}`;
    this.seen.add('incarnations are their owners', node, words);
  }

  private accused(node: NodeId, { member, period }: Asking): void {
    this.seen.count('others are asked first');
    if (this.asked.get(node) === `${member}/${period}`) return;
    const words = `node ${node} suspected member ${member} in its period ${period} without asking others`;
    this.seen.add('others are asked first', node, words);
  }

  private incarnation(node: NodeId, { incarnation, isIn }: Standing): void {
    const before = this.standing.get(node);
    if (before?.incarnation !== incarnation || before.isIn !== isIn) this.rest.changed();
    this.standing.set(node, { incarnation, isIn });
    const starts = this.starting.delete(node);
    // What a crash undid was told to nobody: one that starts knows what its disk kept.
    if (before === undefined || (starts && !isIn)) return;
    if (isIn) this.speaks(node, incarnation, starts ? this.told.get(node) : before.incarnation);
    this.seen.count('who left stays out');
    if (isIn || before.isIn || incarnation === before.incarnation) return;
    const words = `node ${node} was gone at incarnation ${before.incarnation} and speaks again at ${incarnation}`;
    this.seen.add('who left stays out', node, words);
  }

  private speaks(node: NodeId, incarnation: number, floor = -1): void {
    this.seen.count('incarnations are their owners');
    if (incarnation > floor) return;
    const words = `node ${node} says it is alive at incarnation ${incarnation}, and it was at ${floor} before`;
    this.seen.add('incarnations are their owners', node, words);
  }
}
