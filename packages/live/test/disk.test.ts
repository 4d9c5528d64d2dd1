import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DiskSession } from '../src/devices/disk/diskSession.ts';
import { DiskState } from '../src/devices/disk/diskState.ts';
import { MAX_WRITE_BYTES, OPCODES } from '../src/devices/disk/fuseWire.ts';
import { ERRNO, ROOT, Tree } from '../src/devices/disk/tree.ts';
import { NO_SURVIVORS, PAGE_BYTES, TORN, VolatileFile } from '../src/devices/disk/volatileFile.ts';

type Step =
  | { readonly do: 'write'; readonly at: number; readonly length: number; readonly byte: number }
  | { readonly do: 'resize'; readonly size: number }
  | { readonly do: 'sync' | 'lose' };

const STEP: fc.Arbitrary<Step> = fc.oneof(
  fc.record({
    do: fc.constant('write' as const),
    at: fc.nat(3 * PAGE_BYTES),
    length: fc.integer({ min: 1, max: 2 * PAGE_BYTES }),
    byte: fc.integer({ min: 1, max: 255 }),
  }),
  fc.record({ do: fc.constant('resize' as const), size: fc.nat(4 * PAGE_BYTES) }),
  fc.record({ do: fc.constantFrom('sync' as const, 'lose' as const) }),
);

describe('a file on a volatile disk', () => {
  it('is after a loss of power what it was when it was last synced, whatever was written since', () => {
    fc.assert(
      fc.property(fc.array(STEP, { maxLength: 30 }), (steps) => {
        const file = new VolatileFile();
        // The same without caring for memory: two whole copies.
        let now = Buffer.alloc(0);
        let synced = Buffer.alloc(0);
        for (const step of steps) {
          if (step.do === 'write') {
            const bytes = Buffer.alloc(step.length, step.byte);
            file.write(step.at, bytes);
            const larger = Buffer.alloc(Math.max(now.length, step.at + step.length));
            now.copy(larger);
            bytes.copy(larger, step.at);
            now = larger;
          } else if (step.do === 'resize') {
            file.resize(step.size);
            const other = Buffer.alloc(step.size);
            now.copy(other);
            now = other;
          } else if (step.do === 'sync') {
            file.sync();
            synced = Buffer.from(now);
          } else {
            file.losePower(NO_SURVIVORS);
            now = Buffer.from(synced);
          }
          expect(file.size).toBe(now.length);
          expect(file.read(0, now.length + 1).equals(now)).toBe(true);
        }
      }),
      { seed: 31, numRuns: 300 },
    );
  });

  it('reads a rotten bit flipped until its byte is written, or only once, and right when it has healed', () => {
    const file = new VolatileFile();
    file.write(0, Buffer.from('abc'));
    file.sync();
    file.rot(1, 0, false);
    expect([file.read(0, 3), file.read(1, 1), file.read(2, 1)].map(String)).toEqual(['acc', 'c', 'c']);
    file.losePower(NO_SURVIVORS);
    expect(String(file.read(0, 3))).toBe('acc');
    file.write(1, Buffer.from('b'));
    expect(String(file.read(0, 3))).toBe('abc');
    file.rot(0, 1, true);
    expect([file.read(0, 3), file.read(0, 3)].map(String)).toEqual(['cbc', 'abc']);
    file.rot(0, 1, false);
    file.unrot();
    expect(String(file.read(0, 3))).toBe('abc');
  });

  it('keeps half of the pages of a torn write', () => {
    const file = new VolatileFile();
    file.write(0, Buffer.alloc(2 * PAGE_BYTES, 1));
    file.sync();
    file.write(0, Buffer.alloc(4 * PAGE_BYTES, 2));
    file.losePower(TORN);
    const pages = [0, 1].map((page) => file.read(page * PAGE_BYTES, 1)[0]);
    expect([file.size, ...pages]).toEqual([2 * PAGE_BYTES, 2, 2]);
    file.write(0, Buffer.alloc(1, 3));
    file.losePower(NO_SURVIVORS);
    expect(file.read(0, 1)[0]).toBe(2);
  });

  it('never makes durable what a failed sync has given up, unless it is written again', () => {
    const file = new VolatileFile();
    file.write(0, Buffer.from('first'));
    file.sync();
    file.write(0, Buffer.from('other'));
    file.failSync();
    file.sync();
    expect(file.read(0, 5).toString()).toBe('other');
    file.losePower(NO_SURVIVORS);
    expect(file.read(0, 5).toString()).toBe('first');
    file.write(0, Buffer.from('again'));
    file.failSync();
    file.write(0, Buffer.from('again'));
    file.sync();
    file.losePower(NO_SURVIVORS);
    expect(file.read(0, 5).toString()).toBe('again');
  });
});

