import { type ChildProcess, fork } from 'node:child_process';
import { clean } from '@holdfast/live';
import { foldersIn, soon } from '../left.ts';
import type { Reply, Request } from './messages.ts';

/** What guards may take to undo what a killed process did. */
const GUARD_MS = 15_000;

/**
 * A process of its own that runs checks: whatever hangs in it ends with it. It is started when it is first asked, and anew after it was
 * ended.
 */
export class Worker {
  private readonly entry: string;
  private readonly env: NodeJS.ProcessEnv;
  private readonly state: string;
  private child: ChildProcess | undefined;

  /** `state` is the folder of its runs, `env` its environment besides. */
  constructor(entry: string, state: string, env: NodeJS.ProcessEnv) {
    this.entry = entry;
    this.state = state;
    this.env = { ...process.env, ...env, HOLDFAST_LIVE_STATE: state };
  }

  /** The reply; `undefined` when there was none within that time or the process ended instead: then it is ended and its deeds are undone. */
  async ask(request: Request, withinMs: number): Promise<Reply | undefined> {
    const child = this.started();
    const reply = await new Promise<Reply | undefined>((resolve) => {
      const timer = setTimeout(() => resolve(undefined), withinMs);
      const done = (said: Reply | undefined): void => {
        clearTimeout(timer);
        child.off('message', heard);
        child.off('exit', gone);
        resolve(said);
      };
      const heard = (said: unknown): void => done(said as Reply);
      const gone = (): void => done(undefined);
      child.on('message', heard);
      child.on('exit', gone);
      child.send(request, (error) => {
        if (error !== null) done(undefined);
      });
    });
    if (reply === undefined) await this.end();
    return reply;
  }

  /** Ends the process and all it runs, waits for its guards, and undoes what they left. */
  async end(): Promise<void> {
    this.kill();
    await soon(() => foldersIn(this.state).length === 0, GUARD_MS);
    clean(this.state);
  }

  /** Ends the process at once; guards undo what it did. */
  kill(): void {
    const { child } = this;
    this.child = undefined;
    if (child?.pid === undefined) return;
    try {
      process.kill(-child.pid, 'SIGKILL');
    } catch {
      // It has ended on its own.
    }
  }

  private started(): ChildProcess {
    const { child } = this;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) return child;
    // A group of its own: what it runs and does not mark ends with it.
    const made = fork(this.entry, ['--serve'], { detached: true, env: this.env });
    made.on('error', () => undefined);
    this.child = made;
    return made;
  }
}
