import type { DiskState } from './diskState.ts';
import {
  attributeReply,
  entryReply,
  folderEntry,
  initReply,
  namesIn,
  OPCODES,
  openReply,
  readRequest,
  reply,
  type Request,
  statReply,
  writtenReply,
} from './fuseWire.ts';
import { ERRNO, FileError, type Node, type Tree } from './tree.ts';

/** 64 GiB, in pages. */
const DISK_PAGES = 1 << 24;
const EXCLUSIVE = 0o200;
const NO_REPLACE = 1;
const KEEP_SIZE = 1;
/** Bits of what a change of attributes changes. */
const CHANGES = { mode: 1, uid: 2, gid: 4, size: 8 } as const;

type Answer = Buffer | number | undefined;

/** Answers the kernel's requests about one disk. */
export class DiskSession {
  private readonly tree: Tree;
  private readonly state: DiskState;
  private readonly send: (reply: Buffer) => void;
  /** Folders as they were when they were opened, by handle. */
  private readonly listings = new Map<number, readonly Buffer[]>();
  private nextHandle = 1;
  /** Syncs that wait, by the number of their request. */
  private readonly waiting = new Map<string, { readonly timer: NodeJS.Timeout; readonly end: () => void }>();

  constructor(tree: Tree, state: DiskState, send: (reply: Buffer) => void) {
    this.tree = tree;
    this.state = state;
    this.send = send;
  }

  /** One request, as read from the device. */
  handle(bytes: Buffer): void {
    const request = readRequest(bytes);
    try {
      const answer = this.answer(request);
      if (answer === undefined) return;
      this.send(
        typeof answer === 'number' ? reply(request.unique, answer) : reply(request.unique, 0, answer),
      );
    } catch (error) {
      this.send(reply(request.unique, error instanceof FileError ? error.errno : ERRNO.EIO));
    }
  }

  /** Content, an error number, or undefined when nothing is answered, or later. */
  private answer(request: Request): Answer {
    switch (request.opcode) {
      case OPCODES.INIT:
        return initReply();
      case OPCODES.FSYNC:
        return this.sync(request);
      case OPCODES.INTERRUPT:
        return this.interrupt(request.body.subarray(0, 8));
      case OPCODES.FORGET:
        this.tree.forget(request.node, Number(request.body.readBigUInt64LE(0)));
        return undefined;
      case OPCODES.BATCH_FORGET:
        return this.forgetMany(request.body);
      case OPCODES.STATFS:
        return statReply(DISK_PAGES, this.state.isFull ? 0 : DISK_PAGES / 2);
      case OPCODES.RELEASE:
      case OPCODES.FLUSH:
      case OPCODES.FSYNCDIR:
      case OPCODES.ACCESS:
      case OPCODES.DESTROY:
        return 0;
      default:
        return this.onNames(request);
    }
  }

  /** What makes, moves and removes names. */
  private onNames(request: Request): Answer {
    const { tree } = this;
    const { opcode, node, body } = request;
    switch (opcode) {
      case OPCODES.LOOKUP: {
        const found = tree.find(node, namesIn(body)[0] ?? '');
        return found === undefined ? ERRNO.ENOENT : entered(found);
      }
      case OPCODES.MKDIR:
        this.assertRoom();
        return entered(tree.makeFolder(node, nameAt(body, 8), owner(request, body.readUInt32LE(0))));
      case OPCODES.CREATE: {
        this.assertRoom();
        const exclusive = (body.readUInt32LE(0) & EXCLUSIVE) !== 0;
        const file = tree.makeFile(node, nameAt(body, 16), owner(request, body.readUInt32LE(4)), exclusive);
        return Buffer.concat([entered(file), openReply(0)]);
      }
      case OPCODES.LINK:
        return entered(tree.link(Number(body.readBigUInt64LE(0)), node, nameAt(body, 8)));
      case OPCODES.UNLINK:
      case OPCODES.RMDIR:
        tree.remove(node, namesIn(body)[0] ?? '', opcode === OPCODES.UNLINK ? 'file' : 'folder');
        return 0;
      case OPCODES.RENAME:
        return this.rename(request, 8, false);
      case OPCODES.RENAME2:
        return this.rename(request, 16, (body.readUInt32LE(8) & NO_REPLACE) !== 0);
      default:
        return this.onContent(request);
    }
  }

  /** What reads and changes files and folders. */
  private onContent(request: Request): Answer {
    const { tree } = this;
    const { opcode, node, body } = request;
    switch (opcode) {
      case OPCODES.GETATTR:
        return attributeReply(tree.get(node));
      case OPCODES.SETATTR:
        return this.change(node, body);
      case OPCODES.OPEN:
        tree.fileAt(node);
        return openReply(0);
      case OPCODES.OPENDIR:
        return this.openFolder(node);
      case OPCODES.READDIR:
        return this.readFolder(body);
      case OPCODES.RELEASEDIR:
        this.listings.delete(Number(body.readBigUInt64LE(0)));
        return 0;
      case OPCODES.READ:
        return tree.fileAt(node).content.read(Number(body.readBigUInt64LE(8)), body.readUInt32LE(16));
      case OPCODES.WRITE:
        return this.write(node, body);
      case OPCODES.FALLOCATE:
        return this.allocate(node, body);
      default:
        return ERRNO.ENOSYS;
    }
  }

