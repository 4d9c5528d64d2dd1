import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Answer } from '@holdfast/live';
import type { Plain } from '@holdfast/plain';
import {
  type Core,
  type CoreEvent,
  kv,
  type NodeView,
  type Outbox,
  raft,
  type RaftCommand,
  type RaftMessage,
  type RaftOptions,
  type RaftResult,
} from '@holdfast/protocols';
import { Dialer, framesIn } from './wire.ts';

/** Pause before asking again where nobody led, and how long an attempt may go without a word. */
const AGAIN_MS = 20;
const PATIENCE_MS = 300;

/** What nodes say to one another: words of the protocol, and what clients ask, handed on. */
type Frame =
  | { readonly kind: 'raft'; readonly from: number; readonly message: RaftMessage }
  | { readonly kind: 'call'; readonly from: number; readonly attempt: number; readonly command: RaftCommand }
  | { readonly kind: 'answer'; readonly attempt: number; readonly result: RaftResult };

/** What a client asks of a node. */
export interface Asked {
  readonly command: RaftCommand;
  /** Reads change nothing: one that gets no answer certainly had no effect. */
  readonly isRead: boolean;
  /** Only the node itself may answer. */
  readonly stays: boolean;
  readonly deadlineMs: number;
}

/** A node of the Raft core on a socket of loopback, with this machine's timers; what it stores is durable a moment later. */
export class RealNode {
  private readonly self: number;
  private readonly running: Running<ReturnType<typeof raft>>;
  private readonly server: Server;
  private readonly accepted = new Set<Socket>();
  private readonly dialers = new Map<number, Dialer>();
  private readonly attempts = new Map<number, (result: RaftResult) => void>();
  private count = 0;

  constructor(self: number, options: RaftOptions, onView: (view: NodeView) => void) {
    this.self = self;
    this.running = new Running(raft(options, kv), self, {
      send: (to, message) =>
        this.dialers.get(to)?.send({ kind: 'raft', from: self, message } satisfies Frame),
      onView,
    });
    this.server = createServer((socket) => {
      this.accepted.add(socket);
      framesIn<Frame>(socket, (frame) => this.hear(frame));
    });
  }

  /** Listens; the address. */
  async listen(): Promise<string> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    return `127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Begins, with the addresses under which it reaches the others. */
  begin(addresses: ReadonlyMap<number, string>): void {
    for (const [node, address] of addresses) this.dialers.set(node, new Dialer(address));
    this.running.begin();
  }

  /** Asks this node, which hands on to the leader what only the leader can do, over the links that nodes have. */
  async ask({ command, isRead, stays, deadlineMs }: Asked): Promise<Answer> {
    const end = performance.now() + deadlineMs;
    let target = this.self;
    while (performance.now() < end) {
      const result = await this.attempt(target, command, Math.min(PATIENCE_MS, end - performance.now()));
      if (result?.ok === true) return { outcome: 'ok', output: result.value as Plain };
      if (result?.error === 'stale-sequence' || result?.error === 'unknown')
        return { outcome: 'unknown', output: result.detail };
      const leader = result?.error === 'not-leader' && !stays ? result.leader : 0;
      if (leader === 0 || leader === target) await new Promise((done) => setTimeout(done, AGAIN_MS));
      target = leader === 0 ? this.self : leader;
    }
    return { outcome: isRead ? 'fail' : 'unknown', output: 'deadline exceeded' };
  }

  /** What may be seen of it. */
  view(): NodeView {
    return this.running.view();
  }

  /** Ends it, with its connections and timers. */
  close(): void {
    this.running.end();
    for (const dialer of this.dialers.values()) dialer.close();
    for (const socket of this.accepted) socket.destroy();
    this.server.close();
  }

  private attempt(target: number, command: RaftCommand, withinMs: number): Promise<RaftResult | undefined> {
    return new Promise((resolve) => {
      const attempt = ++this.count;
      const done = (result: RaftResult | undefined): void => {
        clearTimeout(timer);
        this.attempts.delete(attempt);
        resolve(result);
      };
      const timer = setTimeout(() => done(undefined), withinMs);
      this.attempts.set(attempt, done);
      if (target === this.self) this.running.request(command, done);
      else
        this.dialers.get(target)?.send({ kind: 'call', from: this.self, attempt, command } satisfies Frame);
    });
  }

  private hear(frame: Frame): void {
    if (frame.kind === 'raft')
      this.running.step({ kind: 'message', from: frame.from, message: frame.message });
    else if (frame.kind === 'answer') this.attempts.get(frame.attempt)?.(frame.result);
    else {
      const { from, attempt, command } = frame;
      this.running.request(command, (result) =>
        this.dialers.get(from)?.send({ kind: 'answer', attempt, result } satisfies Frame),
      );
    }
  }
}

type StateOf<T> = T extends Core<infer S, RaftMessage, RaftCommand, RaftResult> ? S : never;

/** A core with its timers, its stores and the requests it has not answered. */
class Running<T extends Core<StateOf<T>, RaftMessage, RaftCommand, RaftResult>> {
  private readonly core: T;
  private readonly self: number;
  private readonly means: {
    readonly send: (to: number, message: RaftMessage) => void;
    readonly onView: (view: NodeView) => void;
  };
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly replies = new Map<number, (result: RaftResult) => void>();
  private waiting: { readonly after: number; readonly act: () => void }[] = [];
  private state: StateOf<T> | undefined;
  private tokens = 0;
  private durable = 0;
  private requests = 0;
  private isOver = false;
  private readonly out: Outbox<RaftMessage, RaftResult> = {
    send: (to, message, after = 0) => this.once(after, () => this.means.send(to, message)),
    store: () => this.stored(),
    setTimer: (timer, minMs, maxMs = minMs) => {
      clearTimeout(this.timers.get(timer));
      const ms = minMs + Math.random() * (maxMs - minMs);
      this.timers.set(
        timer,
        setTimeout(() => this.step({ kind: 'timer', timer }), ms),
      );
    },
    cancelTimer: (timer) => clearTimeout(this.timers.get(timer)),
    reply: (id, result, after = 0) => this.once(after, () => this.replies.get(id)?.(result)),
    choose: (_label, among) => Math.floor(Math.random() * among),
    note: () => undefined,
  };

  constructor(core: T, self: number, means: Running<T>['means']) {
    this.core = core;
    this.self = self;
    this.means = means;
  }

  begin(): void {
    this.state = this.core.boot({ self: this.self, records: {} }, this.out);
  }

  step(event: CoreEvent<RaftMessage, RaftCommand>): void {
    if (this.state === undefined || this.isOver) return;
    this.core.step(this.state, event, this.out);
    this.means.onView(this.view());
  }

  request(command: RaftCommand, done: (result: RaftResult) => void): void {
    const id = ++this.requests;
    this.replies.set(id, done);
    this.step({ kind: 'request', id, command });
  }

  view(): NodeView {
    return this.state === undefined ? {} : this.core.view(this.state);
  }

  end(): void {
    this.isOver = true;
    for (const timer of this.timers.values()) clearTimeout(timer);
  }

  private once(after: number, act: () => void): void {
    if (after <= this.durable) act();
    else this.waiting.push({ after, act });
  }

  /** In memory, as nobody crashes here; but only a moment later, so that what must wait for it does. */
  private stored(): number {
    const token = ++this.tokens;
    setImmediate(() => {
      this.durable = token;
      const due = this.waiting.filter(({ after }) => after <= token);
      this.waiting = this.waiting.filter(({ after }) => after > token);
      for (const { act } of due) act();
      this.step({ kind: 'stored', token });
    });
    return token;
  }
}
