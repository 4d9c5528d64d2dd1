import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { LiveError } from '../errors.ts';
import { unpackedLibraries } from '../install/find.ts';
import { RUN_VARIABLE, startOf } from './procfs.ts';

/** How to start a server process. */
export interface ServerCommand {
  readonly words: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Runs as this user, when the starter may choose. */
  readonly uid?: number | undefined;
  readonly gid?: number | undefined;
  readonly cwd: string;
  /** Where its output goes, appended. */
  readonly log: string;
}

/** Where servers find programs and, unpacked without root, their libraries. */
function searchPaths(): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', LD_LIBRARY_PATH: unpackedLibraries() };
}

/** Lines of a log that messages quote. */
const LAST_LINES = 5;

/** How programs say that something is wrong. */
const COMPLAINT =
  /\b(panic|fatal|error|failed|cannot|can't|invalid|denied|refused|no space|already in use)\b/i;

/** A server process of a run: started, killed, stopped, resumed. It carries the run's mark and a process group of its own. */
export class Server {
  readonly name: string;
  private readonly runId: string;
  private readonly command: ServerCommand;
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();

  constructor(name: string, runId: string, command: ServerCommand) {
    this.name = name;
    this.runId = runId;
    this.command = command;
  }

  /** Its process number; undefined while it does not run. */
  get pid(): number | undefined {
    const { child } = this;
    return child !== undefined && child.exitCode === null && child.signalCode === null
      ? child.pid
      : undefined;
  }

  /** When the process started, as procfs says it. */
  get startedAt(): string {
    return this.pid === undefined ? '' : (startOf(this.pid) ?? '');
  }

  /** Starts the process; nothing happens when it runs. Throws `LiveError` when it cannot even be started. */
  async start(): Promise<void> {
    if (this.pid !== undefined) return;
    const { words, env, cwd, log, uid, gid } = this.command;
    const [program = '', ...args] = words;
    mkdirSync(dirname(log), { recursive: true });
    const output = openSync(log, 'a');
    try {
      const child = spawn(program, args, {
        cwd,
        detached: true,
        stdio: ['ignore', output, output],
        env: { ...searchPaths(), HOME: cwd, LC_ALL: 'C', ...env, [RUN_VARIABLE]: this.runId },
        ...(uid === undefined ? {} : { uid }),
        ...(gid === undefined ? {} : { gid }),
      });
      this.child = child;
      this.ended = new Promise((resolve) => child.once('close', () => resolve()));
      await new Promise<void>((resolve, reject) => {
        child.once('spawn', resolve);
        child.once('error', reject);
      });
    } catch (error) {
      throw new LiveError(
        'PROGRAM_MISSING',
        `Cannot start ${this.name} as a process: ${String(error)}`,
        `see that ${program} can be run`,
        program,
      );
    } finally {
      closeSync(output);
    }
  }

  /** Sends a signal to the process and all it started; false when it does not run. */
  signal(name: NodeJS.Signals): boolean {
    const { pid } = this;
    if (pid === undefined) return false;
    try {
      process.kill(-pid, name);
      return true;
    } catch {
      return false;
    }
  }

  /** Ends it at once, as a crash does, and waits until it is gone. */
  async kill(): Promise<void> {
    if (this.signal('SIGKILL')) await this.ended;
  }

  /** Asks it to end, and ends it after `withinMs`. */
  async stop(withinMs = 5_000): Promise<void> {
    if (!this.signal('SIGTERM')) return;
    const timer = setTimeout(() => this.signal('SIGKILL'), withinMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** The end of what it printed, for messages: so many lines; without a number the last ones that complain, where any do. */
  lastWords(lines?: number): string {
    try {
      const said = readFileSync(this.command.log, 'utf8').trim().split('\n');
      const complaints = lines === undefined ? said.filter((line) => COMPLAINT.test(line)) : [];
      return (complaints.length > 0 ? complaints : said).slice(-(lines ?? LAST_LINES)).join('\n');
    } catch {
      return '';
    }
  }
}