/** A disk as the kernel speaks to it, without a kernel. */
class Kernel {
  readonly tree = new Tree({ mode: 0o755, uid: 0, gid: 0 }, () => 1_500);
  readonly state = new DiskState(this.tree);
  readonly replies: Buffer[] = [];
  private readonly session = new DiskSession(this.tree, this.state, (bytes) => void this.replies.push(bytes));
  private unique = 0;

  speedUp(): void {
    this.session.speedUp();
  }

  /** Sends a request; answers the error number and the content. */
  ask(opcode: number, node: number, body: Buffer = Buffer.alloc(0)): { errno: number; content: Buffer } {
    const before = this.replies.length;
    this.post(opcode, node, body);
    const answer = this.replies[before];
    if (answer === undefined) return { errno: -1, content: Buffer.alloc(0) };
    const isWhole =
      answer.readUInt32LE(0) === answer.length && answer.readBigUInt64LE(8) === BigInt(this.unique);
    if (!isWhole) throw new Error('an answer without its own length, or to another request');
    return { errno: Math.abs(answer.readInt32LE(4)), content: answer.subarray(16) };
  }

  /** Sends a request and returns its number. */
  post(opcode: number, node: number, body: Buffer): Buffer {
    const head = Buffer.alloc(40);
    head.writeUInt32LE(40 + body.length, 0);
    head.writeUInt32LE(opcode, 4);
    head.writeBigUInt64LE(BigInt(++this.unique), 8);
    head.writeBigUInt64LE(BigInt(node), 16);
    this.session.handle(Buffer.concat([head, body]));
    return head.subarray(8, 16);
  }

  create(name: string, flags = 0): { errno: number; node: number } {
    const body = Buffer.alloc(16);
    body.writeUInt32LE(flags, 0);
    body.writeUInt32LE(0o644, 4);
    const { errno, content } = this.ask(
      OPCODES.CREATE,
      ROOT,
      Buffer.concat([body, Buffer.from(`${name}\0`)]),
    );
    return { errno, node: errno === 0 ? Number(content.readBigUInt64LE(0)) : 0 };
  }

  write(node: number, text: string): number {
    const body = Buffer.alloc(40);
    body.writeUInt32LE(text.length, 16);
    return this.ask(OPCODES.WRITE, node, Buffer.concat([body, Buffer.from(text)])).errno;
  }

  read(node: number): string {
    const body = Buffer.alloc(40);
    body.writeUInt32LE(MAX_WRITE_BYTES, 16);
    return this.ask(OPCODES.READ, node, body).content.toString();
  }

  names(node: number): string[] {
    const handle = this.ask(OPCODES.OPENDIR, node).content;
    const body = Buffer.alloc(40);
    handle.copy(body, 0, 0, 8);
    body.writeUInt32LE(4096, 16);
    const listing = this.ask(OPCODES.READDIR, node, body).content;
    const names: string[] = [];
    for (let at = 0; at < listing.length; ) {
      const length = listing.readUInt32LE(at + 16);
      names.push(listing.toString('utf8', at + 24, at + 24 + length));
      at += Math.ceil((24 + length) / 8) * 8;
    }
    return names;
  }
}

