import { encodePlain, hashPlain, mix, finish, type Plain } from '@holdfast/plain';
import type { RaftCommand, RaftResult } from '../../src/raft/client.ts';
import type { RaftOptions } from '../../src/raft/config.ts';
import { entryTermAt, logEntries, logRange } from '../../src/raft/readers.ts';
import { Cluster, type Note } from './cluster.ts';

/** Thrown when a promise of Raft is broken; the message begins with its name. */
export class Broken extends Error {}

/** Numbers from a seed, by counting. */
export class Dice {
  private count = 0;
  private readonly seed: number;
  constructor(seed: number) {
    this.seed = seed;
  }

  below(among: number): number {
    const word = finish(mix(mix(this.seed, 0x9e3779b9), this.count++)) >>> 0;
    return Math.floor((word / 0x1_0000_0000) * among);
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }
}

export interface ChaosOptions {
  readonly raft: RaftOptions;
  /** Ids of all nodes; more than the first voters where some join later. */
  readonly ids: readonly number[];
  readonly steps: number;
  /** Crashes and restarts, losing stores that are not durable. */
  readonly crashes: boolean;
  /** Membership changes among `ids`, and hand-overs. */
  readonly changes: boolean;
  /** Runs every step twice and compares: finds whatever does not depend on state and event alone. */
  readonly watch?: boolean;
}

interface Attempt {
  readonly value: number;
  readonly kind: 'append' | 'read';
  /** Values acknowledged, and the longest list read, when it was asked. */
  readonly acknowledged: number;
  readonly longest: number;
}

/** A group under a random schedule, with the promises of Raft watched at every step. */
export class Chaos {
  readonly group: Cluster;
  readonly dice: Dice;
  private readonly options: ChaosOptions;
  private readonly leaderOf = new Map<number, number>();
  private readonly committed = new Map<number, number>();
  private readonly appliedAt = new Map<number, string>();
  private readonly digestAt = new Map<number, number>();
  private readonly attempts = new Map<number, Attempt>();
  private readonly acknowledged: number[] = [];
  private longest: readonly number[] = [];
  private lastValue = 0;
  private answered = 0;

  constructor(seed: number, options: ChaosOptions) {
    this.options = options;
    this.dice = new Dice(seed);
    this.group = new Cluster(options.raft, options.ids, { watch: options.watch ?? false });
    this.group.autoSync = false;
    this.group.onNote = (note): void => this.see(note);
  }

  get writesAcknowledged(): number {
    return this.acknowledged.length;
  }

  run(): void {
    for (let i = 0; i < this.options.steps; i++) {
      this.act();
      this.collect();
      if (i % 40 === 0) this.compareLogs();
    }
    this.compareLogs();
  }

  /** Everything works again: the group must elect, commit and agree. */
  heal(): void {
    const { group } = this;
    group.autoSync = true;
    for (const host of group.hosts.values()) {
      if (host.state === null) group.boot(host.id);
      while (host.pending.length > 0) group.syncOne(host.id);
    }
    for (let round = 0; round < 60; round++) {
      group.settle();
      this.collect();
      const leader = group.leaders().find((id) => group.view(id).leader === id);
      if (leader !== undefined && round > 3) {
        const request = this.ask(leader, 'append');
        for (let beat = 0; beat < 12; beat++) {
          group.fire(leader, 'heartbeat');
          group.settle();
          this.collect();
        }
        if (group.replies.get(request)?.ok === true) return;
      }
      for (const host of group.hosts.values()) group.fire(host.id, 'leader-fresh');
      for (const host of group.hosts.values()) group.fire(host.id, 'quorum-check');
      group.fire(this.dice.pick([...group.hosts.keys()]), 'election');
    }
    throw new Broken('progress: a healed group commits nothing');
  }

  private act(): void {
    const { group, dice } = this;
    const roll = dice.below(1000);
    if (roll < 600 && group.flying.length > 0) this.network();
    else if (roll < 800) group.syncOne(dice.pick(this.options.ids));
    else if (roll < 865) this.timer();
    else if (roll < 925) this.ask(dice.pick(this.options.ids), dice.below(3) === 0 ? 'read' : 'append');
    else if (roll < 940 && this.options.changes) this.change();
    else if (roll < 960) this.power();
    else if (roll < 965) group.flying = [];
  }

  private network(): void {
    const { group, dice } = this;
    const at = dice.below(Math.min(group.flying.length, 12));
    const fate = dice.below(20);
    const [flying] = fate === 0 ? [group.flying[at]] : group.flying.splice(at, 1);
    if (flying !== undefined && fate !== 1) group.deliver(flying);
  }

  private timer(): void {
    const host = this.group.host(this.dice.pick(this.options.ids));
    const names = [...host.timers.keys()];
    // Elections are rarer than heartbeats, or nothing would ever be agreed.
    if (names.length === 0) return;
    const name = this.dice.pick(names);
    if (name === 'election' && this.dice.below(3) > 0) return;
    this.group.fire(host.id, name);
  }

  private power(): void {
    if (!this.options.crashes) return;
    const host = this.group.host(this.dice.pick(this.options.ids));
    if (host.state === null) this.group.boot(host.id);
    else if (this.dice.below(3) === 0) {
      const records = host.pending.reduce((sum, store) => sum + store.writes.length, 0);
      this.group.crash(host.id, this.dice.below(records + 1));
    }
  }

