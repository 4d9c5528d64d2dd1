import type { History, Operation, Outcome } from '@holdfast/check';
import type { Plain } from '@holdfast/plain';
import type { Trace } from '@holdfast/trace';
import { TraceBuilder, clients, servers, type Sent } from './builder.ts';

/** What a made-up run is like. */
export interface LossyRaftOptions {
  readonly seed: number;
  readonly endMs: number;
  readonly serverCount?: number;
  readonly clientCount?: number;
}

export interface MadeRun {
  readonly trace: Trace;
  readonly history: History;
}

interface Server {
  role: string;
  term: number;
  commit: number;
  last: number;
  leader: number;
  votes: number;
  acks: Map<number, Set<number>>;
  deadline: number;
  up: boolean;
}

interface Job {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * A run that looks like a small Raft cluster under faults: elections, heartbeats, client writes and reads, one
 * partition, one crash, lost, duplicate, late and corrupted messages. For pictures only: it judges nothing.
 */
export class LossyRaft {
  private readonly trace: TraceBuilder;
  private readonly jobs: Job[] = [];
  private readonly all: Server[];
  private readonly size: number;
  private readonly pending = new Map<number, { id: number; op: number; client: number }>();
  private readonly operations: (Operation | undefined)[] = [];
  private order = 0;
  private random: number;
  private now = 0;
  private cut: readonly number[] = [];
  private readonly options: LossyRaftOptions;

  constructor(options: LossyRaftOptions) {
    this.options = options;
    this.size = options.serverCount ?? 5;
    this.random = options.seed * 2654435761 + 12345;
    this.trace = new TraceBuilder([...servers(this.size), ...clients(options.clientCount ?? 2)]);
    this.all = Array.from({ length: this.size }, () => this.fresh());
  }

  run(): MadeRun {
    const end = this.options.endMs * 1000;
    for (let n = 0; n < this.size; n++) this.boot(n);
    for (let c = 0; c < (this.options.clientCount ?? 2); c++)
      this.at(180_000 + c * 17_000, () => this.ask(c));
    this.plan(end);
    while (this.jobs.length > 0) {
      this.jobs.sort((a, b) => a.at - b.at || a.order - b.order);
      const job = this.jobs.shift();
      if (job === undefined || job.at > end) break;
      this.now = job.at;
      job.run();
    }
    const operations = this.operations.filter((op): op is Operation => op !== undefined);
    return { trace: this.trace.build(end), history: { operations, timeUnit: 'us' } };
  }

  private plan(end: number): void {
    const partitionAt = Math.round(end * 0.4);
    const healAt = Math.round(end * 0.7);
    const text = 'partition {N1, N2} | {N3, N4, N5}';
    this.at(partitionAt, () => {
      const fault = this.trace.add(this.now, -1, 'fault', { label: 'partition', data: text });
      this.cut = [0, 1];
      this.trace.faults.push({ kind: 'partition', from: partitionAt, until: healAt, nodes: [], text });
      this.at(healAt, () => {
        this.cut = [];
        this.trace.add(this.now, -1, 'heal', { label: 'partition', cause: fault });
      });
    });
    const victim = this.size - 1;
    const crashAt = Math.round(end * 0.55);
    const restartAt = Math.round(end * 0.85);
    this.at(crashAt, () => {
      const server = this.all[victim];
      if (server === undefined) return;
      server.up = false;
      const crash = this.trace.add(this.now, victim, 'crash');
      this.trace.faults.push({
        kind: 'crash',
        from: crashAt,
        until: restartAt,
        nodes: [victim],
        text: 'crash N5',
      });
      this.at(restartAt, () => {
        this.trace.add(this.now, victim, 'restart', { cause: crash });
        this.all[victim] = { ...this.fresh(), term: server.term, last: server.last };
        this.show(victim, -1);
      });
    });
  }

  private fresh(): Server {
    const deadline = 100_000 + this.below(150_000);
    return {
      role: 'follower',
      term: 0,
      commit: 0,
      last: 0,
      leader: 0,
      votes: 0,
      acks: new Map(),
      deadline,
      up: true,
    };
  }

  private below(limit: number): number {
    this.random = (Math.imul(this.random | 0, 1103515245) + 12345) & 0x7fffffff;
    return Math.floor((this.random / 0x80000000) * limit);
  }

