import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { LiveError, RUN_VARIABLE } from '@holdfast/live';

/** How to start a program that speaks on its standard input and output. */
export interface StdioOptions {
  readonly name: string;
  readonly bin: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly runId: string;
  /** The file its standard error goes to. */
  readonly log: string;
  /** Hears its standard error, too. */
  readonly logged: ((line: string) => void) | undefined;
  readonly said: (line: string) => void;
  /** It ended by itself, or could not be started. */
  readonly ended: (why: string) => void;
}

/** Lines of its standard error that messages quote. */
const LAST_LINES = 5;

/** A program as a process of its own: lines in, lines out. */
export class StdioProcess {
  private readonly options: StdioOptions;
  private readonly child: ChildProcessWithoutNullStreams;
  private readonly last: string[] = [];
  private isOver = false;
  private isStopped = false;
  private readonly closed: Promise<void>;

  constructor(options: StdioOptions) {
    this.options = options;
    const { bin, args, cwd, runId, name } = options;
    // A group of its own, so that a signal reaches all it starts.
    this.child = spawn(bin, args, { cwd, detached: true, env: { ...process.env, [RUN_VARIABLE]: runId } });
    this.closed = new Promise((resolve) => this.child.once('close', () => resolve()));
    this.child.once('error', (error) => this.over(`cannot be started: ${error.message}`));
    this.child.once('exit', (code, signal) => this.over(`ended with ${signal ?? `code ${code}`}`));
    // What is written to a program that has ended is lost, as what arrives at a dead host is.
    this.child.stdin.on('error', () => undefined);
    createInterface({ input: this.child.stdout }).on('line', (line) => {
      if (!this.isOver) options.said(line);
    });
    createInterface({ input: this.child.stderr }).on('line', (line) => {
      this.last.push(line);
      if (this.last.length > LAST_LINES) this.last.shift();
      appendFileSync(options.log, `${line}\n`);
      options.logged?.(`${name}: ${line}`);
    });
  }

  write(line: string): void {
    if (!this.isOver) this.child.stdin.write(`${line}\n`);
  }

  /** It is killed; nothing it says is heard any more. */
  kill(): void {
    this.isOver = true;
    this.signal('SIGKILL');
  }

  paused(isPaused: boolean): void {
    if (this.isOver || isPaused === this.isStopped) return;
    this.isStopped = isPaused;
    this.signal(isPaused ? 'SIGSTOP' : 'SIGCONT');
  }

  /** Kills it, and waits until it is gone. */
  async end(): Promise<void> {
    this.kill();
    if (this.child.pid !== undefined) await this.closed;
  }

  private over(why: string): void {
    if (this.isOver) return;
    this.isOver = true;
    const words = this.last.length === 0 ? 'it said nothing on standard error' : this.last.join('\n');
    this.options.ended(`${this.options.name} ${why}; its last words:\n${words}`);
  }

  private signal(name: NodeJS.Signals): void {
    if (this.child.pid === undefined) return;
    try {
      process.kill(-this.child.pid, name);
    } catch {
      // It has ended already.
    }
  }
}

/** The program cannot go on. */
export function programFailed(why: string): LiveError {
  return new LiveError('MEMBER_DIED', `Cannot go on: ${why}`, 'mend the program; nothing was judged');
}
