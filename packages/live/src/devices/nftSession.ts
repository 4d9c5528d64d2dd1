import { type ChildProcess, spawn } from 'node:child_process';
import { LiveError } from '../errors.ts';
import { programOf } from '../install/find.ts';
import { RUN_VARIABLE } from '../processes/procfs.ts';

/** A table that is always there: seeing it listed says that everything before it has been done. */
const MARK = 'hf_mark';

/** An answer takes milliseconds; a machine that is busy takes longer. */
const ANSWER_MS = 10_000;

/**
 * `nft` in a namespace, kept open: a change costs no start of a program. It ends with its standard input, which ends with us.
 */
export class NftSession {
  private readonly child: ChildProcess;
  private heard = '';
  private complaint = '';
  private ended = false;
  private waiting: (() => void) | undefined;
  /** One change after another. */
  private tail: Promise<void> = Promise.resolve();

  constructor(namespace: string, runId: string) {
    const words = ['netns', 'exec', namespace, programOf('nft'), '-i'];
    this.child = spawn(programOf('ip'), words, {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...process.env, [RUN_VARIABLE]: runId },
    });
    this.child.stdout?.on('data', (bytes: Buffer) => {
      this.heard += bytes.toString();
      if (this.heard.includes(MARK)) this.waiting?.();
    });
    this.child.stderr?.on('data', (bytes: Buffer) => {
      this.complaint += bytes.toString();
    });
    this.child.stdin?.on('error', () => undefined);
    const end = (): void => {
      this.ended = true;
      this.waiting?.();
    };
    this.child.on('close', end);
    this.child.on('error', end);
    this.child.unref();
    this.child.stdin?.write(`add table inet ${MARK}\n`);
  }

  /** Does commands, separated by semicolons or lines. Throws `LiveError` with what nft says against them. */
  run(commands: string): Promise<void> {
    const done = this.tail.then(() => this.ask(commands));
    this.tail = done.catch(() => undefined);
    return done;
  }

  /** Ends it. */
  close(): void {
    this.child.stdin?.end();
    this.child.kill('SIGKILL');
  }

  private async ask(commands: string): Promise<void> {
    this.heard = '';
    this.complaint = '';
    const answered = new Promise<boolean>((resolve) => {
      const timer = setTimeout(() => resolve(false), ANSWER_MS);
      this.waiting = () => {
        clearTimeout(timer);
        resolve(!this.ended);
      };
    });
    if (this.ended) this.waiting?.();
    this.child.stdin?.write(`${commands}\nlist tables\n`);
    const isDone = await answered;
    this.waiting = undefined;
    // What is said against a command is written before the list, but on another way.
    await new Promise((resolve) => setImmediate(resolve));
    const complaint = this.complaint.trim().split('\n')[0] ?? '';
    if (isDone && complaint === '') return;
    throw new LiveError(
      'DEVICE_MISSING',
      `Cannot place packet rules: ${complaint === '' ? 'nft does not answer' : complaint}`,
      "see 'holdfast doctor'",
    );
  }
}