  private at(at: number, run: () => void): void {
    this.jobs.push({ at, order: this.order++, run });
  }

  private boot(node: number): void {
    const boot = this.trace.add(this.now, node, 'boot');
    this.show(node, boot);
    this.watch(node);
  }

  private show(node: number, cause: number): void {
    const { role, term, commit, last, leader } = this.server(node);
    const data = { role, term, commit, last, leader: leader === 0 ? null : `N${leader}` };
    this.trace.add(this.now, node, 'state', { data, cause });
  }

  private server(node: number): Server {
    const server = this.all[node];
    if (server === undefined) throw new RangeError(`no server ${node}`);
    return server;
  }

  private watch(node: number): void {
    const check = (): void => {
      const server = this.server(node);
      if (server.up && server.role !== 'leader' && this.now >= server.deadline) this.elect(node);
      this.at(Math.max(this.now + 5_000, server.deadline), check);
    };
    this.at(this.server(node).deadline, check);
  }

  private elect(node: number): void {
    const server = this.server(node);
    const timer = this.trace.add(this.now, node, 'timer', { label: 'election' });
    server.role = 'candidate';
    server.term += 1;
    server.votes = 1;
    server.leader = 0;
    server.deadline = this.now + 150_000 + this.below(150_000);
    this.trace.add(this.now, node, 'store', { label: 'vote', cause: timer });
    this.show(node, timer);
    this.broadcast(node, 'RequestVote', { term: server.term, lastIndex: server.last }, timer);
  }

  private broadcast(node: number, label: string, data: Plain, cause: number): void {
    for (let to = 0; to < this.size; to++) if (to !== node) this.post(node, to, label, data, cause);
  }

  private post(from: number, to: number, label: string, data: Plain, cause: number): void {
    const sent = this.trace.send(this.now, from, to, label, data, cause);
    const split = from < this.size && to < this.size && this.cut.includes(from) !== this.cut.includes(to);
    if (this.cut.length > 0 && split) {
      this.trace.drop(this.now, sent, 'partition');
      return;
    }
    const latency = 1_500 + this.below(6_000) + (this.below(60) === 0 ? 40_000 : 0);
    if (this.below(40) === 0) {
      this.at(this.now + latency, () => this.trace.drop(this.now, sent, 'loss'));
      return;
    }
    this.at(this.now + latency, () => this.arrive(sent));
    if (this.below(45) === 0) this.at(this.now + latency + 9_000, () => this.arrive(sent));
  }

  private arrive(sent: Sent): void {
    if (sent.to < this.size && !this.server(sent.to).up) {
      this.trace.drop(this.now, sent, 'node down');
      return;
    }
    if (this.below(90) === 0) {
      this.trace.deliver(this.now, sent, { corrupted: true });
      return;
    }
    const event = this.trace.deliver(this.now, sent);
    if (sent.to >= this.size) return;
    const data = sent.data as { term?: number; op?: number; index?: number };
    const server = this.server(sent.to);
    if ((data.term ?? 0) > server.term) {
      Object.assign(server, { term: data.term, role: 'follower', leader: 0, votes: 0 });
      this.show(sent.to, event);
    }
    this.handle(sent, data, event);
  }

  private handle(sent: Sent, data: { term?: number; op?: number; index?: number }, event: number): void {
    const server = this.server(sent.to);
    const { term } = server;
    if (sent.label === 'RequestVote' && data.term === term && server.leader === 0) {
      server.leader = sent.from + 1;
      server.deadline = this.now + 150_000 + this.below(150_000);
      this.post(sent.to, sent.from, 'Vote', { term, granted: true }, event);
    } else if (sent.label === 'Vote' && server.role === 'candidate' && data.term === term) {
      server.votes += 1;
      if (server.votes * 2 > this.size) this.lead(sent.to, event);
    } else if (sent.label === 'AppendEntries' && data.term === term && sent.from !== sent.to) {
      this.append(sent, data.index ?? 0, event);
    } else if (sent.label === 'AppendReply' && server.role === 'leader') {
      this.acknowledge(sent, data.index ?? 0, event);
    } else if (sent.label === 'Request') {
      this.request(sent, data.op ?? 0, event);
    }
  }

