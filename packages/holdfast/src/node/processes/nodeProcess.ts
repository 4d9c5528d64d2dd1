import { mkdirSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { Server } from '@holdfast/live';
import type { HostId } from '@holdfast/world';
import {
  type Conditions,
  LineReader,
  LineWriter,
  type ProcessOrder,
  type Said,
  type Told,
} from './frames.ts';

/** Where a node's process comes from, and who hears of it. */
export interface NodeProcessOptions {
  readonly name: string;
  readonly runId: string;
  readonly words: (order: ProcessOrder) => readonly string[];
  readonly order: ProcessOrder;
  readonly log: string;
  /** Begins with an empty disk. */
  readonly wiped: boolean;
  /** The process before, which must be gone first. */
  readonly before: NodeProcess | undefined;
  /** The power went with the process before. */
  readonly lost: (() => Promise<unknown>) | undefined;
  readonly hear: (told: Told) => void;
  /** It ended by itself. */
  readonly ended: (lastWords: string) => void;
}

const TEN_MS = 10;

/** One start of a node: a process of its own, its socket, and the signals that faults send it. */
export class NodeProcess {
  readonly options: NodeProcessOptions;
  private readonly server: Server;
  private socket: Socket | undefined;
  private readonly lines = new LineWriter((text) => void this.socket?.write(text));
  /** Nobody listens to it any more. */
  private isOver = false;
  private isStopped = false;
  private gone: Promise<void> = Promise.resolve();
  private conditions = '';

  constructor(options: NodeProcessOptions) {
    this.options = options;
    const { name, runId, order, log, words } = options;
    this.server = new Server(name, runId, { words: words(order), cwd: order.folder, log });
  }

  get node(): HostId {
    return this.options.order.node;
  }

  /** Starts the process once the one before is gone. */
  async start(): Promise<void> {
    const { before, lost, wiped, order } = this.options;
    await before?.gone;
    await lost?.();
    if (wiped) rmSync(join(order.folder, 'records'), { force: true });
    if (this.isOver) return;
    mkdirSync(order.folder, { recursive: true });
    await this.server.start();
    const watch = setInterval(() => {
      if (!this.isOver && this.server.pid === undefined) this.options.ended(this.server.lastWords());
      if (this.isOver || this.server.pid === undefined) clearInterval(watch);
    }, TEN_MS);
    if (this.isOver) await this.server.kill();
  }

  /** Its socket has come, and with it this much of what it tells. */
  connected(socket: Socket, begun: string): void {
    if (this.isOver) {
      socket.destroy();
      return;
    }
    this.socket = socket;
    const reader = new LineReader<Told>((told) => {
      if (!this.isOver) this.options.hear(told);
    });
    reader.take(begun);
    socket.on('data', (text) => reader.take(String(text)));
  }

  /** Tells the process; nothing happens before it has come and after it is over. */
  say(said: Said): void {
    if (this.socket !== undefined) this.lines.put(said);
  }

  /** It is killed, as a crash does: what it has not told by now it never will. */
  kill(): void {
    if (this.isOver) return;
    this.isOver = true;
    this.socket?.destroy();
    this.gone = this.server.kill();
  }

  /** It is stopped or goes on, as the world has it. */
  paused(isPaused: boolean): void {
    if (this.isOver || isPaused === this.isStopped) return;
    this.isStopped = isPaused;
    this.server.signal(isPaused ? 'SIGSTOP' : 'SIGCONT');
  }

  /** It works under these conditions from now on. */
  under(conditions: Conditions): void {
    const text = JSON.stringify(conditions);
    if (this.socket === undefined || text === this.conditions) return;
    this.conditions = text;
    this.say({ kind: 'conditions', ...conditions });
  }

  /** When it is gone. */
  async over(): Promise<void> {
    this.kill();
    await this.gone;
  }
}
