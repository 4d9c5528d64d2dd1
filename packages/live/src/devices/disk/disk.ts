import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { LiveError } from '../../errors.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { command } from '../../processes/command.ts';
import { RUN_VARIABLE } from '../../processes/procfs.ts';
import type { DiskOrder, DiskWord } from './diskServer.ts';
import type { DiskTrouble, Lost, RotPlace, Rotten } from './diskState.ts';

/** A disk answers an order at once, or is gone. */
const ANSWER_MS = 5_000;
const MOUNT_MS = 10_000;

type Order = DiskOrder extends infer O ? (O extends DiskOrder ? Omit<O, 'id'> : never) : never;

/**
 * A disk in memory that forgets what was not synced when its power goes, mounted at a folder of a run and answered for by a process of its own
 * (FUSE). The mount is in the ledger before it is made.
 */
export class VolatileDisk {
  /** Where it is mounted. */
  readonly folder: string;
  private readonly process: ChildProcess;
  private readonly ledger: Ledger;
  private readonly undo: number;
  private readonly waiting = new Map<number, (done: unknown) => void>();
  private next = 1;

  private constructor(folder: string, process: ChildProcess, ledger: Ledger, undo: number) {
    this.folder = folder;
    this.process = process;
    this.ledger = ledger;
    this.undo = undo;
    process.on('message', (word: DiskWord) => {
      if (!('id' in word)) return;
      this.waiting.get(word.id)?.(word.done);
      this.waiting.delete(word.id);
    });
  }

  /** Mounts a fresh disk. Throws `LiveError` where file systems cannot be mounted. */
  static async mount(folder: string, ledger: Ledger): Promise<VolatileDisk> {
    mkdirSync(folder, { recursive: true });
    const undo = ledger.before({ kind: 'mount', path: folder });
    const here = fileURLToPath(import.meta.url);
    const child = fork(here.replace(/disk\.(ts|js)$/, 'diskServer.$1'), [folder], {
      detached: true,
      env: { ...process.env, [RUN_VARIABLE]: ledger.runId },
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    });
    const word = await new Promise<DiskWord>((resolve) => {
      const timer = setTimeout(() => resolve({ failed: `no mount within ${MOUNT_MS} ms` }), MOUNT_MS);
      const end = (said: DiskWord): void => {
        clearTimeout(timer);
        resolve(said);
      };
      child.once('message', (said) => end(said as DiskWord));
      child.once('exit', () => end({ failed: 'its process ended' }));
      child.once('error', (error) => end({ failed: error.message }));
    });
    if ('mounted' in word) return new VolatileDisk(folder, child, ledger, undo);
    child.kill('SIGKILL');
    ledger.settled(undo);
    throw new LiveError(
      'DEVICE_MISSING',
      `Cannot mount a volatile disk at ${folder}: ${'failed' in word ? word.failed : 'it says nothing'}`,
      "run as root on a machine with /dev/fuse, or leave 'disk' out; see 'holdfast doctor'",
    );
  }

  /** Trouble begins; `amount` is how many times slower a slow disk is. */
  begin(trouble: DiskTrouble, amount?: number): Promise<unknown> {
    return this.ask({ do: 'begin', trouble, ...(amount === undefined ? {} : { amount }) });
  }

  /** Trouble ends. */
  end(trouble: DiskTrouble): Promise<unknown> {
    return this.ask({ do: 'end', trouble });
  }

  /** A bit of a file rots, and reads flipped. Says which; undefined when there is no such place. */
  async rot(place: RotPlace): Promise<Rotten | undefined> {
    return ((await this.ask({ do: 'rot', place })) as Rotten | null) ?? undefined;
  }

  /** Every bit reads as it was written again. */
  unrot(): Promise<unknown> {
    return this.ask({ do: 'unrot' });
  }

  /** The power goes; to be called when no process has files open. Says what is lost. */
  async losePower(): Promise<Lost> {
    return (await this.ask({ do: 'lose-power' })) as Lost;
  }

  /** How many syncs programs have asked for. */
  async syncs(): Promise<number> {
    return (await this.ask({ do: 'syncs' })) as number;
  }

  /** Takes the disk away, with all it holds. */
  close(): void {
    command(['umount', '-l', this.folder]);
    this.process.removeAllListeners();
    this.process.kill('SIGKILL');
    this.ledger.settled(this.undo);
  }

  private ask(order: Order): Promise<unknown> {
    const id = this.next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(id);
        reject(
          new LiveError(
            'DEVICE_MISSING',
            `Cannot ${order.do} at ${this.folder}: its process is silent`,
            'run it again',
          ),
        );
      }, ANSWER_MS);
      this.waiting.set(id, (done) => {
        clearTimeout(timer);
        resolve(done);
      });
      this.process.send({ id, ...order });
    });
  }
}