  private lead(node: number, cause: number): void {
    const server = this.server(node);
    server.role = 'leader';
    server.leader = node + 1;
    this.show(node, cause);
    this.trace.add(this.now, node, 'note', { label: 'elected', cause, data: { term: server.term } });
    const { term } = server;
    const beat = (): void => {
      if (server.role !== 'leader' || server.term !== term || !server.up) return;
      const timer = this.trace.add(this.now, node, 'timer', { label: 'heartbeat' });
      this.broadcast(node, 'AppendEntries', { term, index: server.last, commit: server.commit }, timer);
      this.at(this.now + 50_000, beat);
    };
    beat();
  }

  private append(sent: Sent, index: number, event: number): void {
    const server = this.server(sent.to);
    server.deadline = this.now + 150_000 + this.below(150_000);
    const known = server.leader === sent.from + 1 && server.last === index && server.role === 'follower';
    Object.assign(server, { role: 'follower', leader: sent.from + 1, last: index });
    const commit = Math.max(server.commit, (sent.data as { commit: number }).commit);
    if (!known || commit !== server.commit) {
      server.commit = commit;
      this.show(sent.to, event);
    }
    if (!known) this.trace.add(this.now, sent.to, 'store', { label: `entry ${index}`, cause: event });
    this.post(sent.to, sent.from, 'AppendReply', { term: server.term, index }, event);
  }

  private acknowledge(sent: Sent, index: number, event: number): void {
    const server = this.server(sent.to);
    const acks = server.acks.get(index) ?? new Set<number>([sent.to]);
    acks.add(sent.from);
    server.acks.set(index, acks);
    if (acks.size * 2 <= this.size || index <= server.commit) return;
    server.commit = index;
    this.show(sent.to, event);
    const waiting = this.pending.get(index * 100 + sent.to);
    if (waiting !== undefined)
      this.post(sent.to, this.size + waiting.client, 'Reply', { op: waiting.op, ok: true }, event);
    if (waiting !== undefined) this.finish(waiting.op, waiting.client, 'ok', this.now + 4_000, event);
  }

  private request(sent: Sent, op: number, event: number): void {
    const server = this.server(sent.to);
    const client = sent.from - this.size;
    if (server.role !== 'leader') {
      this.finish(op, client, 'fail', this.now + 4_000, event);
      return;
    }
    server.last += 1;
    this.pending.set(server.last * 100 + sent.to, { id: event, op, client });
    this.trace.add(this.now, sent.to, 'store', { label: `entry ${server.last}`, cause: event });
    this.show(sent.to, event);
    const { term, last: index, commit } = server;
    this.broadcast(sent.to, 'AppendEntries', { term, index, commit, entry: `set x ${op}` }, event);
  }

  private ask(client: number): void {
    const op = this.operations.length;
    const leader = this.all.findIndex((server) => server.role === 'leader' && server.up);
    const node = this.size + client;
    const invoke = this.trace.add(this.now, node, 'invoke', { operation: op, label: 'write', data: op });
    this.operations.push({
      id: op,
      process: client,
      f: op % 3 === 2 ? 'read' : 'write',
      key: 'x',
      input: op % 3 === 2 ? null : op,
      outcome: 'unknown',
      output: null,
      invokedAt: this.now,
      completedAt: Number.POSITIVE_INFINITY,
    });
    this.post(node, Math.max(0, leader), 'Request', { op }, invoke);
    this.at(this.now + 260_000, () => {
      if (this.operations[op]?.outcome !== 'unknown') return;
      this.trace.add(this.now, node, 'unknown', { operation: op, label: 'timeout', cause: invoke });
      this.ask(client);
    });
  }

  private finish(op: number, client: number, outcome: Outcome, at: number, cause: number): void {
    this.at(at, () => {
      const operation = this.operations[op];
      if (operation === undefined || operation.outcome !== 'unknown') return;
      const output =
        outcome === 'fail' ? 'not the leader' : operation.f === 'read' ? Math.max(0, op - 2) : null;
      this.operations[op] = { ...operation, outcome, output, completedAt: this.now };
      const kind = outcome === 'fail' ? 'fail' : 'ok';
      this.trace.add(this.now, this.size + client, kind, {
        operation: op,
        label: operation.f,
        data: output,
        cause,
      });
      this.at(this.now + 30_000 + this.below(60_000), () => this.ask(client));
    });
  }
}