  private change(): void {
    const { dice, group } = this;
    const target = group.host(dice.pick(this.options.ids));
    if (target.state === null) return;
    const node = dice.pick(this.options.ids);
    if (dice.below(4) === 0) {
      group.request(target.id, { transfer: node });
      return;
    }
    const types = ['voter', 'voter', 'learner', 'remove'] as const;
    const count = 1 + dice.below(3);
    const changes = Array.from({ length: count }, () => ({
      type: dice.pick(types),
      node: dice.pick(this.options.ids),
    }));
    const transition = dice.pick(['auto', 'implicit', 'explicit'] as const);
    const reconfigure =
      dice.below(3) === 0 ? { transition: 'auto' as const, changes: [] } : { transition, changes };
    group.request(target.id, { reconfigure });
  }

  private ask(id: number, kind: 'append' | 'read'): number {
    if (this.group.host(id).state === null) return 0;
    const value = kind === 'append' ? ++this.lastValue : 0;
    const command: RaftCommand =
      kind === 'append'
        ? { client: 1 + (value % 7), sequence: value, operation: { f: 'append', key: 'list', value } }
        : { client: 0, sequence: 0, operation: { f: 'get', key: 'list' }, read: 'index' };
    const request = this.group.request(id, command);
    this.attempts.set(request, {
      kind,
      value,
      acknowledged: this.acknowledged.length,
      longest: this.longest.length,
    });
    return request;
  }

  private collect(): void {
    const { replies } = this.group;
    if (replies.size === this.answered) return;
    this.answered = replies.size;
    for (const [request, attempt] of this.attempts) {
      const result = replies.get(request);
      if (result === undefined) continue;
      this.attempts.delete(request);
      if (result.ok) this.judge(attempt, result);
    }
  }

  private judge(attempt: Attempt, result: Extract<RaftResult, { ok: true }>): void {
    if (attempt.kind === 'append') {
      this.acknowledged.push(attempt.value);
      return;
    }
    const list = (result.value ?? []) as readonly number[];
    const missing = this.acknowledged.slice(0, attempt.acknowledged).find((value) => !list.includes(value));
    if (missing !== undefined)
      throw new Broken(`linearizable reads: value ${missing} was acknowledged, then not read`);
    if (list.length < attempt.longest) throw new Broken('linearizable reads: a read went back in time');
    if (new Set(list).size !== list.length) throw new Broken('exactly once: a value is in the list twice');
    const shared = Math.min(list.length, this.longest.length);
    if (list.slice(0, shared).join() !== this.longest.slice(0, shared).join()) {
      throw new Broken('linearizable reads: two reads disagree about the past');
    }
    if (list.length > this.longest.length) this.longest = list;
  }

  private see({ node, kind, data }: Note): void {
    if (kind === 'role') this.seeRole(node, data as { role: string; term: number });
    else if (kind === 'commit') this.seeCommit(node, data as { index: number });
    else if (kind === 'apply') this.seeApply(node, data as { index: number; term: number; operation: Plain });
    else if (kind === 'conflict')
      throw new Broken(`state machine safety: node ${node} was to replace committed entries`);
  }

  private seeRole(node: number, { role, term }: { role: string; term: number }): void {
    if (role !== 'leader') return;
    const other = this.leaderOf.get(term);
    if (other !== undefined && other !== node) {
      throw new Broken(`election safety: nodes ${other} and ${node} both lead term ${term}`);
    }
    this.leaderOf.set(term, node);
    const state = this.group.state(node);
    for (const [index, committedTerm] of this.committed) {
      if (index <= state.log.offset || committedTerm >= term) continue;
      const own = entryTermAt(state, index);
      if (own !== committedTerm) {
        throw new Broken(
          `leader completeness: leader ${node} of term ${term} lacks entry ${committedTerm}/${index}`,
        );
      }
    }
  }

  private seeCommit(node: number, { index }: { index: number }): void {
    const state = this.group.state(node);
    for (let i = index; i > state.log.offset; i--) {
      const term = entryTermAt(state, i) ?? -1;
      const before = this.committed.get(i);
      if (before === undefined) this.committed.set(i, term);
      else if (before !== term) {
        throw new Broken(`state machine safety: entry ${i} committed with terms ${before} and ${term}`);
      } else if (i < index) break;
    }
  }

  private seeApply(
    node: number,
    { index, term, operation }: { index: number; term: number; operation: Plain },
  ): void {
    const text = `${term} ${encodePlain(operation)}`;
    const before = this.appliedAt.get(index);
    if (before === undefined) this.appliedAt.set(index, text);
    else if (before !== text) {
      throw new Broken(
        `state machine safety: entry ${index} applied as ${before} and, on ${node}, as ${text}`,
      );
    }
  }

  private compareLogs(): void {
    const up = [...this.group.hosts.values()].flatMap((host) => (host.state === null ? [] : [host.state]));
    for (const state of up) {
      const { applied } = state.log;
      // The configuration of a received snapshot is in force before its state is installed.
      if (state.log.snapshot !== null) continue;
      const digest = hashPlain([state.machine, state.sessions, state.membershipText]);
      const before = this.digestAt.get(applied);
      if (before !== undefined && before !== digest) {
        throw new Broken(`state machine safety: states differ at applied index ${applied}`);
      }
      this.digestAt.set(applied, digest);
    }
    for (const a of up) for (const b of up) if (a.self < b.self) this.compareTwo(a, b);
  }

  private compareTwo(a: Parameters<typeof logRange>[0], b: Parameters<typeof logRange>[0]): void {
    const [left, right] = [logRange(a), logRange(b)];
    let matched = false;
    for (let i = Math.min(left.last, right.last); i >= Math.max(left.first, right.first); i--) {
      const [x, y] = [logEntries(a)[i - left.first], logEntries(b)[i - right.first]];
      const same = x?.term === y?.term;
      if (same && encodePlain(x?.data) !== encodePlain(y?.data)) {
        throw new Broken(`log matching: entry ${x?.term}/${i} has two contents`);
      }
      if (matched && !same) throw new Broken(`log matching: logs agree later, not at ${i}`);
      matched = same;
    }
  }
}