describe('a volatile disk', () => {
  it('greets the kernel, makes, finds, renames, lists and removes files', () => {
    const kernel = new Kernel();
    expect(kernel.ask(OPCODES.INIT, 0).content.readUInt32LE(0)).toBe(7);
    const { node } = kernel.create('a');
    expect(kernel.create('a', 0o200).errno).toBe(ERRNO.EEXIST);
    expect(kernel.write(node, 'text')).toBe(0);
    expect(kernel.read(node)).toBe('text');
    expect(kernel.names(ROOT)).toEqual(['.', '..', 'a']);
    const move = Buffer.alloc(8);
    move.writeBigUInt64LE(BigInt(ROOT), 0);
    expect(kernel.ask(OPCODES.RENAME, ROOT, Buffer.concat([move, Buffer.from('a\0b\0')])).errno).toBe(0);
    expect(kernel.ask(OPCODES.LOOKUP, ROOT, Buffer.from('a\0')).errno).toBe(ERRNO.ENOENT);
    const found = kernel.ask(OPCODES.LOOKUP, ROOT, Buffer.from('b\0'));
    // Its size is where the kernel looks for it, and nothing of it may be kept.
    expect(found.content.readBigUInt64LE(40 + 8)).toBe(4n);
    expect(found.content.readBigUInt64LE(16)).toBe(0n);
    expect(kernel.ask(OPCODES.RMDIR, ROOT, Buffer.from('b\0')).errno).toBe(ERRNO.ENOTDIR);
    expect(kernel.ask(OPCODES.UNLINK, ROOT, Buffer.from('b\0')).errno).toBe(0);
    // Whoever has it open still reads it.
    expect(kernel.read(node)).toBe('text');
    const forget = Buffer.alloc(8);
    forget.writeBigUInt64LE(2n, 0);
    expect(kernel.ask(OPCODES.FORGET, node, forget).errno).toBe(-1);
    expect(kernel.ask(OPCODES.GETATTR, node).errno).toBe(ERRNO.ENOENT);
    expect(kernel.ask(99, ROOT).errno).toBe(ERRNO.ENOSYS);
  });

  it('loses what was not synced, refuses when full, and fails one sync', () => {
    const kernel = new Kernel();
    const { node } = kernel.create('log');
    kernel.write(node, 'kept');
    expect(kernel.ask(OPCODES.FSYNC, node).errno).toBe(0);
    kernel.write(node, 'gone');
    expect(kernel.state.losePower()).toEqual({ files: 1, pages: 1 });
    expect(kernel.read(node)).toBe('kept');
    kernel.state.begin('disk-full');
    expect(kernel.write(node, 'more')).toBe(ERRNO.ENOSPC);
    expect(kernel.create('other').errno).toBe(ERRNO.ENOSPC);
    kernel.state.end('disk-full');
    kernel.write(node, 'late');
    kernel.state.begin('disk-fsync-fails');
    expect(kernel.ask(OPCODES.FSYNC, node).errno).toBe(ERRNO.EIO);
    expect(kernel.ask(OPCODES.FSYNC, node).errno).toBe(0);
    kernel.state.losePower();
    expect(kernel.read(node)).toBe('kept');
    kernel.write(node, 'lies');
    kernel.state.begin('disk-fsync-lies');
    expect(kernel.ask(OPCODES.FSYNC, node).errno).toBe(0);
    kernel.state.losePower();
    expect(kernel.read(node)).toBe('kept');
  });

  it('lets a bit of a file rot that is named by its path, at a place from either end, and says which', () => {
    const kernel = new Kernel();
    expect(kernel.state.rot({})).toBeUndefined();
    kernel.write(kernel.create('a.snap').node, 'xyz');
    const { node } = kernel.create('b.wal');
    kernel.write(node, 'abc');
    expect(kernel.state.rot({ file: '.wal', byte: -1, bit: 1 })).toEqual({ path: '/b.wal', byte: 2, bit: 1 });
    expect(kernel.read(node)).toBe('aba');
    expect(kernel.state.rot({ file: '.snap' })?.byte).toBe(1);
    kernel.state.unrot();
    expect(kernel.read(node)).toBe('abc');
    expect(kernel.state.rot({ file: '.wal', byte: 99 })).toBeUndefined();
    expect(kernel.state.rot({ file: 'other' })).toBeUndefined();
  });

  it('answers a slow sync later, and at once when its program is ended', async () => {
    const kernel = new Kernel();
    const { node } = kernel.create('log');
    kernel.state.begin('disk-slow', 20);
    expect(kernel.ask(OPCODES.FSYNC, node).errno).toBe(-1);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(kernel.replies.at(-1)?.readInt32LE(4)).toBe(0);
    kernel.state.begin('disk-slow', 60_000);
    const unique = kernel.post(OPCODES.FSYNC, node, Buffer.alloc(16));
    kernel.post(OPCODES.INTERRUPT, 0, unique);
    expect(kernel.replies.at(-1)?.readInt32LE(4)).toBe(-ERRNO.EINTR);
    expect(kernel.state.syncs).toBe(1);
    kernel.post(OPCODES.FSYNC, node, Buffer.alloc(16));
    kernel.speedUp();
    expect([kernel.replies.at(-1)?.readInt32LE(4), kernel.state.syncs]).toEqual([0, 2]);
  });
});
