import { PAGE_BYTES } from './volatileFile.ts';
import type { Node } from './tree.ts';

/** Requests of the kernel (Linux, include/uapi/linux/fuse.h, protocol 7.31), those that are answered here. */
export const OPCODES = {
  LOOKUP: 1,
  FORGET: 2,
  GETATTR: 3,
  SETATTR: 4,
  MKDIR: 9,
  UNLINK: 10,
  RMDIR: 11,
  RENAME: 12,
  LINK: 13,
  OPEN: 14,
  READ: 15,
  WRITE: 16,
  STATFS: 17,
  RELEASE: 18,
  FSYNC: 20,
  FLUSH: 25,
  INIT: 26,
  OPENDIR: 27,
  READDIR: 28,
  RELEASEDIR: 29,
  FSYNCDIR: 30,
  ACCESS: 34,
  CREATE: 35,
  INTERRUPT: 36,
  DESTROY: 38,
  BATCH_FORGET: 42,
  FALLOCATE: 43,
  RENAME2: 45,
} as const;

/** The most bytes one write carries. */
export const MAX_WRITE_BYTES = 131_072;
/** Room for one request with its header. */
export const REQUEST_BYTES: number = MAX_WRITE_BYTES + PAGE_BYTES;
const IN_HEADER = 40;
const OUT_HEADER = 16;
const KERNEL_MAJOR = 7;
const KERNEL_MINOR = 31;
/** Reads may overlap, and writes be larger than a page. */
const INIT_FLAGS: number = (1 << 0) | (1 << 5);

/** A request of the kernel. */
export interface Request {
  readonly opcode: number;
  /** Its number, as its eight bytes. */
  readonly unique: Buffer;
  readonly node: number;
  readonly uid: number;
  readonly gid: number;
  readonly body: Buffer;
}

/** Reads a request; the body shares the memory of `bytes`. */
export function readRequest(bytes: Buffer): Request {
  return {
    opcode: bytes.readUInt32LE(4),
    unique: Buffer.from(bytes.subarray(8, 16)),
    node: Number(bytes.readBigUInt64LE(16)),
    uid: bytes.readUInt32LE(24),
    gid: bytes.readUInt32LE(28),
    body: bytes.subarray(IN_HEADER),
  };
}

/** An answer: an error number, 0 for none, and what was asked for. */
export function reply(unique: Buffer, errno: number, content: Buffer = Buffer.alloc(0)): Buffer {
  const out = Buffer.alloc(OUT_HEADER + content.length);
  out.writeUInt32LE(out.length, 0);
  out.writeInt32LE(-errno, 4);
  unique.copy(out, 8);
  content.copy(out, OUT_HEADER);
  return out;
}

/** Names end with a zero byte each. */
export function namesIn(bytes: Buffer): string[] {
  return bytes.toString('utf8').split('\0').slice(0, -1);
}

/** The first answer: what this side can do. */
export function initReply(): Buffer {
  const out = Buffer.alloc(64);
  out.writeUInt32LE(KERNEL_MAJOR, 0);
  out.writeUInt32LE(KERNEL_MINOR, 4);
  out.writeUInt32LE(MAX_WRITE_BYTES, 8);
  out.writeUInt32LE(INIT_FLAGS, 12);
  out.writeUInt16LE(64, 16);
  out.writeUInt16LE(48, 18);
  out.writeUInt32LE(MAX_WRITE_BYTES, 20);
  out.writeUInt32LE(1, 24);
  return out;
}

const ATTRIBUTES = 88;

function attributes(node: Node): Buffer {
  const out = Buffer.alloc(ATTRIBUTES);
  const size = node.kind === 'file' ? node.content.size : PAGE_BYTES;
  const seconds = BigInt(Math.floor(node.modifiedMs / 1_000));
  const nanoseconds = Math.floor((node.modifiedMs % 1_000) * 1e6);
  out.writeBigUInt64LE(BigInt(node.id), 0);
  out.writeBigUInt64LE(BigInt(size), 8);
  out.writeBigUInt64LE(BigInt(Math.ceil(size / 512)), 16);
  for (const at of [24, 32, 40]) out.writeBigUInt64LE(seconds, at);
  for (const at of [48, 52, 56]) out.writeUInt32LE(nanoseconds, at);
  out.writeUInt32LE(node.mode, 60);
  out.writeUInt32LE(Math.max(1, node.links), 64);
  out.writeUInt32LE(node.uid, 68);
  out.writeUInt32LE(node.gid, 72);
  out.writeUInt32LE(PAGE_BYTES, 80);
  return out;
}

/** What a node is. The kernel may keep nothing of it: after a power loss it is another. */
export function attributeReply(node: Node): Buffer {
  return Buffer.concat([Buffer.alloc(16), attributes(node)]);
}

/** A node that was found or made by its name; the kernel holds it from now on. */
export function entryReply(node: Node): Buffer {
  const head = Buffer.alloc(40);
  head.writeBigUInt64LE(BigInt(node.id), 0);
  return Buffer.concat([head, attributes(node)]);
}

/** An open file or folder. */
export function openReply(handle: number): Buffer {
  const out = Buffer.alloc(16);
  out.writeBigUInt64LE(BigInt(handle), 0);
  return out;
}

/** How much was written. */
export function writtenReply(bytes: number): Buffer {
  const out = Buffer.alloc(8);
  out.writeUInt32LE(bytes, 0);
  return out;
}

/** How large the disk is and how much is left, in pages. */
export function statReply(pages: number, free: number): Buffer {
  const out = Buffer.alloc(80);
  out.writeBigUInt64LE(BigInt(pages), 0);
  for (const at of [8, 16]) out.writeBigUInt64LE(BigInt(free), at);
  for (const at of [24, 32]) out.writeBigUInt64LE(1_000_000n, at);
  out.writeUInt32LE(PAGE_BYTES, 40);
  out.writeUInt32LE(255, 44);
  out.writeUInt32LE(PAGE_BYTES, 48);
  return out;
}

/** One entry of a folder; `next` is where the one after it begins. */
export function folderEntry(id: number, name: string, isFolder: boolean, next: number): Buffer {
  const text = Buffer.from(name, 'utf8');
  const out = Buffer.alloc(Math.ceil((24 + text.length) / 8) * 8);
  out.writeBigUInt64LE(BigInt(id), 0);
  out.writeBigUInt64LE(BigInt(next), 8);
  out.writeUInt32LE(text.length, 16);
  out.writeUInt32LE(isFolder ? 4 : 8, 20);
  text.copy(out, 24);
  return out;
}