  /** A sync takes as long as the disk's state says, and is given up when its program is ended meanwhile. */
  private sync({ node, unique }: Request): Answer {
    const { syncDelayMs } = this.state;
    const end = (): number => (this.state.sync(node) ? 0 : ERRNO.EIO);
    if (syncDelayMs === 0) return end();
    const key = unique.toString('hex');
    const late = (): void => {
      this.waiting.delete(key);
      this.send(reply(unique, end()));
    };
    this.waiting.set(key, { timer: setTimeout(late, syncDelayMs), end: late });
    return undefined;
  }

  private interrupt(unique: Buffer): undefined {
    const key = unique.toString('hex');
    const held = this.waiting.get(key);
    if (held === undefined) return;
    clearTimeout(held.timer);
    this.waiting.delete(key);
    this.send(reply(Buffer.from(unique), ERRNO.EINTR));
  }

  /** The disk is as fast as ever: what waits for it is done now. */
  speedUp(): void {
    for (const { timer, end } of Array.from(this.waiting.values())) {
      clearTimeout(timer);
      end();
    }
  }

  private forgetMany(body: Buffer): undefined {
    const count = body.readUInt32LE(0);
    for (let i = 0; i < count; i++) {
      const at = 8 + 16 * i;
      this.tree.forget(Number(body.readBigUInt64LE(at)), Number(body.readBigUInt64LE(at + 8)));
    }
  }

  private rename({ node, body }: Request, names: number, keepsOther: boolean): number {
    const [from = '', to = ''] = namesIn(body.subarray(names));
    const parent = Number(body.readBigUInt64LE(0));
    if (keepsOther && this.tree.find(parent, to) !== undefined) return ERRNO.EEXIST;
    this.tree.rename(node, from, parent, to);
    return 0;
  }

  private change(id: number, body: Buffer): Buffer {
    const node = this.tree.get(id);
    const what = body.readUInt32LE(0);
    if ((what & CHANGES.size) !== 0) {
      const { content } = this.tree.fileAt(id);
      const size = Number(body.readBigUInt64LE(16));
      if (size > content.size) this.assertRoom();
      content.resize(size);
      node.modifiedMs = Date.now();
    }
    if ((what & CHANGES.mode) !== 0) node.mode = (node.mode & ~0o7777) | (body.readUInt32LE(68) & 0o7777);
    if ((what & CHANGES.uid) !== 0) node.uid = body.readUInt32LE(76);
    if ((what & CHANGES.gid) !== 0) node.gid = body.readUInt32LE(80);
    return attributeReply(node);
  }

  private write(id: number, body: Buffer): Buffer {
    this.assertRoom();
    const file = this.tree.fileAt(id);
    const length = body.readUInt32LE(16);
    file.content.write(Number(body.readBigUInt64LE(8)), body.subarray(40, 40 + length));
    file.modifiedMs = Date.now();
    return writtenReply(length);
  }

  private allocate(id: number, body: Buffer): number {
    this.assertRoom();
    const { content } = this.tree.fileAt(id);
    const end = Number(body.readBigUInt64LE(8)) + Number(body.readBigUInt64LE(16));
    const mode = body.readUInt32LE(24);
    // Holes are not punched here; programs fall back to writing.
    if ((mode & ~KEEP_SIZE) !== 0) return ERRNO.ENOSYS;
    if ((mode & KEEP_SIZE) === 0 && end > content.size) content.resize(end);
    return 0;
  }

  private openFolder(id: number): Buffer {
    const folder = this.tree.folderAt(id);
    const named: (readonly [string, Node])[] = [
      ['.', folder],
      ['..', this.tree.get(folder.parent)],
      ...[...folder.entries].map(([name, child]) => [name, this.tree.get(child)] as const),
    ];
    const listing = named.map(([name, node], i) => folderEntry(node.id, name, node.kind === 'folder', i + 1));
    const handle = this.nextHandle++;
    this.listings.set(handle, listing);
    return openReply(handle);
  }

  private readFolder(body: Buffer): Buffer {
    const listing = this.listings.get(Number(body.readBigUInt64LE(0))) ?? [];
    const room = body.readUInt32LE(16);
    const parts: Buffer[] = [];
    let used = 0;
    for (let at = Number(body.readBigUInt64LE(8)); at < listing.length; at++) {
      const entry = listing[at] as Buffer;
      if (used + entry.length > room) break;
      parts.push(entry);
      used += entry.length;
    }
    return Buffer.concat(parts);
  }

  private assertRoom(): void {
    if (this.state.isFull) throw new FileError('ENOSPC');
  }
}

/** The kernel holds a node whenever it is told of it by name. */
function entered(node: Node): Buffer {
  node.lookups++;
  return entryReply(node);
}

function nameAt(body: Buffer, at: number): string {
  return namesIn(body.subarray(at))[0] ?? '';
}

function owner({ uid, gid }: Request, mode: number): { uid: number; gid: number; mode: number } {
  return { uid, gid, mode };
}
